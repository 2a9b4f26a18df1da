"""Spans and metrics as OpenTelemetry's own SDK sees them, of calls over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.leaks import PASSWORD, SECRET
from tests.telemetry.conftest import CONTENT, Client, slow_limiter
from vaultio import NotFoundError, OutcomeUnknownError, Vault
from vaultio.sandbox import Sandbox

pytest.importorskip("opentelemetry.sdk", reason="needs OpenTelemetry's SDK")

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from vaultio.integrations.telemetry import Telemetry


class Watched:
    """A `Telemetry`, and what the SDK has of it."""

    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader])
        self.telemetry = Telemetry(tracer_provider=self.tracers, meter_provider=self.meters)

    @property
    def spans(self) -> list[ReadableSpan]:
        """All spans that ended, without those of login and logout."""
        ended = self.exporter.get_finished_spans()
        return [span for span in ended if not span.name.startswith("session.")]

    def points(self, name: str) -> list[Any]:
        """Collect the points of a metric."""
        data: Any = self.reader.get_metrics_data()
        metrics = [one for r in data.resource_metrics for s in r.scope_metrics for one in s.metrics]
        return [point for one in metrics if one.name == name for point in one.data.data_points]


@pytest.fixture
def watched() -> Iterator[Watched]:
    """Telemetry that goes into memory."""
    watched = Watched()
    yield watched
    watched.meters.shutdown()
    watched.tracers.shutdown()


def said(span: ReadableSpan, *names: str) -> tuple[Any, ...]:
    """Take attributes of a span."""
    return tuple((span.attributes or {}).get(name) for name in names)


def events(span: ReadableSpan) -> list[str]:
    """Name what happened in a span."""
    return [event.name for event in span.events]


async def test_a_call_is_a_span(client: Client, watched: Watched) -> None:
    """It has the operation's name and a path without ids, and lies below the caller's span."""
    async with client(observers=[watched.telemetry]) as vault:
        with watched.tracers.get_tracer("mine").start_as_current_span("mine") as mine:
            await vault.documents.retrieve(7)

    span = watched.spans[0]
    assert (span.name, span.kind) == ("documents.retrieve", SpanKind.CLIENT)
    assert span.parent == mine.get_span_context()
    assert said(span, "http.request.method", "url.template", "http.response.status_code") == (
        "GET", "/api/v11.0/objects/documents/{doc_id}", 200
    )  # fmt: skip
    assert said(span, "server.address", "error.type") == ("127.0.0.1", None)
    assert all(said(span, "vaultio.reference_id", "vaultio.execution_id", "server.port"))


async def test_a_retry(client: Client, sandbox: Sandbox, watched: Watched) -> None:
    """One span for both tries, with the first one's failure as an event."""
    sandbox.faults.status(503, path="*/documents/7")
    async with client(observers=[watched.telemetry]) as vault:
        await vault.documents.retrieve(7)

    (span,) = watched.spans
    # Beside waits for a slot, on a busy machine.
    (retry,) = (one for one in span.events if "error.type" in (one.attributes or {}))
    assert (
        dict(retry.attributes or {}).items() >= {"error.type": "NotVaultError", "tries": 1}.items()
    )
    assert said(span, "http.request.resend_count") == (1,)
    assert span.status.status_code is StatusCode.UNSET
    assert [point.value for point in watched.points("vaultio.retries")] == [1]


async def test_a_wait_for_quota(client: Client, watched: Watched) -> None:
    """What a call waited is an event of its span, and in the histogram."""
    limiter = slow_limiter()
    async with client(observers=[watched.telemetry], limiter=limiter) as vault:
        bulk = vault.with_options(priority="bulk")
        await bulk.documents.retrieve(7)
        await bulk.documents.retrieve(7)

    assert "quota.wait" in events(watched.spans[-1])
    # Beside it, on a busy machine, what the login or the logout waited.
    waits = {p.attributes["vaultio.priority"]: p for p in watched.points("vaultio.quota.wait")}
    assert waits["bulk"].sum > 0.02


async def test_a_session_that_ended(client: Client, sandbox: Sandbox, watched: Watched) -> None:
    """The call's span goes on; the new login has one of its own."""
    async with client(observers=[watched.telemetry]) as vault:
        await vault.documents.retrieve(7)
        sandbox.sessions.end_all()
        await vault.documents.retrieve(7)

    assert [events(span) for span in watched.spans] == [[], ["session.renewed"]]
    names = [span.name for span in watched.exporter.get_finished_spans()]
    assert [names.count(one) for one in ("session.log_in", "session.log_out")] == [2, 1]


