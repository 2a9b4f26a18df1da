"""The limiter that clients wait at: asks a store for tokens and keeps the queue of those waiting.

What may go is decided in `quotas.py`, where that is kept in `stores/`; here is only waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from math import inf
from secrets import token_hex

import anyio
import anyio.lowlevel
from attrs import define, evolve

from vaultio.errors import QuotaWaitError
from vaultio.limiter.clock import loop_time
from vaultio.limiter.forks import remember
from vaultio.limiter.rules import (
    DEFAULT_BURST,
    DEFAULT_DAILY,
    DEFAULT_PACE,
    Pace,
    Priority,
    Quota,
    Rules,
)
from vaultio.limiter.stores import MemoryStore, SharedStore, Store, open_store
from vaultio.limiter.usage import Usage
from vaultio.limiter.waiting import Queue, Waiter
from vaultio.protocol.quota_headers import QuotaReading

_HOLDER_LEASE_S = 30.0
_LINGER_S = 60.0


@define(eq=False)
class Permit:
    """The right to send one call, once. Report back how it went with `settle` or `give_back`.

    Both may be called in a cancelled scope and more than once; only the first report counts. A
    permit that nobody reports on counts until its lease ends, and a window beyond that.
    """

    _ticket: str
    _store: Store
    _queue: Queue
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

    async def give_back(self) -> None:
        """Report that the call surely was never sent: its token is free again at once."""
        if self._close():
            await self._shielded(self._store.give_back(self._ticket))
            self._queue.call_leader()

    async def renew(self) -> None:
        """Start the lease anew, for a call whose upload outlasts it."""
        if self._is_open:
            await self._store.renew(self._ticket)

    async def _shielded(self, operation: Awaitable[None]) -> None:
        """Finish an operation of the store even in a cancelled scope."""
        if self._store.is_near:
            await operation
        else:
            with anyio.CancelScope(shield=True):
                await operation

    def _close(self) -> bool:
        was_open, self._is_open = self._is_open, False
        return was_open


class Limiter:
    """Never lets more calls reach Vault than its quotas allow, in whatever window of time.

    One object may be shared by all clients of one vault in one event loop. `burst` and `daily` are
    the quotas (None: off), `pace` the shape inside them (None: none), `reserved_share` the part of
    each that `bulk` leaves to `interactive` calls (0 to below 1).

    `store` keeps the state: by default this process's memory; ``"sqlite:///quota.db"`` for all
    processes of a machine, and over restarts; ``"redis://host:6379/0"`` for several machines; or a
    `Store` of one's own, which is then this limiter's alone. See `open_store`.

    `lease_s` is the time in seconds after which a permit without report is taken for dead; it must
    exceed the longest time from permit to answer, or the permit be renewed. With a shared store
    `holder_lease_s` is the same for a whole process, which tells of itself four times as often: by
    default 30 s, at most half the shortest window. `linger_s` is how long a call that was given up
    on may still reach the server: by default 60 s, at most a quarter of the shortest window.
    `clock` returns seconds, never goes back, and is the default store's.
    """

    def __init__(
        self,
        *,
        burst: Quota | None = DEFAULT_BURST,
        daily: Quota | None = DEFAULT_DAILY,
        pace: Pace | None = DEFAULT_PACE,
        reserved_share: float = 0.1,
        lease_s: float = 900.0,
        holder_lease_s: float | None = None,
        linger_s: float | None = None,
        store: Store | str | None = None,
        clock: Callable[[], float] = loop_time,
    ) -> None:
        self._is_off = burst is None and daily is None
        self._clock = clock
        self._store = open_store(store, clock) if isinstance(store, str | None) else store
        shortest_s = Rules(burst=burst, daily=daily).shortest_window_s
        if holder_lease_s is None:
            holder_lease_s = min(_HOLDER_LEASE_S, shortest_s / 2)
        if linger_s is None:
            linger_s = min(_LINGER_S, shortest_s / 4)
        self._store.bind(
            Rules(
                burst=burst,
                daily=daily,
                pace=pace,
                reserved_share=reserved_share,
                lease_s=lease_s,
                holder_lease_s=holder_lease_s,
                linger_s=linger_s,
            )
        )
        self._queue = Queue()
        remember(self._queue)
        self._name = token_hex(8)
        self._numbers = count()

    @classmethod
    def unlimited(cls) -> Limiter:
        """Make a limiter that lets everything pass at once."""
        return cls(burst=None, daily=None)

    def serve(self, vault: str) -> None:
        """Learn whose quotas these are; a client says it of itself (host and port)."""
        self._store.serve(vault)

    async def acquire(
        self, priority: Priority = "interactive", max_wait_s: float | None = None
    ) -> Permit:
        """Wait until a call may be sent; first come first served within a priority.

        Raises `QuotaWaitError` at once if the call is known to have to wait longer than
        *max_wait_s* seconds, and after that time in any case. None waits as long as it takes.
        """
        if _is_being_cancelled():
            await anyio.lowlevel.checkpoint_if_cancelled()
        ticket = f"{self._name}-{next(self._numbers)}"
        permit = Permit(ticket, self._store, self._queue, not self._is_off)
        if self._is_off or self._passes(ticket, priority):
            return permit
        waiter = Waiter(priority)
        self._queue.join(waiter)
        try:
            await self._wait(waiter, ticket, max_wait_s)
            self._queue.served(priority)
        finally:
            self._queue.leave(waiter)
        return permit

    async def usage(self) -> Usage:
        """Describe the quotas and who waits for them, as of now."""
        if self._is_off:
            return Usage()
        usage, (interactive, bulk) = await self._store.usage(), self._queue.lengths
        return evolve(
            usage,
            interactive_waiting=max(usage.interactive_waiting, interactive),
            bulk_waiting=max(usage.bulk_waiting, bulk),
        )

    async def aclose(self) -> None:
        """Let go of what the store holds open. Clients that share the limiter do not call this."""
        await self._store.aclose()

    def _passes(self, ticket: str, priority: Priority) -> bool:
        """Let a call go at once if nobody waits and the books are at hand."""
        store = self._store
        if not (self._queue.is_empty and store.is_near):
            return False
        at_hand = isinstance(store, MemoryStore | SharedStore)
        return at_hand and store.take_now(ticket, priority) == 0

    async def _wait(self, waiter: Waiter, ticket: str, max_wait_s: float | None) -> None:
        end_s = inf if max_wait_s is None else self._clock() + max_wait_s
        known_s = 0.0
        if max_wait_s is not None and self._queue.leader() is not waiter:
            known_s = await self._store.forecast(waiter.priority, self._queue.ahead(waiter))
        while True:
            leads = self._queue.leader() is waiter
            if leads:
                known_s = await self._take(waiter, ticket)
                if known_s == 0:
                    return
            left_s = end_s - self._clock()
            if known_s > left_s or left_s <= 0:
                raise await self._too_long(waiter, max_wait_s, known_s)
            nap_s = min(known_s, self._store.longest_wait_s or inf) if leads else inf
            await waiter.sleep(min(nap_s, left_s))
            known_s = 0.0

    async def _take(self, waiter: Waiter, ticket: str) -> float:
        priority = "interactive" if self._queue.is_bulks_turn else waiter.priority
        try:
            return await self._store.take(ticket, priority, self._queue.lengths)
        except BaseException:
            # Cancelled, or the store failed: whether it let the call go is not known.
            with anyio.CancelScope(shield=True):
                await self._store.give_back(ticket)
            raise

    async def _too_long(
        self, waiter: Waiter, max_wait_s: float | None, known_s: float
    ) -> QuotaWaitError:
        behind_all_s = await self._store.forecast(waiter.priority, self._queue.ahead(waiter))
        retry_after_s = max(known_s, behind_all_s)
        return QuotaWaitError(
            f"no call is free within max_wait_s={max_wait_s:g} s; "
            f"try again in about {retry_after_s:.0f} s, or allow a longer wait",
            retry_after_s=retry_after_s,
        )


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
