"""Files on their way from one vault to another: on the disk for a while, and never too many.

Room is taken before a file is asked for: as much as the source says that it has, or, where the
source does not know, a share of the spool. What turns out to be larger than its share is given up
and asked for again, once there is room for all of it.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from attrs import define, field

from vaultio.downloads import Progress
from vaultio.errors import InvalidArgumentError
from vaultio.migration.disk import in_thread, refusals
from vaultio.migration.entries import Result

FOLDER = "spool"
"""Where in the folder of a job the files lie; each in a folder named after the item's number.

Workers elsewhere have each a spool of their own in there, whose name is a number, too.
"""

Fetch = Callable[[Path, Progress], Awaitable[Result]]
"""Brings a file into a folder, telling of its bytes, and says in the result what it came to."""

_MOST_SHARE_BYTES = 16 * 1024 * 1024


class NoFileError(Exception):
    """There is no such file in the source; *result* says so."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.reason)
        self.result = result


class OutgrownError(Exception):
    """A file has more bytes than room was taken for: *size* in all, None if nobody knows."""

    def __init__(self, size: int | None) -> None:
        super().__init__(f"the file has {size or 'more'} bytes")
        self.size = size


@define(eq=False)
class Space:
    """*size* bytes that may be used at once. Who comes first is served first, however large."""

    size: int
    used: int = 0
    peak: int = 0
    """The most that was ever taken."""

    _waiting: deque[tuple[int, anyio.Event]] = field(init=False, factory=deque)

    @asynccontextmanager
    async def taken(self, size: int | None) -> AsyncIterator[int]:
        """Have so many bytes while the block lasts; waits until there are as many.

        All of them for what is larger than that, or of unknown size (None): it is alone then.
        """
        needed = self.size if size is None else min(size, self.size)
        await self._take(needed)
        try:
            yield needed
        finally:
            self.used -= needed
            self._serve()

    async def _take(self, needed: int) -> None:
        turn = (needed, anyio.Event())
        self._waiting.append(turn)
        self._serve()
        try:
            await turn[1].wait()
        except BaseException:
            if turn[1].is_set():
                self.used -= needed
            else:
                self._waiting.remove(turn)
            self._serve()
            raise

    def _serve(self) -> None:
        """Let those go on for whom there is room, in turn: a large one is not passed by."""
        while self._waiting and self.used + self._waiting[0][0] <= self.size:
            needed, granted = self._waiting.popleft()
            self.used += needed
            self.peak = max(self.peak, self.used)
            granted.set()


class Spool:
    """A folder for *size* bytes of files at once, of *at_once* files at the most.

    A single file may be larger: it has the folder for itself then.
    """

    def __init__(self, folder: Path, size: int, *, at_once: int) -> None:
        if size < 1:
            raise InvalidArgumentError(f"spool_size must be at least 1 byte, not {size}")
        self.folder = folder
        self.space = Space(size)
        self._share = max(1, min(_MOST_SHARE_BYTES, size // (2 * at_once)))

    async def sweep(self) -> None:
        """Make the folder ready: there, and without what a dead run left in it."""
        await in_thread(lambda stop: _sweep(self.folder, stop))

    async def remove(self) -> None:
        """Remove the folder, with all that is in it."""
        with anyio.CancelScope(shield=True):
            await removed(self.folder)

    @asynccontextmanager
    async def file(self, number: int, size: int | None, fetch: Fetch) -> AsyncIterator[Path]:
        """Fetch a file of *size* bytes (None: unknown), and have it while the block lasts.

        Raises `NoFileError` if there is none, and whatever *fetch* raises.
        """
        room: int | None = self._share if size is None else size
        for _ in range(2):
            try:
                async with self._fetched(number, room, fetch) as path:
                    yield path
                    return
            except OutgrownError as error:
                room = error.size
        async with self._fetched(number, None, fetch) as path:  # it grows: it gets all there is
            yield path

    @asynccontextmanager
    async def _fetched(self, number: int, size: int | None, fetch: Fetch) -> AsyncIterator[Path]:
        folder = self.folder / str(number)
        async with self.space.taken(size) as room:
            is_alone = room == self.space.size

            def progress(there: int, total: int | None) -> None:
                if max(there, total or 0) > room and not is_alone:
                    raise OutgrownError(total)

            try:
                result = await fetch(folder, progress)
                if result.path is None:
                    raise NoFileError(result)
                yield folder / result.path
            finally:
                with anyio.CancelScope(shield=True):
                    await removed(folder)


async def removed(folder: Path) -> None:
    """Remove a folder of a spool, if it is there."""
    await in_thread(lambda _: _remove(folder))


def _sweep(folder: Path, stop: threading.Event) -> None:
    with refusals("tidy up", folder):
        folder.mkdir(parents=True, exist_ok=True)
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.isdecimal() and entry.is_dir(follow_symlinks=False):
                    if stop.is_set():
                        return
                    shutil.rmtree(entry.path)


def _remove(folder: Path) -> None:
    with refusals("tidy up", folder):
        if folder.is_dir():
            shutil.rmtree(folder)
