"""Shared books for virtual time: in memory, as far away as wanted, and lost when wanted."""

from __future__ import annotations

from collections.abc import Callable

import anyio
from attrs import define, field

from vaultio.errors import QuotaStoreError
from vaultio.limiter import Priority, Rules, Usage
from vaultio.limiter.books import Books
from vaultio.limiter.reports import Grant, Report


@define
class Shelf:
    """Where the books lie that several ledgers open."""

    books: Books | None = None
    is_down: bool = False
    exchanges: int = 0

    def flush(self, rules: Rules) -> None:
        """Lose everything."""
        self.books = Books(rules, is_volatile=True)


@define
class DistantLedger:
    """The books of a shelf, *distance_s* seconds away in each direction.

    A process that was killed is `is_cut` off: what it has sent arrives, it hears nothing more.
    """

    shelf: Shelf
    distance_s: Callable[[], float] = lambda: 0.0
    is_volatile: bool = True
    is_cut: bool = False
    _rules: Rules = field(init=False, factory=Rules)

    def bind(self, rules: Rules) -> None:
        """Open the books, if nobody has."""
        self._rules = rules
        if self.shelf.books is None:
            self.shelf.books = Books(rules, is_volatile=self.is_volatile)

    def serve(self, vault: str) -> None:
        """Serve one vault."""

    async def exchange(self, report: Report) -> Grant:
        """Exchange, after a while and before another."""
        if self.is_cut:
            await anyio.sleep_forever()
        await self._travel()
        self.shelf.exchanges += 1
        grant = self._books.exchange(report, anyio.current_time())
        await self._travel()
        if self.is_cut:
            await anyio.sleep_forever()
        return grant

    async def wait_s(self, priority: Priority, ahead: int) -> float:
        """Ask how long to wait, in seconds."""
        await self._travel()
        return self._books.wait_s(priority, ahead, anyio.current_time())

    async def usage(self) -> Usage:
        """Describe the quotas."""
        await self._travel()
        return self._books.usage(anyio.current_time())

    async def aclose(self) -> None:
        """Close nothing."""

    async def _travel(self) -> None:
        if distance_s := self.distance_s():
            await anyio.sleep(distance_s)
        if self.shelf.is_down:
            raise QuotaStoreError("the shelf is down")

    @property
    def _books(self) -> Books:
        assert self.shelf.books is not None
        return self.shelf.books
