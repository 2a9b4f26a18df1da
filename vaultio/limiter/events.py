"""What happens at a limiter, told as it happens: to a function, and to the log `vaultio.quota`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from math import inf
from typing import TypeAlias

from attrs import define, field, frozen

from vaultio.limiter.rules import Priority
from vaultio.limiter.wording import about
from vaultio.logs import logger
from vaultio.protocol.quota_headers import QuotaReading

_MUCH = 1 / 20
"""A part of the limit: so many more calls left than before are no answers in another order."""

LONG_WAIT_S = 5.0
"""From so many seconds on a wait for quota is a warning."""

log = logger("quota")


@frozen
class QuotaWaited:
    """A call may be sent that could not go at once."""

    priority: Priority
    waited_s: float
    """Seconds."""


@frozen
class Throttled:
    """Vault held an answer back, or refused a call, because of its limit."""

    delay_s: float | None
    """For how long the answer was held back, in seconds; None for a call that was refused."""

    @property
    def refused(self) -> bool:
        """Whether the call was refused."""
        return self.delay_s is None


@frozen
class WindowTurned:
    """The server's window of the burst quota was seen to begin anew: more is left than before."""

    limit: int
    left_before: int
    left: int


@frozen
class StoreLost:
    """The shared quotas cannot be reached: calls fail, or keep to this worker's share."""


@frozen
class StoreBack:
    """The shared quotas can be reached again."""


QuotaEvent: TypeAlias = QuotaWaited | Throttled | WindowTurned | StoreLost | StoreBack
OnEvent: TypeAlias = Callable[[QuotaEvent], object]


@define(eq=False)
class Bell:
    """Tells what happens; nothing that a listener does breaks a call.

    Of refusals, delays and long waits one in *warn_every_s* seconds is a warning each, as they
    come in swarms; the others are told at debug.
    """

    on_event: OnEvent | None
    warn_every_s: float
    clock: Callable[[], float]
    under_way: int = field(init=False, default=0)
    """Calls that were let out and are not settled."""

    reading: QuotaReading | None = field(init=False, default=None)
    """What the server said last."""

    _warned_at_s: dict[str, float] = field(init=False, factory=dict)
    _is_store_lost: bool = field(init=False, default=False)
    _has_failed: bool = field(init=False, default=False)

    def waited(self, priority: Priority, waited_s: float) -> None:
        """Tell that a call was let out after a wait, in seconds; a long one is worth a warning."""
        text = "a call (%s) waited %.2f s for quota"
        if waited_s < LONG_WAIT_S:
            log.debug(text, priority, waited_s)
        else:
            self._warn(text, priority, waited_s)
        self._tell(QuotaWaited(priority, waited_s))

    def answered(self, reading: QuotaReading | None, *, exceeded: bool) -> None:
        """Tell what an answer says of the quotas."""
        if exceeded:
            self._warn("Vault refused a call: its limit is reached; one call at a time tries again")
            self._tell(Throttled(None))
        if reading is None:
            return
        if reading.delay_s:
            delay = about(reading.delay_s)
            self._warn("Vault held an answer back for %s: we slow down by half", delay)
            self._tell(Throttled(reading.delay_s))
        if reading.burst_remaining is not None or reading.daily_remaining is not None:
            self._compare(reading)

    def store(self, *, is_lost: bool) -> None:
        """Tell whether the store could be reached, if that is news."""
        if is_lost == self._is_store_lost:
            return
        self._is_store_lost = is_lost
        if is_lost:
            log.warning("the shared quotas cannot be reached")
            self._tell(StoreLost())
        else:
            log.info("the shared quotas can be reached again")
            self._tell(StoreBack())

    def _compare(self, reading: QuotaReading) -> None:
        before = self.reading.burst_remaining if self.reading else None
        self.reading, left, limit = reading, reading.burst_remaining, reading.burst_limit or 0
        if before is None or left is None:
            return
        if left - before > max(self.under_way, limit * _MUCH):
            log.info("the window of the burst quota has turned: %d calls are left", left)
            self._tell(WindowTurned(limit, before, left))

    def _warn(self, text: str, *values: object) -> None:
        """Warn of the first of its kind, and of one in so many seconds after it."""
        is_first = self.clock() - self._warned_at_s.get(text, -inf) >= self.warn_every_s
        if is_first:
            self._warned_at_s[text] = self.clock()
        log.log(logging.WARNING if is_first else logging.DEBUG, text, *values)

    def _tell(self, event: QuotaEvent) -> None:
        if self.on_event is None:
            return
        try:
            self.on_event(event)
        except Exception:
            # A dashboard that is broken must not stop a migration.
            if not self._has_failed:
                self._has_failed = True
                log.exception("on_event failed at %s; this is said once", type(event).__name__)
