"""The right to send one call, and what is reported back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import anyio
from attrs import define

from vaultio.errors import QuotaStoreError
from vaultio.limiter.events import Bell
from vaultio.limiter.stores import Store
from vaultio.limiter.waiting import Queue
from vaultio.logs import logger
from vaultio.protocol.quota_headers import QuotaReading

_RENEWALS_A_LEASE = 3

log = logger("quota")


@define(eq=False)
class Permit:
    """The right to send one call, once. Report back how it went with `settle` or `give_back`.

    Both may be called in a cancelled scope and more than once; only the first report counts. A
    permit that nobody reports on counts until its lease ends, and a window beyond that.
    """

    _ticket: str
    _store: Store
    _queue: Queue
    _bell: Bell
    _lease_s: float
    _is_open: bool = True

    async def settle(self, reading: QuotaReading | None = None, *, exceeded: bool = False) -> None:
        """Report that the headers of the answer are in, or that the call was given up on.

        Args:
            reading: what the headers say; `QuotaReading()` for an answer whose headers mean
                nothing (login, job status); None if there is no answer: failed, cancelled. The
                call may then still reach the server, so it counts a minute longer.
            exceeded: Vault answered `API_LIMIT_EXCEEDED` for the API quota (not for a job that
                was polled too early, nor for logins).
        """
        if self._close():
            await self._shielded(self._store.settle(self._ticket, reading, exceeded=exceeded))
            self._queue.call_leader()
            self._bell.answered(reading, exceeded=exceeded)

    async def give_back(self) -> None:
        """Report that the call surely was never sent: its token is free again at once."""
        if self._close():
            await self._shielded(self._store.give_back(self._ticket))
            self._queue.call_leader()

    async def renew(self) -> None:
        """Start the lease anew, for a call whose upload outlasts it."""
        if self._is_open:
            await self._store.renew(self._ticket)

    def kept(self, longest_s: float) -> AbstractContextManager[None]:
        """Renew the lease as often as a block needs that may take *longest_s* seconds."""
        if not self._is_open or longest_s < self._lease_s / _RENEWALS_A_LEASE:
            return nullcontext()
        return self._renewed()

    @contextmanager
    def _renewed(self) -> Iterator[None]:
        renewing = asyncio.create_task(self._renew_often())
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew_often(self) -> None:
        while self._is_open:
            await asyncio.sleep(self._lease_s / _RENEWALS_A_LEASE)
            try:
                await self.renew()
            except QuotaStoreError as error:
                log.debug("the lease of a call was not renewed: %s", error)

    async def _shielded(self, operation: Awaitable[None]) -> None:
        """Finish an operation of the store even in a cancelled scope."""
        if self._store.is_near:
            await operation
        else:
            with anyio.CancelScope(shield=True):
                await operation

    def _close(self) -> bool:
        was_open, self._is_open = self._is_open, False
        self._bell.under_way -= was_open
        return was_open
