"""How long calls that wait will have to: asked of the store seldom, however many calls ask."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Literal

import anyio
from attrs import define, field, frozen

from vaultio.errors import QuotaStoreError, QuotaWaitError
from vaultio.limiter.rules import Priority
from vaultio.limiter.stores import Store
from vaultio.limiter.usage import QuotaUsage, Usage
from vaultio.limiter.waiting import Queue, Waiter
from vaultio.limiter.wording import about, quota_text

Reason = Literal["burst", "daily", "pace", "held back", "store"]

ANSWER_S = 0.5
"""A store has so many seconds to answer in any case; one that is well needs milliseconds."""

_STORE_AGAIN_S = 5.0
_SILENT = "the quotas' store did not answer in time; look for a process that holds it, or hangs"


@frozen
class _Forecast:
    """What the store said: who has so many before it waits until then at the least."""

    ahead: int
    place: int
    """Counts the calls of this process's queue from its beginning."""

    until_s: float
    asked_at_s: float


@define(eq=False)
class Prospects:
    """Forecasts, each good for `fresh_s` seconds and for all that stand further behind.

    A new one is had only if the last is old, or for another place by far (half or twice as many
    calls before): of ten thousand calls that come at once some fifteen ask.
    """

    store: Store
    queue: Queue
    fresh_s: float
    clock: Callable[[], float]
    _last: dict[Priority, _Forecast] = field(init=False, factory=dict)
    _is_asking: bool = field(init=False, default=False)
    _usage: Usage = field(init=False, factory=Usage)
    _usage_at_s: float = field(init=False, default=-1e9)
    _silent_since_s: float = field(init=False, default=inf)

    def asks(self) -> None:
        """Note that the store is asked for a token."""
        self._silent_since_s = min(self._silent_since_s, self.clock())

    def answered(self) -> None:
        """Note that it has answered."""
        self._silent_since_s = inf

    async def wait_s(self, waiter: Waiter) -> float:
        """Say how long a call that joins now waits at the least, in seconds, as far as known."""
        priority, ahead = waiter.priority, self.queue.ahead(waiter)
        last, now = self._last.get(priority), self.clock()
        if last is None or self._is_due(last, ahead, now):
            last = await self._asked(priority, ahead) or last
        if last is None or self.queue.count + ahead < last.place:
            return 0.0
        return max(0.0, last.until_s - self.clock())

    async def too_long(self, waiter: Waiter, max_wait_s: float, known_s: float) -> QuotaWaitError:
        """Make the error of a call that would wait longer than *max_wait_s* seconds."""
        if self.clock() - self._silent_since_s >= ANSWER_S:
            return silence(max_wait_s, known_s)
        usage = None
        with suppress(QuotaStoreError), anyio.move_on_after(ANSWER_S):
            known_s = max(known_s, await self.wait_s(waiter))
            usage = await self._recent_usage()
        if usage is None:
            return silence(max_wait_s, known_s)
        reason, text = _why(usage, waiter.priority)
        return _refusal(max_wait_s, text, known_s, reason)

    def _is_due(self, last: _Forecast, ahead: int, now: float) -> bool:
        if self._is_asking:
            return False
        is_elsewhere = ahead > 2 * last.ahead or ahead < last.ahead // 2
        return is_elsewhere or now - last.asked_at_s >= self.fresh_s

    async def _asked(self, priority: Priority, ahead: int) -> _Forecast | None:
        if self._is_asking:
            return None
        self._is_asking = True
        place, now = self.queue.count + ahead, self.clock()
        try:
            wait_s = await self.store.forecast(priority, ahead)
        finally:
            self._is_asking = False
        self._last[priority] = _Forecast(ahead, place, now + wait_s, now)
        return self._last[priority]

    async def _recent_usage(self) -> Usage:
        if self.clock() - self._usage_at_s >= self.fresh_s:
            self._usage_at_s = self.clock()
            self._usage = await self.store.usage()
        return self._usage


def silence(max_wait_s: float, known_s: float = 0.0) -> QuotaWaitError:
    """Make the error of a call for which the store had no answer within *max_wait_s* seconds."""
    return _refusal(max_wait_s, _SILENT, max(known_s, _STORE_AGAIN_S), "store")


def _refusal(max_wait_s: float, text: str, wait_s: float, reason: Reason) -> QuotaWaitError:
    return QuotaWaitError(
        f"no call is free within max_wait_s={max_wait_s:g} s: {text}; "
        f"try again in {about(wait_s)}, or allow a longer wait",
        retry_after_s=wait_s,
        reason=reason,
    )


def _why(usage: Usage, priority: Priority) -> tuple[Reason, str]:
    """Say what it is that a call waits for."""
    if usage.held_back:
        return "held back", "Vault refused a call because its limit is reached"
    short = [one for one in usage.quotas if _free(one, priority) < 1]
    if short:
        last = max(short, key=lambda one: one.next_return_s or 0.0)
        kept = f", but {last.left:,} for interactive calls" if last.left else ""
        text = f"the quota of {quota_text(last.limit, last.window_s)} is used up{kept}"
        return last.name, text
    return "pace", "calls are spread over the quota's window, and others come first"


def _free(quota: QuotaUsage, priority: Priority) -> int:
    return quota.left - (quota.reserved if priority == "bulk" else 0)
