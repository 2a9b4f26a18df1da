"""Memory does not grow with the file, nor with a disk that is slower than the network."""

from __future__ import annotations

import asyncio
import threading
import tracemalloc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import define

from tests.downloads.fakes import GET, FakeCaller, FakeReply
from vaultio.downloads import save
from vaultio.downloads.sink import BLOCK_BYTES

MIB = 1024 * 1024


@define
class Fresh(FakeReply):
    """Makes every chunk when it is asked for, and counts."""

    chunk_bytes: int = 65536
    total: int = 0
    made: int = 0

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield chunks of zeros."""
        while self.made < self.total:
            await asyncio.sleep(0)
            self.made += self.chunk_bytes
            yield bytes(self.chunk_bytes)


@pytest.mark.parametrize(("mib", "chunk"), [(256, 256 * 1024), (64, 65536), (4, 256)])
async def test_memory_is_constant(tmp_path: Path, mib: int, chunk: int) -> None:
    """A file of 256 MiB needs no more than two blocks and a little, tiny chunks neither."""
    caller = FakeCaller([Fresh([], length=mib * MIB, chunk_bytes=chunk, total=mib * MIB)])
    tracemalloc.start()
    await save(caller, GET, tmp_path / "f", fallback_name="f")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # Two blocks, and the one that is being written once more in one piece.
    assert peak < 3 * BLOCK_BYTES + 2 * chunk + 256 * 1024


async def settled(reply: Fresh) -> int:
    """Let everything run that can, and say how much of the reply was made."""
    for _ in range(1000):
        await asyncio.sleep(0)
    return reply.made


async def test_a_disk_that_stands_still_holds_the_network_back(tmp_path: Path) -> None:
    """While the disk does not move, no more than two blocks are read."""
    threads, release = ThreadPoolExecutor(1), threading.Event()
    reply, begun = Fresh([], total=16 * MIB), asyncio.Event()
    caller = FakeCaller([reply], threads=threads)

    def stop_the_disk(done: int, _: int | None) -> object:
        begun.set()
        return done or threads.submit(release.wait, 10)

    work = save(caller, GET, tmp_path / "f", fallback_name="f", progress=stop_the_disk)
    saving = asyncio.create_task(work)
    await begun.wait()
    made = await settled(reply)
    release.set()
    assert ((await saving).size, made) == (16 * MIB, 2 * BLOCK_BYTES)
