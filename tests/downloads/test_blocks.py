"""Blocks on their way to the disk: few hops, nothing copied, nothing lost."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from attrs import evolve

from tests.downloads.fakes import GET, FakeCaller, FakeReply, checksum, cut, rest, whole
from tests.downloads.steps import Erratic
from tests.faults.tools.leftovers import files, left_behind
from vaultio.downloads import save
from vaultio.downloads.sink import BLOCK_BYTES
from vaultio.errors import ConnectionLostError

P = ParamSpec("P")
T = TypeVar("T")
DATA = bytes(range(256)) * 10_000  # two blocks and a half


class Counting(ThreadPoolExecutor):
    """Counts what it is given."""

    hops = 0

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run *fn*, and count it."""
        self.hops += 1
        return super().submit(fn, *args, **kwargs)


def chunks(size: int, *, fills: bool = False) -> FakeReply:
    """Make the reply that brings the data in chunks of that size, or fills buffers with them."""
    pieces = [DATA[start : start + size] for start in range(0, len(DATA), size)]
    return FakeReply(pieces, length=len(DATA), fills=fills)


fills = pytest.mark.parametrize("fills", [True, False], ids=["fills buffers", "gives chunks"])


@fills
@pytest.mark.parametrize("to", ["", "f", "sub/f"])
@pytest.mark.parametrize("size", [0, 100_000, BLOCK_BYTES - 1])
async def test_a_small_file_takes_two_hops(tmp_path: Path, to: str, size: int, fills: bool) -> None:
    """One before it is asked for, and one that looks, writes, checks and publishes."""
    with Counting(4) as threads:
        reply = evolve(whole(bytes(size), "f"), fills=fills)
        caller = FakeCaller([reply], threads=threads)
        await save(caller, GET, tmp_path / to, fallback_name="f")

    assert threads.hops == 2
    assert list(files(tmp_path / "sub" if "sub" in to else tmp_path).values()) == [bytes(size)]


@fills
async def test_a_large_file_takes_a_hop_a_block(tmp_path: Path, fills: bool) -> None:
    """However small the chunks are, the thread is asked once a MiB."""
    with Counting(4) as threads:
        caller = FakeCaller([chunks(1000, fills=fills)], threads=threads)
        await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert threads.hops == 2 + len(DATA) // BLOCK_BYTES


@fills
@pytest.mark.parametrize("size", [100, 5_000, 20_000, 300_000])
async def test_a_block_does_not_change_once_it_is_handed_over(
    tmp_path: Path, size: int, fills: bool
) -> None:
    """A disk that comes late finds the bytes that were meant for it."""
    with Erratic(4) as threads:
        caller = FakeCaller([chunks(size, fills=fills)], threads=threads)
        saved = await save(caller, GET, tmp_path / "f", fallback_name="f", expected=checksum(DATA))

    assert saved.verified == "md5"
    assert files(tmp_path) == {"f": DATA}


@fills
@pytest.mark.parametrize("most", [5_000, 70_000])
async def test_a_disk_that_takes_less_than_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, fills: bool
) -> None:
    """The rest of a block is written on from where the disk stopped."""

    def short(descriptor: int, pieces: Sequence[bytes]) -> int:
        return os.write(descriptor, b"".join(pieces)[:most])

    monkeypatch.setattr("os.writev", short)
    caller = FakeCaller([chunks(30_000, fills=fills)])
    await save(caller, GET, tmp_path / "f", fallback_name="f", expected=checksum(DATA))

    assert files(tmp_path) == {"f": DATA}


async def test_a_system_that_writes_one_piece_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows has no call that writes many."""
    monkeypatch.delattr("os.writev")
    await save(FakeCaller([chunks(30_000)]), GET, tmp_path / "f", fallback_name="f")

    assert files(tmp_path) == {"f": DATA}


class SlowDisk:
    """Takes a block only when it is let go on."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.ended = (threading.Event() for _ in range(3))

    def writev(self, descriptor: int, pieces: Sequence[bytes]) -> int:
        """Write in place of `os.writev`."""
        self.begun.set()
        self.go_on.wait(10)
        written = os.write(descriptor, b"".join(pieces))
        self.ended.set()
        return written


async def test_cancelled_while_a_block_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that writes behind is waited for; what it wrote is gone afterwards."""
    disk = SlowDisk()
    monkeypatch.setattr("os.writev", disk.writev)
    caller = FakeCaller([FakeReply([DATA, lambda: asyncio.sleep(60)])])
    task = asyncio.create_task(save(caller, GET, tmp_path / "f", fallback_name="f"))
    await asyncio.to_thread(disk.begun.wait)
    task.cancel()
    await asyncio.wait([task], timeout=0.05)
    disk.go_on.set()
    await asyncio.wait([task])
    assert (task.cancelled(), disk.ended.is_set()) == (True, True)
    assert left_behind(tmp_path, caller) == []


@fills
@pytest.mark.parametrize("later", [True, False])
@pytest.mark.parametrize("done", [5, 300_000, BLOCK_BYTES, BLOCK_BYTES + 5])
async def test_buffers_and_chunks_in_one_file(
    tmp_path: Path, fills: bool, later: bool, done: int
) -> None:
    """A body that was cut may go on in the other way; the bytes stay in order."""
    first = cut(DATA[:done], ConnectionLostError("reset"), length=len(DATA))
    second = evolve(rest(DATA[done:], done, len(DATA)), fills=later)
    caller = FakeCaller([evolve(first, fills=fills), second])
    with Erratic(4) as caller.threads:
        await save(caller, GET, tmp_path / "f", fallback_name="f", expected=checksum(DATA))

    assert files(tmp_path) == {"f": DATA}


async def test_a_file_that_was_small_at_first(tmp_path: Path) -> None:
    """A file that has grown by the next try is not written in tiny blocks."""
    small = cut(b"12345", ConnectionLostError("reset"), length=10)
    with Counting(4) as threads:
        caller = FakeCaller([evolve(small, fills=True), chunks(9_999, fills=True)])
        caller.threads = threads
        await save(caller, GET, tmp_path / "f", fallback_name="f", expected=checksum(DATA))

    assert threads.hops < 8
    assert files(tmp_path) == {"f": DATA}


@pytest.mark.parametrize("known", [True, False])
async def test_the_md5_is_reckoned_where_it_is_of_use(tmp_path: Path, known: bool) -> None:
    """It costs as much as all the rest, so only what Vault knows is reckoned by default."""
    expected = checksum(DATA) if known else None
    caller = FakeCaller([chunks(BLOCK_BYTES)])
    saved = await save(caller, GET, tmp_path / "f", fallback_name="f", expected=expected)

    md5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
    assert saved.md5 == (md5 if known else None)
