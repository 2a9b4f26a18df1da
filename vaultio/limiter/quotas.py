"""All quotas of a vault together: a call goes if every one has a token for it, or takes none.

This is the whole decision, and it is pure: no `await`, no clock. A store keeps one of these (or
the same state elsewhere) and hands in the time `now`, in seconds, which never goes back.
"""

from __future__ import annotations

from attrs import define, field

from vaultio.limiter.breaker import Breaker
from vaultio.limiter.bucket import Bucket
from vaultio.limiter.pacing import Pacing
from vaultio.limiter.rules import Priority, Quota, Rules
from vaultio.limiter.usage import QuotaName, QuotaUsage, Usage
from vaultio.protocol.quota_headers import QuotaReading

_CELLS: dict[QuotaName, int] = {"burst": 300, "daily": 1_440}
_STANDING_SHARE = 0.05
_LEAST_WAIT_S = 0.001


@define
class Quotas:
    """The buckets of a vault, its pace, and what its server said."""

    rules: Rules
    _buckets: dict[QuotaName, Bucket] = field(init=False)
    _pacing: Pacing | None = field(init=False, default=None)
    _breaker: Breaker = field(init=False)
    _interactive_at_s: float = field(init=False, default=float("-inf"))

    def __attrs_post_init__(self) -> None:
        named: dict[QuotaName, Quota | None] = {
            "burst": self.rules.burst,
            "daily": self.rules.daily,
        }
        self._buckets = {n: self._bucket(n, quota) for n, quota in named.items() if quota}
        self._breaker = Breaker(self.rules.lease_s)
        if self.rules.pace and self._buckets:
            self._pacing = Pacing(self.rules.pace)
            self._follow()

    def take(self, ticket: str, priority: Priority, now: float) -> float:
        """Let the call `ticket` go and return 0, or return the least time to wait, in seconds."""
        if priority == "interactive":
            self._interactive_at_s = now
        wait_s = self.wait_s(priority, 0, now)
        if wait_s > 0:
            return max(wait_s, _LEAST_WAIT_S)
        for bucket in self._buckets.values():
            bucket.take(ticket, now)
        if self._pacing:
            self._pacing.take(now)
        self._breaker.take(ticket, now)
        return 0.0

    def wait_s(self, priority: Priority, ahead: int, now: float) -> float:
        """Say how long a call waits at the least, in seconds, with `ahead` others before it."""
        waits_s = [self._breaker.wait_s(now)]
        for bucket in self._buckets.values():
            reserve = 0 if priority == "interactive" else self._reserve(bucket, now)
            waits_s.append(bucket.wait_s(1 + ahead + reserve, now))
        if self._pacing:
            waits_s.append(self._pacing.wait_s(priority, 1 + ahead, now))
        return max(waits_s)

    def settle(
        self, ticket: str, reading: QuotaReading | None, now: float, *, exceeded: bool
    ) -> None:
        """Note that a call was answered (`reading`), refused (`exceeded`) or given up on (None)."""
        answered = reading is not None or exceeded
        for bucket in self._buckets.values():
            bucket.settle(ticket, now, answered=answered)
        reopened = self._breaker.settle(ticket, now, answered=answered, exceeded=exceeded)
        if reading is not None:
            self._believe(reading, now)
        if self._pacing and reopened:
            self._pacing.drain(now)

    def give_back(self, ticket: str, now: float) -> None:
        """Take back the permit of a call that surely was not sent."""
        for bucket in self._buckets.values():
            bucket.give_back(ticket, now)
        self._breaker.give_back(ticket)

    def renew(self, ticket: str, now: float) -> None:
        """Start the lease of a long call anew."""
        for bucket in self._buckets.values():
            bucket.renew(ticket, now)
        self._breaker.renew(ticket, now)

    def usage(self, now: float) -> Usage:
        """Describe all quotas as they are now."""
        quotas = []
        for name, bucket in self._buckets.items():
            state = bucket.state(now)
            quotas.append(
                QuotaUsage(
                    name=name,
                    limit=state.limit,
                    window_s=bucket.window_s,
                    used=state.used,
                    others=state.foreign,
                    left=state.left,
                    next_return_s=state.next_return_s,
                )
            )
        return Usage(quotas=tuple(quotas), held_back=self._breaker.is_open)

    def _believe(self, reading: QuotaReading, now: float) -> None:
        if burst := self._buckets.get("burst"):
            burst.observe(reading.burst_limit, reading.burst_remaining, now)
        if daily := self._buckets.get("daily"):
            daily.observe(reading.daily_limit, reading.daily_remaining, now)
        if self._pacing:
            self._follow()
            if reading.delay_s:
                self._pacing.slow_down(now)

    def _reserve(self, bucket: Bucket, now: float) -> int:
        # A share that nobody uses would cost a bulk job its part of every window.
        wanted = now - self._interactive_at_s < bucket.window_s
        share = self.rules.reserved_share * (1.0 if wanted else _STANDING_SHARE)
        return min(round(bucket.limit * share), bucket.limit - 1)

    def _follow(self) -> None:
        shortest = next(iter(self._buckets.values()))
        if self._pacing:
            self._pacing.follow(shortest.limit, shortest.window_s)

    def _bucket(self, name: QuotaName, quota: Quota) -> Bucket:
        return Bucket(
            quota.limit,
            quota.window_s,
            lease_s=self.rules.lease_s,
            linger_s=self.rules.linger_s,
            cells=_CELLS[name],
            fixed=quota.fixed,
        )
