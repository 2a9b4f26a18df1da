"""The limiter that clients wait at: asks a store for tokens and keeps the queue of those waiting.

What may go is decided in `quotas.py`, where that is kept in `stores/`; here is only waiting.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from math import inf
from secrets import token_hex

import anyio
import anyio.lowlevel
from attrs import evolve

from vaultio.errors import WrongLoopError
from vaultio.limiter.clock import loop_time
from vaultio.limiter.events import Bell, OnEvent
from vaultio.limiter.forks import remember
from vaultio.limiter.permits import Permit
from vaultio.limiter.prospects import ANSWER_S, Prospects, silence
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
from vaultio.logs import logger

_HOLDER_LEASE_S = 30.0
_LINGER_S = 60.0
_FRESH = 300

log = logger("quota")


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
    default 30 s, at most a quarter of the shortest window. `linger_s` is how long a call that was
    given up on may still reach the server: by default 60 s, at most a quarter of that window.
    `rules` holds all these settings; what the server says of its limits since is in `usage`.
    `clock` returns seconds, never goes back, and is the default store's. `on_event` is called in
    the event loop with each `QuotaEvent`; what it raises is logged once and breaks nothing.
    """

    _loop: asyncio.AbstractEventLoop | None = None
    _process = 0

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
        on_event: OnEvent | None = None,
        clock: Callable[[], float] = loop_time,
    ) -> None:
        self._is_off = burst is None and daily is None
        self._clock = clock
        self._store = open_store(store, clock) if isinstance(store, str | None) else store
        shortest_s = Rules(burst=burst, daily=daily).shortest_window_s
        usual_lease_s = min(_HOLDER_LEASE_S, shortest_s / 4)
        if linger_s is None:
            linger_s = min(_LINGER_S, shortest_s / 4)
        self.rules = Rules(
            burst=burst,
            daily=daily,
            pace=pace,
            reserved_share=reserved_share,
            lease_s=lease_s,
            holder_lease_s=usual_lease_s if holder_lease_s is None else holder_lease_s,
            linger_s=linger_s,
        )
        self._store.bind(self.rules)
        self._queue = Queue()
        remember(self._queue)
        self._lease_s, self._vault = lease_s, ""
        self._bell = Bell(on_event, shortest_s, clock)
        fresh_s = self._store.longest_wait_s or shortest_s / _FRESH
        self._prospects = Prospects(self._store, self._queue, fresh_s, clock)
        self._name = token_hex(8)
        self._numbers = count()

    @classmethod
    def unlimited(cls) -> Limiter:
        """Make a limiter that lets everything pass at once."""
        return cls(burst=None, daily=None)

    @property
    def is_shared(self) -> bool:
        """Whether others count in the same books: a file's, a server's."""
        return isinstance(self._store, SharedStore)

    def serve(self, vault: str) -> None:
        """Learn whose quotas these are; a client says it of itself (host and port).

        A second vault counts against those of the first: slower than it must be, but safe.
        """
        if not self._vault:
            self._vault = vault
            self._store.serve(vault)
        elif self._vault != vault and not self._is_off:
            log.warning("%s shares the quotas of %s: give it a limiter", vault, self._vault)

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
        self._enter()
        if not (self._is_off or self._passes(ticket, priority)):
            await self._queued(priority, ticket, max_wait_s)
        is_open = not self._is_off
        self._bell.under_way += is_open
        return Permit(ticket, self._store, self._queue, self._bell, self._lease_s, is_open)

    async def usage(self, max_wait_s: float | None = None) -> Usage:
        """Describe the quotas and who waits for them, as of now.

        Raises `QuotaWaitError` if the store has not answered after *max_wait_s* seconds.
        """
        if self._is_off:
            return Usage()
        longest_s = inf if max_wait_s is None else max_wait_s
        with self._in_time(self._clock() + longest_s, longest_s):
            usage = await self._store.usage()
        interactive, bulk = self._queue.lengths
        return evolve(
            usage,
            reading=self._bell.reading,
            interactive_waiting=max(usage.interactive_waiting, interactive),
            bulk_waiting=max(usage.bulk_waiting, bulk),
        )

    async def aclose(self) -> None:
        """Let go of what the store holds open. Clients that share the limiter do not call this."""
        await self._store.aclose()

    def _enter(self) -> None:
        """Note the event loop; where that of others is running too, nobody could wake theirs."""
        loop = asyncio.get_running_loop()
        if loop is self._loop:
            return
        is_ours = self._process == os.getpid() and not self._is_off
        if is_ours and self._loop is not None and self._loop.is_running():
            raise WrongLoopError(
                "the limiter is in use in another event loop (of another thread): one for each "
                "event loop, with a store that they share"
            )
        self._loop, self._process = loop, os.getpid()

    def _passes(self, ticket: str, priority: Priority) -> bool:
        """Let a call go at once if nobody waits and the books are at hand."""
        store = self._store
        if not (self._queue.is_empty and isinstance(store, MemoryStore | SharedStore)):
            return False
        return store.is_near and store.take_now(ticket, priority) == 0

    async def _queued(self, priority: Priority, ticket: str, max_wait_s: float | None) -> None:
        waiter, began_s = Waiter(priority), self._clock()
        self._queue.join(waiter)
        try:
            has_slept = await self._wait(waiter, ticket, inf if max_wait_s is None else max_wait_s)
            self._queue.served(priority)
        finally:
            self._queue.leave(waiter)
        if has_slept:
            self._bell.waited(priority, self._clock() - began_s)

    async def _wait(self, waiter: Waiter, ticket: str, max_wait_s: float) -> bool:
        """Wait for the call's turn and a token; say whether that was not at once."""
        end_s, known_s, has_slept = self._clock() + max_wait_s, 0.0, False
        if max_wait_s < inf and self._queue.leader() is not waiter:
            with self._in_time(end_s, max_wait_s):
                known_s = await self._prospects.wait_s(waiter)
        while True:
            leads = self._queue.leader() is waiter
            if leads:
                with self._in_time(end_s, max_wait_s):
                    known_s = await self._take(waiter, ticket)
                if known_s == 0:
                    return has_slept
            left_s = end_s - self._clock()
            if known_s > left_s or left_s <= 0:
                raise await self._prospects.too_long(waiter, max_wait_s, known_s)
            nap_s = min(known_s, self._store.longest_wait_s or inf) if leads else inf
            await waiter.sleep(min(nap_s, left_s))
            known_s, has_slept = 0.0, True

    @contextmanager
    def _in_time(self, end_s: float, max_wait_s: float) -> Iterator[None]:
        """Wait for the store as long as for everything: up to *end_s*, or `QuotaWaitError`."""
        with anyio.move_on_after(max(ANSWER_S, end_s - self._clock())) as scope:
            yield
        if scope.cancelled_caught:
            raise silence(max_wait_s)

    async def _take(self, waiter: Waiter, ticket: str) -> float:
        priority = "interactive" if self._queue.is_bulks_turn else waiter.priority
        self._prospects.asks()
        try:
            wait_s = await self._store.take(ticket, priority, self._queue.lengths)
        except BaseException:
            # Cancelled, or the store failed: whether it let the call go is not known.
            with anyio.CancelScope(shield=True):
                await self._store.give_back(ticket)
            raise
        else:
            self._prospects.answered()
            return wait_s
        finally:
            self._bell.store(is_lost=self._store.is_lost)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
