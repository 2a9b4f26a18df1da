"""A store whose books others share: asks for tokens in batches, and reports in the same breath."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from secrets import token_hex

from attrs import evolve

from vaultio.errors import QuotaStoreError
from vaultio.limiter.clock import steady_time
from vaultio.limiter.forks import remember
from vaultio.limiter.reports import Grant, Report
from vaultio.limiter.rules import Priority, Rules
from vaultio.limiter.stores.alone import Alone
from vaultio.limiter.stores.demand import Demand
from vaultio.limiter.stores.holdings import Holdings
from vaultio.limiter.stores.ledger import Ledger
from vaultio.limiter.usage import Usage
from vaultio.logs import logger
from vaultio.protocol.quota_headers import QuotaReading

_LEAST_WAIT_S = 0.001
_SPARE = 32
_FLUSHED_AFTER = 1 / 100
_LONGEST_FLUSH_S = 0.5
_BEATS_A_LEASE = 4
_LONGEST_WAIT_S = 1.0
_DOWN_S = 0.25
"""Nobody asks again so shortly after the books could not be reached."""

log = logger("quota")


class SharedStore:
    """One holder of shared books.

    `workers` is for the time in which the books cannot be reached: None raises `QuotaStoreError`
    then; a number says how many holders there are at most, and each goes on with that part of
    the quotas. `clock` returns seconds and never goes back.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        workers: int | None = None,
        clock: Callable[[], float] = steady_time,
    ) -> None:
        self._ledger, self._workers, self._clock = ledger, workers, clock
        self._rules = Rules()
        self.begin_anew()
        remember(self)

    def begin_anew(self) -> None:
        """Be a holder that has nothing yet: at first, and in the child of a fork."""
        self._holdings = Holdings(self._rules, token_hex(8))
        self._alone: Alone | None = None
        self._tell = self._went_alone = False
        self._unbooked: tuple[Report, float] | None = None
        self._limits = (0, 0)
        self._demand = Demand(2 * self.longest_wait_s)  # who waits asks again before
        self._down: tuple[float, QuotaStoreError] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn = asyncio.Lock()
        self._beating: asyncio.Task[None] | None = None
        self._flush: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[Grant]] = set()

    is_near: bool = True

    @property
    def is_lost(self) -> bool:
        """Whether the books could not be reached when that was tried last."""
        return self._down is not None or self._alone is not None

    @property
    def longest_wait_s(self) -> float:
        """Others may free something at any time: ask again after so many seconds."""
        return min(_LONGEST_WAIT_S, self._rules.shortest_window_s / 20)

    def bind(self, rules: Rules) -> None:
        """Learn the rules."""
        self._rules = rules
        self.begin_anew()
        self._ledger.bind(evolve(rules, lease_s=rules.holder_lease_s))

    def serve(self, vault: str) -> None:
        """Learn whose quotas these are."""
        self._ledger.serve(vault)

    async def take(
        self, ticket: str, priority: Priority, waiting: tuple[int, int] = (0, 0)
    ) -> float:
        """Let the call go and return 0, or return the least time to wait, in seconds."""
        self._demand.tell(waiting, self._clock())
        self._beat()
        if self._alone is None:
            if self._holdings.use(ticket, priority, self._clock()):
                return 0.0
            wait_s = await self._asked(priority)
        if self._alone is not None:
            wait_s = self._alone.take(ticket, priority, self._clock())
            if not wait_s:
                self._holdings.admit(ticket, self._clock())
            return wait_s
        if self._holdings.use(ticket, priority, self._clock()):
            return 0.0
        return max(wait_s, _LEAST_WAIT_S)

    def take_now(self, ticket: str, priority: Priority) -> float:
        """Do what `take` does, if a token is here; a call that must ask is told to wait."""
        if self._alone is not None or not self._holdings.use(ticket, priority, self._clock()):
            return _LEAST_WAIT_S
        self._beat()
        return 0.0

    async def settle(self, ticket: str, reading: QuotaReading | None, *, exceeded: bool) -> None:
        """Note that a call was answered (`reading`), refused (`exceeded`) or given up on (None)."""
        now = self._clock()
        if self._alone:
            self._alone.settle(ticket, reading, now, exceeded=exceeded)
        if self._holdings.settle(ticket, reading, now, exceeded=exceeded):
            self._start_exchange()
        else:
            self._flush_soon()

    async def give_back(self, ticket: str) -> None:
        """Take back the permit of a call that surely was not sent."""
        if self._alone:
            self._alone.give_back(ticket, self._clock())
        if self._holdings.give_back(ticket):
            self._flush_soon()

    async def renew(self, ticket: str) -> None:
        """Start the lease of a long call anew."""
        self._holdings.renew(ticket, self._clock())

    async def forecast(self, priority: Priority, ahead: int) -> float:
        """Say how long a call waits at the least, in seconds, with `ahead` others before it."""
        if self._alone:
            return self._alone.wait_s(priority, ahead, self._clock())
        try:
            return await self._ledger.wait_s(priority, ahead)
        except QuotaStoreError:
            if self._workers is None:
                raise
            return 0.0  # not known; who asks for a token next goes on alone

    async def usage(self) -> Usage:
        """Describe all quotas; alone, this worker's share."""
        if self._alone is None:
            await self._asked(None)
        if self._alone:
            usage = self._alone.usage(self._clock())
            interactive, bulk = self._demand.waiting(self._clock())
            return evolve(usage, interactive_waiting=interactive, bulk_waiting=bulk)
        return await self._ledger.usage()

    async def aclose(self) -> None:
        """Report what is left to report, and let go of files and connections.

        For calls under way they are opened again: whoever is not heard of is taken for dead.
        """
        self._move_in()
        if self._beating and not self._holdings.under_way():
            self._beating.cancel()
        self._demand.tell((0, 0), self._clock())
        self._holdings.drop()
        try:
            if self._alone is None and self._holdings.has_something():
                async with asyncio.timeout(3 * _LONGEST_WAIT_S):
                    await self._asked(None)
        except (QuotaStoreError, TimeoutError) as error:
            log.debug("the last report was not booked: %s", error)
        finally:
            self._end_flush()
            await self._ledger.aclose()

    def _move_in(self) -> None:
        """Leave what belongs to an event loop that ended, perhaps without ending its tasks."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._turn = loop, asyncio.Lock()
            self._beating = self._flush = None

    async def _asked(self, priority: Priority | None) -> float:
        """Exchange, and return how long one more call of this priority waits, in seconds.

        In a task of its own: what is granted must not be lost when the one who asks is cancelled.
        """
        try:
            grant = await asyncio.shield(self._start_exchange(priority))
        except QuotaStoreError:
            if self._workers is None:
                raise
            return 0.0
        return grant.wait_s[priority == "bulk"]

    def _start_exchange(self, priority: Priority | None = None) -> asyncio.Task[Grant]:
        self._move_in()
        self._end_flush()
        task = asyncio.create_task(self._exchange(priority))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Grant]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.debug("an exchange with the quotas' store failed: %s", error)

    async def _exchange(self, priority: Priority | None) -> Grant:
        """Report and ask, one exchange after the other; a report that was lost goes again first."""
        async with self._turn:
            if self._down and self._clock() < self._down[0]:
                raise self._down[1]
            try:
                while True:
                    is_repeated = self._unbooked is not None
                    grant = await self._reported(priority)
                    if not is_repeated and not self._tell:
                        return grant
            except QuotaStoreError as error:
                self._down = self._clock() + _DOWN_S, error
                self._go_alone()
                raise

    async def _reported(self, priority: Priority | None) -> Grant:
        report, at_s = self._unbooked or self._composed(priority)
        self._unbooked = report, at_s
        grant = await self._ledger.exchange(report)
        self._unbooked = self._down = self._alone = None
        self._went_alone = False
        self._tell, self._limits = grant.tell_history, grant.limits
        self._holdings.accept(grant, at_s)
        return grant

    def _composed(self, priority: Priority | None) -> tuple[Report, float]:
        now = self._clock()
        interactive, bulk = self._demand.wanted(priority, now)
        report = self._holdings.report(
            now,
            interactive=interactive,
            bulk=bulk,
            spare=_SPARE if priority else 0,
            waiting=self._demand.waiting(now),
            history=self._tell,
            went_alone=self._went_alone,
        )
        return report, now

    def _go_alone(self) -> None:
        """Go on with a part of the quotas, if that is wanted; until the books are back."""
        if self._workers is None or self._alone is not None:
            return
        now = self._clock()
        log.warning("the quotas' store cannot be reached; this worker keeps to its share")
        self._alone = Alone(self._rules, self._workers, now, self._limits)
        self._alone.remember(self._holdings.history(now), self._holdings.under_way(), now)
        self._holdings.drop()
        self._went_alone = True
        if self._unbooked:
            self._holdings.take_back(*self._unbooked)
            self._unbooked = None

    def _end_flush(self) -> None:
        if self._flush:
            self._flush.cancel()
            self._flush = None

    def _flush_soon(self) -> None:
        self._move_in()
        if self._flush is None and self._alone is None:
            after_s = min(_LONGEST_FLUSH_S, self._rules.shortest_window_s * _FLUSHED_AFTER)
            self._flush = asyncio.get_running_loop().call_later(after_s, self._flush_now)

    def _flush_now(self) -> None:
        self._flush = None
        self._start_exchange()

    def _beat(self) -> None:
        self._move_in()
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beats())

    async def _beats(self) -> None:
        """Tell the books that this holder lives, as long as it has something of theirs."""
        while True:
            await asyncio.sleep(self._rules.holder_lease_s / _BEATS_A_LEASE)
            now = self._clock()
            if self._alone:
                self._alone.renew(self._holdings.under_way(), now)
            self._holdings.return_unused()
            busy = self._holdings.has_something() or self._alone is not None
            if not busy and not (self._ledger.is_volatile and self._holdings.sent_lately(now)):
                return
            await asyncio.wait([self._start_exchange()])
