"""OpenTelemetry: a span for each call, and metrics. Needs ``vaultio[otel]``.

::

    async with Vault(url, credentials, api_version="v24.3", observers=[Telemetry()]) as vault: ...

Of OpenTelemetry this uses the API alone; where spans and metrics go is your program's SDK's
business. Without an SDK nothing is recorded.

**Spans** are named by the operation (``documents.download``), of kind CLIENT, and last until the
answer is read; that of a file until its body is. A download that is cut is gone on with by another
call, which has another span; a login has one too, beside that of the call it was needed for. Their
events: ``retry``, ``quota.wait``, ``slot.wait``, ``session.renewed``.

=====================================  =========================================================
``http.request.method``                and ``url.template``, ``server.address``, ``server.port``
``http.response.status_code``          of the last answer
``http.request.resend_count``          if it was sent more than once
``http.request.body.size``             bytes of all sendings, and ``http.response.body.size``
``error.type``                         Vault's, such as ``INVALID_DOCUMENT``, or the class
``vaultio.priority``                   ``interactive`` or ``bulk``
``vaultio.quota.wait_s``               seconds for quota and a slot
``vaultio.reference_id``               what Vault's logs know the last sending by
``vaultio.execution_id``               what Vault calls the execution
=====================================  =========================================================

There is no ``url.full``: it names documents and users.

**Metrics:** ``vaultio.call.duration`` (s), ``vaultio.quota.wait`` (s), ``vaultio.retries``,
``vaultio.bytes.sent`` and ``vaultio.bytes.received`` (By), and ``vaultio.quota.remaining``, which
is what Vault said last, for ``quota=burst`` and ``quota=daily``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vaultio.errors import VaultioError
from vaultio.logs import redacted
from vaultio.protocol.quota_headers import QuotaReading
from vaultio.transport.observer import Story, WaitedFor, kind_of

try:
    from opentelemetry import metrics, trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError as error:
    raise ImportError('telemetry needs more of vaultio: pip install "vaultio[otel]"') from error

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider

__all__ = ["Telemetry"]

_SCOPE = "vaultio"
_BOUNDARIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_MOST_SAID = 200
_NONE: Mapping[str, str] = {}


class Telemetry:
    """Tells OpenTelemetry of the calls of those clients that have it among their *observers*.

    *tracer_provider* and *meter_provider* are the program's, if none is given. With *propagate*
    each call carries a ``traceparent`` header: to the client's own vault alone, which nobody says
    makes anything of it, so it is off by default. One object may serve several clients.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        propagate: bool = False,
    ) -> None:
        self._tracer = trace.get_tracer(_SCOPE, tracer_provider=tracer_provider)
        self._propagator = TraceContextTextMapPropagator() if propagate else None
        meter = metrics.get_meter(_SCOPE, meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            "vaultio.call.duration",
            unit="s",
            description="calls until their answers, waits and retries included",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )
        self._wait = meter.create_histogram(
            "vaultio.quota.wait",
            unit="s",
            description="what calls waited for the vault's quota, of those that had to",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )
        self._retries = meter.create_counter(
            "vaultio.retries", unit="{call}", description="calls that were sent again"
        )
        self._sent = meter.create_counter(
            "vaultio.bytes.sent", unit="By", description="bodies of requests"
        )
        self._received = meter.create_counter(
            "vaultio.bytes.received", unit="By", description="bodies of answers, as they came"
        )
        self._remaining = meter.create_gauge(
            "vaultio.quota.remaining", unit="{call}", description="calls left, as Vault said last"
        )

    def began(self, story: Story) -> None:
        """Begin a span, below that of the caller's if there is one."""
        operation, url = story.operation, urlsplit(story.origin)
        attributes: dict[str, Any] = {
            "http.request.method": story.request.method,
            "url.template": f"/api/{story.version}/{operation.template}",
            "server.address": url.hostname or "",
            "server.port": url.port or (443 if url.scheme == "https" else 80),
            "vaultio.priority": story.priority,
        }
        story.notes[self] = self._tracer.start_span(
            operation.name, kind=trace.SpanKind.CLIENT, attributes=attributes
        )

    def waited(self, story: Story, what: WaitedFor, seconds: float) -> None:
        """Note a wait as an event; that for quota counts in the histogram."""
        self._span(story).add_event(f"{what}.wait", {"seconds": seconds})
        if what == "quota":
            self._wait.record(seconds, {**_at(story), "vaultio.priority": story.priority})

    def headers(self, story: Story) -> Mapping[str, str]:
        """Hand the trace on, if that is wanted."""
        if self._propagator is None:
            return _NONE
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, trace.set_span_in_context(self._span(story)))
        return carrier

    def retried(self, story: Story, error: VaultioError, pause_s: float) -> None:
        """Note a retry as an event, and count it."""
        kind = kind_of(error)
        said: dict[str, Any] = {"error.type": kind, "pause_s": pause_s, "tries": story.tries}
        self._span(story).add_event("retry", said)
        self._retries.add(1, {**_at(story), "error.type": kind})

    def renewed(self, story: Story) -> None:
        """Note as an event that the session had ended."""
        self._span(story).add_event("session.renewed")

    def ended(self, story: Story, error: BaseException | None) -> None:
        """End the span and count the call."""
        span, at = story.notes.pop(self), _at(story)
        came: dict[str, Any] = {}
        if story.status is not None:
            came["http.response.status_code"] = story.status
        if error is not None:
            came["error.type"] = kind_of(error)
        if span.is_recording():
            _tell(span, story, came, error)
        span.end()
        self._duration.record(story.seconds, {**at, **came, **_method(story)})
        self._sent.add(story.sent, at)
        self._received.add(story.received, at)
        if story.reading is not None:
            self._left(story.reading, at)

    def _span(self, story: Story) -> Span:
        span: Span = story.notes[self]
        return span

    def _left(self, reading: QuotaReading, at: Mapping[str, str]) -> None:
        where = {"server.address": at["server.address"]}
        if reading.burst_remaining is not None:
            self._remaining.set(reading.burst_remaining, {**where, "quota": "burst"})
        if reading.daily_remaining is not None:
            self._remaining.set(reading.daily_remaining, {**where, "quota": "daily"})


def _at(story: Story) -> dict[str, str]:
    """Say what all metrics of a call are told apart by; there are few of each."""
    return {
        "vaultio.operation": story.operation.name,
        "server.address": urlsplit(story.origin).hostname or "",
    }


def _method(story: Story) -> dict[str, str]:
    return {"http.request.method": story.request.method}


def _tell(span: Span, story: Story, came: Mapping[str, Any], error: BaseException | None) -> None:
    """Write on a span what is known at its end."""
    known: dict[str, Any] = {
        **came,
        "http.request.body.size": story.sent,
        "http.response.body.size": story.received,
        "vaultio.quota.wait_s": story.waited_s,
        "vaultio.reference_id": story.reference_id,
        "vaultio.execution_id": story.execution_id,
        "http.request.resend_count": story.tries - 1 if story.tries > 1 else None,
    }
    span.set_attributes({name: value for name, value in known.items() if value is not None})
    if error is not None and not isinstance(error, asyncio.CancelledError | GeneratorExit):
        said = redacted(str(error))[:_MOST_SAID]
        span.set_status(trace.Status(trace.StatusCode.ERROR, said))