async def test_a_download(client: Client, watched: Watched, tmp_path: Path) -> None:
    """A file's span lasts as long as its body, and counts its bytes."""
    async with client(observers=[watched.telemetry]) as vault:
        await vault.documents.download(7, to=tmp_path / "plan.bin")

    (span,) = watched.spans
    assert (span.name, *said(span, "http.response.body.size")) == (
        "documents.download",
        len(CONTENT),
    )
    received = [p for p in watched.points("vaultio.bytes.received") if p.value == len(CONTENT)]
    assert dict(received[0].attributes)["vaultio.operation"] == "documents.download"


async def test_a_call_that_fails(client: Client, watched: Watched) -> None:
    """It is marked as failed by Vault's own type, in the histogram too."""
    async with client(observers=[watched.telemetry]) as vault:
        with pytest.raises(NotFoundError):
            await vault.documents.retrieve(8)

    (span,) = watched.spans
    assert span.status.status_code is StatusCode.ERROR
    assert said(span, "error.type") == ("INVALID_DOCUMENT",)
    failed = [p for p in watched.points("vaultio.call.duration") if "error.type" in p.attributes]
    assert [p.count for p in failed] == [1]


async def test_a_file_that_is_left(client: Client, watched: Watched) -> None:
    """Who stops reading leaves a span that has ended and has not failed."""
    async with client(observers=[watched.telemetry]) as vault:
        async with vault.documents.open(7):
            assert watched.spans == []

    assert [span.status.status_code for span in watched.spans] == [StatusCode.UNSET]


async def test_what_is_left_of_the_quota(client: Client, watched: Watched) -> None:
    """The gauge has what Vault said last."""
    async with client(observers=[watched.telemetry]) as vault:
        await vault.documents.retrieve(7)
        usage = await vault.quota()

    assert usage.reading
    points = {p.attributes["quota"]: p.value for p in watched.points("vaultio.quota.remaining")}
    assert points["burst"] <= (usage.reading.burst_remaining or 0)


@pytest.mark.parametrize("propagate", [False, True])
async def test_the_trace_goes_no_further(
    client: Client, watched: Watched, sandbox: Sandbox, propagate: bool, monkeypatch: Any
) -> None:
    """No header is sent unless that is asked for; then it names the call's own span."""
    seen, handle = [], sandbox.handle

    async def noting(request: Any) -> Any:
        seen.append(request.headers.get("traceparent"))
        return await handle(request)

    monkeypatch.setattr(sandbox, "handle", noting)
    told = Telemetry(tracer_provider=watched.tracers, propagate=propagate)
    async with client(observers=[told]) as vault:
        await vault.documents.retrieve(7)

    ids = [f"{span.context.span_id:016x}" for span in watched.exporter.get_finished_spans()]
    assert [one and one.split("-")[2] for one in seen] == (ids if propagate else [None] * 3)


async def bad_day(vault: Vault, sandbox: Sandbox, folder: Path) -> None:
    """Have everything go wrong once."""
    faults = sandbox.faults
    faults.end_session(path="*/documents/7")
    faults.status(503, path="*/documents/8")
    faults.failure("INSUFFICIENT_ACCESS", f"not with {PASSWORD}", path="*/users/*")
    faults.cut(1000, path="*/file")
    faults.lost_answer(method="POST", path="*/objects/documents")
    await vault.documents.retrieve(7)
    await vault.documents.download(7, to=folder / "plan.bin")
    with pytest.raises(NotFoundError):
        await vault.documents.retrieve(8)
    with pytest.raises(Exception, match="not with"):
        await vault.users.retrieve(1)
    with pytest.raises(NotFoundError):
        await vault.users.change_password(99, current=PASSWORD, new=f"{PASSWORD}2")
    with pytest.raises(OutcomeUnknownError):
        await vault.documents.create({"name__v": "x"}, file=b"x")


async def test_a_whole_bad_day_tells_no_secret(
    client: Client, sandbox: Sandbox, watched: Watched, tmp_path: Path
) -> None:
    """Neither spans nor metrics hold a password or session; the log is watched by the guard."""
    async with client(observers=[watched.telemetry]) as vault:
        await bad_day(vault, sandbox, tmp_path)

    spans = [span.to_json() for span in watched.exporter.get_finished_spans()]
    metrics: Any = watched.reader.get_metrics_data()
    told = "".join([*spans, metrics.to_json()])
    assert {name for one in watched.spans for name in events(one)} >= {"retry", "session.renewed"}
    assert "not with ***" in told
    assert not SECRET.search(told)
