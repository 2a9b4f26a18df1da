"""Files on their way: never more bytes on the disk than allowed, and none left behind."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
import pytest

from tests.migration.copying import Pair, add_plans, entries, md5s, paired
from vaultio.migration import Failed
from vaultio.migration.spool import FOLDER, Space
from vaultio.sandbox import Sandbox

KB = 1_000


@pytest.fixture
async def pair(sandbox: Sandbox, target: Sandbox) -> AsyncIterator[Pair]:
    """Two vaults behind sockets."""
    async with paired(sandbox, target) as pair:
        yield pair


def bytes_in(folder: Path) -> int:
    """Count the bytes of all files below a folder, while they come and go."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(root, name).stat().st_size
    return total


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that nobody tells of."""
    with anyio.fail_after(20):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@contextmanager
def watched(spool: Path) -> Iterator[list[int]]:
    """Look again and again, from a thread, how much lies in a spool."""
    seen, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.002):
            seen.append(bytes_in(spool / FOLDER))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


async def test_never_more_than_allowed(pair: Pair, tmp_path: Path) -> None:
    """Before a slow target files pile up to the size of the spool, and not beyond it."""
    add_plans(pair.source, 30, size=100 * KB)
    pair.target.faults.delay(0.05, method="POST", path="/objects/documents", count=None)
    job = pair.copy(tmp_path, spool_size=350 * KB)

    with watched(tmp_path) as seen:
        report = await job.execute(lambda _: None)

    assert (report.failed, report.verified) == (0, 30)
    assert 200 * KB < max(seen) <= 350 * KB
    assert bytes_in(tmp_path / FOLDER) == 0


async def test_a_file_larger_than_the_spool_goes_alone(pair: Pair, tmp_path: Path) -> None:
    """It has all of the disk to itself, and the others wait; nobody waits for ever."""
    add_plans(pair.source, 6, size=50 * KB)
    pair.source.documents.add("Large", 900 * KB)
    add_plans(pair.source, 6, size=50 * KB)

    with watched(tmp_path) as seen:
        report = await pair.copied(tmp_path, spool_size=100 * KB)

    assert (report.failed, report.verified) == (0, 13)
    assert max(seen) <= 900 * KB


async def test_files_of_unknown_size(pair: Pair, tmp_path: Path) -> None:
    """One that is larger than its share is asked for once more, when there is room for it."""
    add_plans(pair.source, 4)
    for number, size in enumerate((KB, 100 * KB, 2 * KB, 5_000 * KB), start=1):
        pair.source.documents.add_rendition(number, "print__c", size)
    asked = pair.source.faults.delay(0, path="*/renditions/print__c", count=None)

    types, include = ["print__c"], ["source", "renditions"]
    with watched(tmp_path) as seen:
        report = await pair.copied(
            tmp_path, include=include, rendition_types=types, spool_size=1_000 * KB
        )

    assert (report.failed, asked.hits) == (0, 6)
    assert max(seen) <= 5_000 * KB
    sizes = [one.latest.renditions["print__c"].content.size for one in pair.target.documents]
    assert sorted(sizes) == [KB, 2 * KB, 100 * KB, 5_000 * KB]


async def test_reading_goes_on_while_the_target_is_slow(pair: Pair, tmp_path: Path) -> None:
    """With two to be sent at once, two more are fetched by the time that the first is through."""
    add_plans(pair.source, 8)
    fetched = pair.source.faults.delay(0, path="*/file", count=None)
    pair.target.faults.delay(1.0, method="POST", path="/objects/documents", count=None)

    running = asyncio.create_task(pair.copied(tmp_path, concurrency=2))
    await until(lambda: len(pair.target.documents))
    ahead = fetched.hits
    await running

    assert ahead == 4


async def test_what_a_dead_run_left_is_swept(pair: Pair, tmp_path: Path) -> None:
    """Files of items go, wherever they stood; what is not ours stays."""
    add_plans(pair.source, 1)
    left, other = tmp_path / FOLDER / "17" / ".vaultio-1.part", tmp_path / FOLDER / "mine.txt"
    for path in (left, other):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left")

    await pair.copied(tmp_path)

    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == ["mine.txt"]


async def test_a_cancelled_copy_leaves_no_file(pair: Pair, tmp_path: Path) -> None:
    """What was on its way is gone when the cancelled call is over."""
    add_plans(pair.source, 6, size=100 * KB)
    pair.target.faults.delay(60.0, method="POST", path="/objects/documents", count=None)
    running = asyncio.create_task(pair.copied(tmp_path))
    await until(lambda: bytes_in(tmp_path / FOLDER))

    running.cancel()
    await asyncio.wait([running])

    assert running.cancelled()
    assert bytes_in(tmp_path / FOLDER) == 0
    assert {one.state for one in await entries(tmp_path, "document")} == {"found"}


async def test_a_refused_upload_leaves_no_file(pair: Pair, tmp_path: Path) -> None:
    """Nor does one that the source cuts off; the room is there for others."""
    add_plans(pair.source, 12, size=40 * KB)
    pair.target.faults.failure("INVALID_DATA", method="POST", path="*/documents", count=3)
    pair.source.faults.failure("INSUFFICIENT_ACCESS", path="*/file", count=3)
    failed: list[object] = []

    report = await pair.copied(
        tmp_path, lambda event: failed.append(event) if isinstance(event, Failed) else None
    )

    assert (report.failed, len(failed), bytes_in(tmp_path / FOLDER)) == (6, 6, 0)
    assert (await pair.copied(tmp_path)).failed == 0
    assert md5s(pair.target) == md5s(pair.source)


async def test_space_is_given_in_turn() -> None:
    """A large one is not passed by for ever: all come in the order in which they asked."""
    space, order = Space(10), list[str]()

    async def use(name: str, size: int | None) -> None:
        async with space.taken(size):
            order.append(name)
            await anyio.sleep(0.01)

    async with anyio.create_task_group() as group:
        for name, size in (("a", 6), ("b", 4), ("all", None), ("c", 1), ("huge", 99), ("d", 5)):
            group.start_soon(use, name, size)

    assert order == ["a", "b", "all", "c", "huge", "d"]
    assert (space.used, space.peak) == (0, 10)


@pytest.mark.parametrize("granted", [False, True])
async def test_space_of_who_was_cancelled(granted: bool) -> None:
    """Whether it had been given room already or not, there is as much as before."""
    space = Space(10)
    async with space.taken(None):
        waiting = asyncio.create_task(_hold(space))
        await asyncio.sleep(0)
        if not granted:
            waiting.cancel()
            await asyncio.wait([waiting])
    waiting.cancel()
    await asyncio.wait([waiting])

    with anyio.fail_after(1):
        async with space.taken(None):
            assert space.used == 10


async def _hold(space: Space) -> None:
    async with space.taken(5):
        await asyncio.sleep(60)
