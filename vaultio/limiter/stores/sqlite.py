"""Books in a SQLite file: for all processes of one machine, and over their restarts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio.to_thread
from attrs import define, field

from vaultio.errors import InvalidArgumentError, QuotaStoreError
from vaultio.limiter.clock import steady_time
from vaultio.limiter.reports import Grant, Report
from vaultio.limiter.rules import Priority, Rules
from vaultio.limiter.stores.book_clock import Clocks
from vaultio.limiter.stores.sqlite_books import FileBooks
from vaultio.limiter.stores.sqlite_file import FileHeldError, QuotaFile
from vaultio.limiter.stores.sqlite_usage import read_usages
from vaultio.limiter.stores.worker import Worker
from vaultio.limiter.usage import Usage
from vaultio.logs import logger

HELD_S = 30.0
"""So many seconds a file may be held by others before it counts as lost.

On a busy machine a process may be stopped in the midst of a write; one that still has the file
after this long hangs, and no patience helps. Calls with less of it do not wait so long.
"""
_AGAIN_S = 5.0
_WORTH_A_WARNING_S = 4.0
_URL = re.compile(r"sqlite:///(?P<path>[^?#]+)")
_NOBODY = "vault"
"""Whose the quotas are if nobody says it."""

T = TypeVar("T")
log = logger("quota")


@define(eq=False)
class SqliteLedger:
    """The books of one vault in a file of this machine, which other processes share.

    The file needs a disk of this machine: SQLite does not share it over a network. A thread of
    its own reads and writes it, so that the event loop never waits for the disk. `clocks` are for
    tests.
    """

    path: Path
    clocks: Clocks = field(factory=Clocks)
    is_volatile: bool = field(init=False, default=False)
    _rules: Rules = field(init=False, factory=Rules)
    _vault: str = field(init=False, default=_NOBODY)
    _worker: Worker[FileBooks] | None = field(init=False, default=None)
    _closings: int = field(init=False, default=0)

    @classmethod
    def at(cls, url: str) -> SqliteLedger:
        """Name the file by ``sqlite:///relative.db`` or ``sqlite:////absolute.db``."""
        return cls(path_of(url))

    def bind(self, rules: Rules) -> None:
        """Learn the rules."""
        self._rules = rules

    def serve(self, vault: str) -> None:
        """Learn whose quotas these are; a file holds the books of any number of vaults."""
        self._vault = vault

    async def exchange(self, report: Report) -> Grant:
        """Do what `Books.exchange` does, by the time of the books."""
        return await self._done(lambda books: books.exchange(report))

    async def wait_s(self, priority: Priority, ahead: int) -> float:
        """Do what `Books.wait_s` does."""
        return await self._done(lambda books: books.wait_s(priority, ahead))

    async def usage(self) -> Usage:
        """Do what `Books.usage` does."""
        return await self._done(FileBooks.usage)

    async def aclose(self) -> None:
        """Let go of the file and end the thread; who waits for the file gives up."""
        self._closings += 1
        if self._worker is not None:
            await self._worker.aclose()

    async def _done(self, do: Callable[[FileBooks], T]) -> T:
        """Do something with the books; a file that others hold is waited for, up to `HELD_S`."""
        began_s, closings, has_warned = steady_time(), self._closings, False
        while True:
            try:
                return await self._books.run(do)
            except FileHeldError as error:
                held_s = steady_time() - began_s
                if held_s >= HELD_S or closings != self._closings:
                    lost = QuotaStoreError(f"{error}; it was waited for {held_s:.0f} s")
                    lost.retry_after_s = _AGAIN_S
                    raise lost from error
            if held_s >= _WORTH_A_WARNING_S and not has_warned:
                has_warned = True
                log.warning("calls wait for the quotas' file %s: another process has it", self.path)

    @property
    def _books(self) -> Worker[FileBooks]:
        if self._worker is None:
            self._worker = Worker(partial(_open, self.path, self._rules, self._vault, self.clocks))
        return self._worker


def path_of(url: str) -> Path:
    """Say which file a URL names, from the current folder if it is relative."""
    found = _URL.fullmatch(url)
    if found is None or found["path"] == ":memory:":
        raise InvalidArgumentError(
            f"{url!r} names no file: use sqlite:///relative.db or sqlite:////absolute.db"
        )
    return Path(found["path"]).absolute()


async def usages(url: str) -> dict[str, Usage]:
    """Describe the quotas that a file holds, by vault, without writing to it.

    Raises `QuotaStoreError` if there is no such file, or it cannot be read.
    """
    return await anyio.to_thread.run_sync(read_usages, path_of(url))


def _open(path: Path, rules: Rules, vault: str, clocks: Clocks) -> FileBooks:
    return FileBooks(QuotaFile(path), rules, vault, clocks)
