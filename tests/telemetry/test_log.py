"""What the log says of calls, and to whom."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.conftest import CONTENT, Client, slow_limiter
from vaultio import NotFoundError
from vaultio.migration import ById, export
from vaultio.sandbox import Sandbox
from vaultio.transport.observer import Story


def facts(record: logging.LogRecord, *names: str) -> tuple[Any, ...]:
    """Take what came with a record as *extra*."""
    return tuple(getattr(record, name) for name in names)


def calls(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """List what was said of calls that ended, without login and logout."""
    lines = [one for one in caplog.records if one.name == "vaultio.transport"]
    return [one for one in lines if not one.operation.startswith("session.")]  # type: ignore[attr-defined]


async def test_a_line_a_call(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """At debug each call is a line, with what it was and what it took."""
    with caplog.at_level(logging.DEBUG, "vaultio"):
        async with client() as vault:
            await vault.documents.retrieve(7)

    (line,) = calls(caplog)
    assert line.levelno == logging.DEBUG
    assert line.getMessage().startswith("documents.retrieve: 200 in 0.")
    assert facts(line, "operation", "method", "path_template", "status", "tries") == (
        "documents.retrieve", "GET", "objects/documents/{doc_id}", 200, 1
    )  # fmt: skip
    assert all(facts(line, "reference_id", "execution_id", "bytes_received", "seconds"))


async def test_a_call_that_fails(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Its line has Vault's type; it is raised, so it is no warning."""
    with caplog.at_level(logging.DEBUG, "vaultio"):
        async with client() as vault:
            with pytest.raises(NotFoundError):
                await vault.documents.retrieve(8)

    (line,) = calls(caplog)
    assert (line.levelno, *facts(line, "error_type", "status")) == (
        logging.DEBUG, "INVALID_DOCUMENT", 200
    )  # fmt: skip


async def test_a_download(client: Client, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """The line of a file comes when its body is over, with its bytes."""
    with caplog.at_level(logging.DEBUG, "vaultio"):
        async with client() as vault:
            await vault.documents.download(7, to=tmp_path / "plan.bin")

    (line,) = calls(caplog)
    assert facts(line, "operation", "bytes_received") == ("documents.download", len(CONTENT))


async def test_a_retry_is_a_warning(
    client: Client, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Who logs warnings alone hears of retries, and of no calls that go well."""
    sandbox.faults.status(503, path="*/documents/7")
    with caplog.at_level(logging.WARNING, "vaultio"):
        async with client() as vault:
            await vault.documents.retrieve(7)

    (line,) = calls(caplog)
    assert line.levelno == logging.WARNING
    assert line.getMessage().startswith("documents.retrieve is tried again in ")
    assert facts(line, "status", "error_type", "tries") == (503, "NotVaultError", 1)


async def test_sessions_are_told_at_info(
    client: Client, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """Logins, sessions that ended and logouts are what a program's log wants at info."""
    with caplog.at_level(logging.INFO, "vaultio"):
        async with client() as vault:
            await vault.documents.retrieve(7)
            sandbox.sessions.end_all()
            await vault.documents.retrieve(7)

    said = [(one.name, " ".join(one.getMessage().split()[:3])) for one in caplog.records]
    assert [one for one in said if one[0] in {"vaultio.session", "vaultio.transport"}] == [
        ("vaultio.session", "opened a session"),
        ("vaultio.transport", "the session had"),
        ("vaultio.session", "opened a session"),
        ("vaultio.session", "ended the session"),
    ]


async def test_what_a_call_waited(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """A line says how long its call waited for quota."""
    with caplog.at_level(logging.DEBUG, "vaultio"):
        async with client(limiter=slow_limiter()) as vault:
            bulk = vault.with_options(priority="bulk")
            await bulk.documents.retrieve(7)
            await bulk.documents.retrieve(7)

    assert calls(caplog)[-1].waited_s > 0.02  # type: ignore[attr-defined]


class Fails:
    """An observer whose methods fail."""

    def began(self, story: Story, *_: object) -> Any:
        """Fail."""
        raise ZeroDivisionError(story)

    waited = headers = retried = renewed = ended = began


async def test_an_observer_that_fails(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """It breaks no call, and the log says so."""
    async with client(observers=[Fails()]) as vault:
        assert (await vault.documents.retrieve(7)).id == 7

    assert "an observer failed" in caplog.text


async def test_a_job_tells_its_milestones(
    client: Client, sandbox: Sandbox, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """A log at info says when stages begin and how the job ended, and which items failed."""
    sandbox.faults.failure("INSUFFICIENT_ACCESS", path="*/documents/7/*file")
    with caplog.at_level(logging.INFO, "vaultio.migration"):
        async with client() as vault:
            report = await export(vault, tmp_path, selection=ById([7]))

    said = [(r.levelname, r.getMessage()) for r in caplog.records if r.name == "vaultio.migration"]
    assert report.failed == 1
    assert [level for level, text in said if "AccessDeniedError" in text] == ["WARNING"]
    assert said[-1][1].startswith("export is complete: 2 items, 1 failed, ")


async def test_a_file_that_is_cut(
    client: Client, sandbox: Sandbox, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """That a download goes on after its body was cut is a warning."""
    sandbox.faults.cut(1_000, path="*/file")
    with caplog.at_level(logging.WARNING, "vaultio.downloads"):
        async with client() as vault:
            await vault.documents.download(7, to=tmp_path / "plan.bin")

    (line,) = (one for one in caplog.records if one.name == "vaultio.downloads")
    assert (line.levelno, line.tries) == (logging.WARNING, 1)  # type: ignore[attr-defined]
