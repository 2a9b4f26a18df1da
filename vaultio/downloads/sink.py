"""Chunks into a file: coalesced, written behind, hashed in the same thread hop.

Where the network can, it fills one of two buffers that are used in turns; where it hands out
chunks, they go to the disk as they are, many in one call: copied together first, they would only
be slower. A small file takes two hops into a thread: one before it is asked for, one that writes,
checks and publishes it.

The only module that imports aiofiles. aiofiles gives up its thread when a task is cancelled and
lets it run on, so the file underneath guards itself with a lock (see `Part`) and leaving the
sink waits for the thread, however often the task is cancelled meanwhile.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, TypeVar

import aiofiles.os

from vaultio.downloads.part import Block, Check, Part
from vaultio.downloads.target import OnExists
from vaultio.errors import DownloadError, TargetError
from vaultio.transport.threads import outlast

BLOCK_BYTES = 1024 * 1024
"""What one thread hop writes. At most two blocks are in memory: one fills, one is written."""

_TINY_BYTES = 16 * 1024

P = ParamSpec("P")
T = TypeVar("T")


class Sink:
    """A file in the making; a context that leaves either the whole file or nothing.

    Every method raises `TargetError` when the disk refuses; a write that goes wrong may be told
    by a later call. With *hashing* the MD5 is reckoned. The disk's work is done by *threads*.
    """

    def __init__(
        self,
        to: str | os.PathLike[str],
        on_exists: OnExists,
        *,
        hashing: bool,
        threads: Executor,
    ) -> None:
        self._part = Part(to, on_exists, hashing=hashing)
        self._threads = threads
        self._block: Block = deque()
        self._block_size = 0
        self._buffer: memoryview | None = None
        self._other: memoryview | None = None  # on its way to the disk, or free
        self._filled = self._sealed = 0  # how far the buffer is, and is in the block
        self._writing: Future[None] | None = None
        self._over = False
        self.size = 0
        """Bytes taken so far."""

    async def __aenter__(self) -> Sink:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._over:
            return
        if self._writing is not None:
            self._writing.cancel()
        # A future of the executor and no task: `asyncio.run` cancels every task at its end, and
        # a step that had not begun would then never be taken. It comes after the block under way.
        left = asyncio.wrap_future(self._threads.submit(self._part.discard))
        await outlast(left)
        left.result()

    @property
    def target(self) -> Path:
        """The file; as long as its name is not known, the folder."""
        return self._part.target.path

    @property
    def existing_size(self) -> int:
        """The size in bytes of the file for whose sake this one was skipped."""
        return self._part.existing_size

    async def prepare(self) -> bool:
        """Look at the target and open the part; False if there is nothing to do (``"skip"``)."""
        if not await self._step(self._part.prepare):
            self._over = True
            return False
        return True

    async def claim(self, name: str, size: int | None) -> bool:
        """Name a file that goes into a folder; False if there is nothing to do (``"skip"``).

        Whether a file of no more than a block of *size* bytes is there already is found out by
        `commit`, in the hop that it takes in any case.
        """
        if not self._part.call(name) or (size is not None and size <= BLOCK_BYTES):
            return True
        return await self._step(self._part.look)

    async def write(self, chunk: bytes) -> None:
        """Take *chunk*; waits only if a whole block is full and the last is not written yet."""
        self._seal()
        self._keep(chunk)
        await self._took(len(chunk))

    def room(self, size: int | None) -> memoryview:
        """Return where the next bytes may be put, never empty; they count once they are `filled`.

        *size* is how long the file is, in bytes, None if that is not known.
        """
        # Of a small file one byte more, so that it is never full: its one block goes with `commit`.
        needed = BLOCK_BYTES if size is None else min(size + 1, BLOCK_BYTES)
        if self._buffer is None or (not self._filled and len(self._buffer) < needed):
            self._buffer = memoryview(bytearray(needed))
        return self._buffer[self._filled :]

    async def filled(self, count: int) -> None:
        """Take the first *count* bytes of the `room`; waits as `write` does."""
        assert self._buffer is not None
        self._filled += count
        await self._took(count, full=self._filled == len(self._buffer))

    async def _took(self, count: int, *, full: bool = False) -> None:
        self.size += count
        self._block_size += count
        if full or self._block_size >= BLOCK_BYTES:
            await self._settle()
            self._write_behind()

    async def drain(self) -> None:
        """Wait until all bytes taken are in the file."""
        await self._settle()
        self._write_behind()
        await self._settle()

    async def restart(self) -> None:
        """Drop all bytes taken."""
        await self._settle()
        self._take_block()
        self.size = 0
        await self._step(self._part.restart)

    async def commit(self, check: Check) -> Path | None:
        """Check, force to disk and publish; None if it was skipped after all.

        The last block goes along, so a small file costs one thread hop. If *check* raises, the
        sink can be restarted.
        """
        await self._settle()
        published = await self._step(self._part.commit, self._take_block(), check)
        self._over = True
        return published

    def _keep(self, chunk: bytes) -> None:
        """Add to the block; only tiny chunks are copied, so that there are never many."""
        last = self._block[-1] if self._block else b""
        if len(chunk) >= _TINY_BYTES:
            self._block.append(chunk)
        elif isinstance(last, bytearray) and len(last) < _TINY_BYTES:
            last += chunk
        else:
            self._block.append(bytearray(chunk))

    def _seal(self) -> None:
        """Put what the buffer holds behind the rest of the block."""
        if self._buffer is not None and self._filled > self._sealed:
            self._block.append(self._buffer[self._sealed : self._filled])
            self._sealed = self._filled

    def _take_block(self) -> Block:
        """Hand the block out; no other may be on its way to the disk, for its buffer is next."""
        self._seal()
        block, self._block, self._block_size = self._block, deque(), 0
        self._filled = self._sealed = 0
        self._buffer, self._other = self._other, self._buffer
        return block

    def _write_behind(self) -> None:
        self._writing = self._threads.submit(self._part.write, self._take_block())

    async def _settle(self) -> None:
        """Wait for the block under way.

        Mostly it is in the file by now. Then the thread did not have to wake the event loop, which
        takes a third as long as to write a block.
        """
        writing = self._writing
        if writing is None:
            return
        with self._disk():
            if writing.done():
                writing.result()
            else:
                await asyncio.wrap_future(writing)
        self._writing = None

    async def _step(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._disk():
            return await aiofiles.os.wrap(step)(*args, executor=self._threads, **kwargs)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """Turn what the disk says into a `TargetError` that names the target."""
        try:
            yield
        except DownloadError:
            raise
        except OSError as error:
            said = error.strerror or str(error)
            raise TargetError(f"could not write {self._part}: {said}", error.errno) from error
