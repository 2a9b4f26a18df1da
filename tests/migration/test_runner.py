"""The engine of every job: what is found gets done, once, whatever ends the run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import anyio
import pytest

from tests.migration.books import book, draft, drafts, states
from vaultio import AuthenticationError, ConnectionFailedError, NotFoundError, TargetError
from vaultio.migration.entries import Entry, Result
from vaultio.migration.events import Event, Failed, Finished, Found, Stage, Started
from vaultio.migration.runner import Runner, Step
from vaultio.migration.trouble import MOST_LINE_ERRORS


async def done(entry: Entry) -> Result:
    """Do an item at once."""
    return Result(number=entry.number, state="done", size=entry.expected_size)


async def refused(entry: Entry) -> Result:
    """Fail for item 2, and do the others."""
    if entry.source_id == "2":
        raise NotFoundError("there is no 2", type="X")
    return await done(entry)


def step(work: Callable[[Entry], Awaitable[Result]], concurrency: int = 8) -> list[Step]:
    """Make the only step of a job."""
    return [Step(stage="files", work=work, concurrency=concurrency)]


async def test_what_is_found_is_done(tmp_path: Path) -> None:
    """Items that are found while others are worked on are done in the same run."""

    async def discover() -> None:
        for begin in (0, 50):
            await runner.add(drafts(range(begin, begin + 50)))
            await asyncio.sleep(0.01)

    async with book(tmp_path) as manifest:
        runner = Runner(manifest, step(done), discover=discover)
        await runner.run()
        assert await states(manifest) == {"done": 100}
    assert (runner.progress.done, runner.progress.size, runner.is_complete) == (100, 1000, True)


async def test_work_begins_before_all_is_found(tmp_path: Path) -> None:
    """Finding and working overlap: the first item is done while the second is looked for."""
    first = anyio.Event()

    async def work(entry: Entry) -> Result:
        first.set()
        return await done(entry)

    async def discover() -> None:
        await runner.add([draft(1)])
        await first.wait()
        await runner.add([draft(2)])

    async with book(tmp_path) as manifest:
        runner = Runner(manifest, step(work), discover=discover)
        await runner.run()
        assert await states(manifest) == {"done": 2}


async def test_work_may_find_more(tmp_path: Path) -> None:
    """What an item leads to is done before its stage is over."""

    async def work(entry: Entry) -> Result:
        if entry.source_id == "1":
            await runner.add(drafts([2, 3]))
        return await done(entry)

    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1]))
        runner = Runner(manifest, step(work))
        await runner.run()
        assert await states(manifest) == {"done": 3}


async def test_stages_go_one_after_the_other(tmp_path: Path) -> None:
    """No item of a later stage is begun before the earlier stage is over."""
    order: list[str] = []

    async def work(entry: Entry) -> Result:
        order.append(entry.stage)
        return await done(entry)

    async with book(tmp_path) as manifest:
        await manifest.add(drafts(range(5), stage="late") + drafts(range(5, 9), stage="early"))
        steps = [Step(stage=name, work=work) for name in ("early", "late")]
        await Runner(manifest, steps).run()
    assert order == ["early"] * 4 + ["late"] * 5


async def test_batches_are_full(tmp_path: Path) -> None:
    """A step in batches waits until it has a whole one, unless there is no more."""
    sizes: list[int] = []

    async def batch(entries: Sequence[Entry]) -> list[Result]:
        sizes.append(len(entries))
        return [await done(entry) for entry in entries]

    async def discover() -> None:
        for number in range(25):
            await runner.add([draft(number)])

    async with book(tmp_path) as manifest:
        batches = Step(stage="files", batch=batch, batch_size=10, concurrency=2)
        runner = Runner(manifest, [batches], discover=discover)
        await runner.run()
    assert sorted(sizes) == [5, 10, 10]


async def test_what_a_batch_forgets_failed(tmp_path: Path) -> None:
    """A row that an answer leaves out is a failure, and not tried for ever."""

    async def batch(entries: Sequence[Entry]) -> list[Result]:
        return [await done(entries[0])]

    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1, 2]))
        await Runner(manifest, [Step(stage="files", batch=batch, batch_size=5)]).run()
        assert await states(manifest) == {"done": 1, "failed": 1}


async def test_one_failure_is_its_own(tmp_path: Path) -> None:
    """An item that fails is written down with its error; a new run tries it once more."""
    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1, 2, 3]))
        for again in (True, True, False):
            await Runner(manifest, step(refused), retry_failed=again).run()
        [failed] = await manifest.failures(9)
    assert (failed.error_type, failed.tries) == ("NotFoundError", 2)
    assert failed.message == "X: there is no 2"


async def test_an_error_of_all_ends_the_run(tmp_path: Path) -> None:
    """It is raised once; what it hit waits again, and what others did is written down."""

    async def work(entry: Entry) -> Result:
        if entry.source_id == "5":
            raise AuthenticationError("wrong password", type="X")
        return await done(entry)

    async with book(tmp_path) as manifest:
        await manifest.add(drafts(range(100)))
        runner = Runner(manifest, step(work, 2))
        with pytest.raises(AuthenticationError):
            await runner.run()
        found = await states(manifest)
    assert set(found) == {"done", "found"}
    assert 5 <= found["done"] <= 7
    assert not runner.is_complete


async def test_a_search_that_fails_ends_the_run(tmp_path: Path) -> None:
    """A job that cannot know all its items does not look like a whole one."""

    async def discover() -> None:
        await runner.add([draft(1)])
        raise TargetError("no list")

    async with book(tmp_path) as manifest:
        runner = Runner(manifest, step(done), discover=discover)
        with pytest.raises(TargetError, match="no list"):
            await runner.run()
        assert not runner.is_complete


async def test_stopping_finishes_what_is_in_flight(tmp_path: Path) -> None:
    """After `stop` nothing is begun; what was begun is done, and the rest was never tried."""
    begun: list[str] = []

    async def work(entry: Entry) -> Result:
        begun.append(entry.source_id)
        runner.stop()
        await asyncio.sleep(0.05)
        return await done(entry)

    async with book(tmp_path) as manifest:
        await manifest.add(drafts(range(100)))
        runner = Runner(manifest, step(work, 3))
        await runner.run()
        assert await states(manifest) == {"done": len(begun), "found": 100 - len(begun)}
        assert {one.tries async for one in manifest.entries(state="found")} == {0}
    assert len(begun) <= 3


async def test_cancelling_leaves_a_true_book(tmp_path: Path) -> None:
    """A run that is cancelled lets go of what it had; the next one does the rest."""

    async def work(entry: Entry) -> Result:
        await asyncio.sleep(0 if entry.number < 10 else 60)
        return await done(entry)

    async with book(tmp_path) as manifest:
        await manifest.add(drafts(range(20)))
        with anyio.move_on_after(0.5):
            await Runner(manifest, step(work)).run()
        assert await states(manifest) == {"done": 9, "found": 11}

        await Runner(manifest, step(done)).run()
        assert await states(manifest) == {"done": 20}


async def test_a_lease_is_kept_while_work_lasts(tmp_path: Path) -> None:
    """Work that outlasts its lease is not handed to others."""

    async def work(entry: Entry) -> Result:
        await asyncio.sleep(0.5)
        assert await manifest.claim("files", "thief", 9, 60) == []
        return await done(entry)

    async with book(tmp_path) as manifest:
        await manifest.add([draft(1)])
        await Runner(manifest, step(work), lease_s=0.3).run()
        assert await states(manifest) == {"done": 1}


async def test_events_tell_the_story(tmp_path: Path) -> None:
    """First what waits from before, then each item: found, started, ended."""
    events: list[Event] = []

    async def discover() -> None:
        await runner.add([draft(2)])

    async with book(tmp_path) as manifest:
        await manifest.add([draft(1)])
        runner = Runner(manifest, step(refused, 1), discover=discover, on_event=events.append)
        await runner.run()
    assert events[0] == Stage("files", items=1, size=10, done=0)
    assert {type(one) for one in events[1:]} == {Found, Started, Failed, Finished}
    assert len(events) == 1 + 5


async def test_an_event_that_raises_ends_the_run(tmp_path: Path) -> None:
    """What a listener raises comes out as it is, and the book stays true."""

    def tell(event: Event) -> None:
        if isinstance(event, Started):
            raise KeyError("enough")

    async with book(tmp_path) as manifest:
        await manifest.add(drafts([1, 2]))
        with pytest.raises(KeyError):
            await Runner(manifest, step(done), on_event=tell).run()
        assert await states(manifest) == {"found": 2}


async def test_samples_go_on_from_earlier_runs(tmp_path: Path) -> None:
    """The figures in the book are those of the whole job."""
    async with book(tmp_path) as manifest:
        for number in (1, 2):
            await manifest.add([draft(number)])
            await Runner(manifest, step(done)).run()
        samples = await manifest.samples()
    assert [(one.done, one.size) for one in samples] == [(1, 10), (2, 20)]


async def test_an_outage_ends_the_run(tmp_path: Path) -> None:
    """When nothing gets through any more, the run ends, instead of failing all items."""

    async def work(entry: Entry) -> Result:
        if entry.number > 100:
            raise ConnectionFailedError("no network")
        if entry.number % 2:
            raise ConnectionFailedError("lost once")
        return await done(entry)

    async with book(tmp_path) as manifest:
        await manifest.add(drafts(range(1000)))
        with pytest.raises(ConnectionFailedError, match="no network"):
            await Runner(manifest, step(work, 4)).run()
        found = await states(manifest)
    assert found["found"] >= 1000 - 100 - 2 * (MOST_LINE_ERRORS + 4)
