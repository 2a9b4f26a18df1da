"""An export as an iterator of events: read, stopped, left early, cancelled."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import anyio
import pytest

from tests.migration.conftest import files
from vaultio import AuthenticationError, Vault
from vaultio.migration import Ended, Event, Export, Finished, Progressed, Started, export
from vaultio.migration.stream import MOST_EVENTS, Mailbox, told
from vaultio.sandbox import Sandbox


@pytest.fixture
def documents(sandbox: Sandbox) -> list[int]:
    """Fifty documents."""
    return [sandbox.documents.add(f"Plan {number}", b"source") for number in range(50)]


async def test_events_come_to_the_end(vault: Vault, documents: list[int], tmp_path: Path) -> None:
    """The last event has the report; the files are there when it comes."""
    job = Export(vault, tmp_path)

    events = [event async for event in job.run()]

    assert events[-1] == Ended(job.report)  # type: ignore[arg-type]
    assert sum(isinstance(one, Finished) for one in events) == len(files(tmp_path)) == 50


async def test_stopping_gently(vault: Vault, documents: list[int], tmp_path: Path) -> None:
    """After `stop` what is in flight is finished; the next run does the rest."""
    job = Export(vault, tmp_path, concurrency=2)
    async for event in job.run():
        if isinstance(event, Started):
            job.stop()

    assert job.report is not None
    assert not job.report.is_complete
    assert 0 < job.report.files == len(files(tmp_path)) < 50
    assert (await export(vault, tmp_path)).files == 50


async def test_stopping_before_it_began(vault: Vault, documents: list[int], tmp_path: Path) -> None:
    """A job that is stopped before it runs fetches nothing."""
    job = Export(vault, tmp_path)
    job.stop()

    events = [event async for event in job.run()]

    assert isinstance(events[-1], Ended)
    assert files(tmp_path) == []


async def test_leaving_early(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Who closes the iterator in mid-download leaves no part and no task, and a free folder."""
    sandbox.documents.add("Large", 3_000_000)
    sandbox.faults.stall(after_bytes=1_000_000, path="*/file")
    async with aclosing(Export(vault, tmp_path).run()) as events:
        async for event in events:
            if isinstance(event, Progressed):
                break

    assert files(tmp_path) == []
    assert len(asyncio.all_tasks()) == 1
    assert (await export(vault, tmp_path)).files == 1


async def test_cancelling_the_reader(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A background task that is cancelled ends its export before it ends itself."""
    sandbox.documents.add("Large", 3_000_000)
    sandbox.faults.stall(after_bytes=1_000_000, path="*/file")

    with anyio.move_on_after(0.5) as scope:
        async for _ in Export(vault, tmp_path).run():
            pass

    assert scope.cancelled_caught
    assert (await export(vault, tmp_path)).files == 1


async def test_an_error_comes_last(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """What ends a job is raised from the iterator, after the last event."""
    sandbox.faults.failure("USERNAME_OR_PASSWORD_INCORRECT", path="/objects/documents")
    events: list[Event] = []

    async def read() -> None:
        async for event in Export(vault, tmp_path).run():
            events.append(event)  # noqa: PERF401  # a comprehension would keep nothing

    with pytest.raises(AuthenticationError):
        await read()

    assert isinstance(events[-1], Ended)


async def test_who_does_not_read_is_waited_for() -> None:
    """Events do not pile up: the job waits, and of progress only what is read is kept."""
    unread = [0]

    async def work(box: Mailbox) -> None:
        for _ in range(3 * MOST_EVENTS):
            await box.room()
            box.put(Started(None))  # type: ignore[arg-type]
            box.put(Progressed(None, 1, 1))  # type: ignore[arg-type]
            unread.append(box.unread)

    started = [event async for event in told(work) if isinstance(event, Started)]

    assert len(started) == 3 * MOST_EVENTS
    assert max(unread) <= MOST_EVENTS
