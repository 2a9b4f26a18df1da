"""All quotas of a vault together: a call goes if every one has a token for it, or takes none.

This is the whole decision, and it is pure: no `await`, no clock. A store keeps one of these (or
the same state elsewhere) and hands in the time `now`, in seconds, which never goes back.
"""

from __future__ import annotations

from typing import Any

from attrs import define, field

from vaultio.limiter.breaker import Breaker
from vaultio.limiter.bucket import Bucket
from vaultio.limiter.cooling import Ages, MakeCooling, MemoryCooling
from vaultio.limiter.lulls import kept_for_a_lull
from vaultio.limiter.pacing import Pacing
from vaultio.limiter.rules import Priority, Quota, Rules
from vaultio.limiter.usage import QuotaName, Usage, quota_usage
from vaultio.protocol.quota_headers import QuotaReading

_CELLS: dict[QuotaName, int] = {"burst": 300, "daily": 1_440}
_STANDING_SHARE = 0.05
_LULLS_MATTER_WINDOWS, _LULL = 30, 4  # since the last interactive call; calls that fit a small one
_LEAST_WAIT_S, _LONG_AGO_S = 0.001, -1e9
_NOTHING_SAID = QuotaReading()


@define
class Quotas:
    """The buckets of a vault, its pace, and what its server said."""

    rules: Rules
    cooling: MakeCooling = MemoryCooling
    _buckets: dict[QuotaName, Bucket] = field(init=False)
    _pacing: Pacing | None = field(init=False, default=None)
    _breaker: Breaker = field(init=False)
    _interactive_at_s: float = field(init=False, default=_LONG_AGO_S)
    _is_new: bool = field(init=False, default=False)
    _in_doubt: bool = field(init=False, default=False)
    _delayed: int = field(init=False, default=0)
    _refused: int = field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        named: dict[QuotaName, Quota | None] = {
            "burst": self.rules.burst,
            "daily": self.rules.daily,
        }
        self._buckets = {n: self._bucket(n, quota) for n, quota in named.items() if quota}
        self._breaker = Breaker(self.rules.lease_s, self.rules.shortest_window_s)
        if self.rules.pace and self._buckets:
            self._pacing = Pacing(self.rules.pace)
            self._follow()

    @property
    def is_held_back(self) -> bool:
        """Whether nothing but a probe may go."""
        return self._breaker.is_open

    def limit(self, name: QuotaName) -> int:
        """Say how many calls a quota has, as the server told last; 0 for one that is off."""
        return self._buckets[name].limit if name in self._buckets else 0

    def take(self, ticket: str, priority: Priority, now: float) -> float:
        """Let the call `ticket` go and return 0, or return the least time to wait, in seconds."""
        if priority == "interactive":
            self.heed(now)
        wait_s = self.wait_s(priority, 0, now)
        if wait_s > 0:
            return max(wait_s, _LEAST_WAIT_S)
        for bucket in self._buckets.values():
            bucket.take(ticket, now)
        self.spend(ticket, 1, now)
        return 0.0

    def wait_s(self, priority: Priority, ahead: int, now: float) -> float:
        """Say how long a call waits at the least, in seconds, with `ahead` others before it."""
        wait_s, count = self._breaker.wait_s(now), 1 + ahead
        if not (self._in_doubt and self._may_look(now)):
            for bucket in self._buckets.values():
                if bucket.left(now) - count < self._most_reserved(bucket):
                    reserve = 0 if priority == "interactive" else self._reserve(bucket, now)
                    wait_s = max(wait_s, bucket.wait_s(count + reserve, now))
        if self._pacing:
            wait_s = max(wait_s, self._pacing.wait_s(priority, count, now))
        return wait_s

    def room(self, priority: Priority, now: float) -> int:
        """Say how many calls of this priority may go now."""
        if self._breaker.is_open or self._breaker.wait_s(now) > 0:
            return 1 if self.wait_s(priority, 0, now) == 0 else 0
        rooms = [] if self._pacing is None else [self._pacing.room(priority, now)]
        for bucket in self._buckets.values():
            reserve = 0 if priority == "interactive" else self._reserve(bucket, now)
            rooms.append(bucket.left(now) - reserve)
        return max(0, min(rooms))

    def spare(self, now: float) -> int:
        """Say how many tokens nobody will miss for a moment: a part of what is left, if much is."""
        if self._breaker.is_open or any(b.left(now) < b.limit // 2 for b in self._buckets.values()):
            return 0
        return self.room("bulk", now) // 8

    def heed(self, now: float) -> None:
        """Note that somebody wants `interactive` calls: the whole reserve is kept for a while."""
        self._interactive_at_s = now

    def hold(self, name: str, count: int, now: float) -> None:
        """Let `name` have so many tokens of each quota, and start its lease anew."""
        for bucket in self._buckets.values():
            bucket.hold(name, count, now)

    def holds(self, name: str) -> int:
        """Say how many tokens `name` has."""
        return max((bucket.holds(name) for bucket in self._buckets.values()), default=0)

    def spend(self, ticket: str, count: int, now: float) -> None:
        """Note that calls were let out: they fill the pace, and one of them may be the probe."""
        if self._pacing:
            self._pacing.take(now, count)
        self._breaker.take(ticket, now)

    def put_back(self, count: int, now: float) -> None:
        """Note that calls which were let out were not sent."""
        if self._pacing and count > 0:
            self._pacing.put_back(now, count)

    def cool(self, ages: Ages, now: float, *, answered: bool, only: str | None = None) -> None:
        """Start the way back of tokens that were answered, or given up on, so long ago."""
        for name, bucket in self._buckets.items():
            if only in {None, name}:
                for age_s, count in ages:
                    bucket.cool(count, now - age_s, answered=answered)

    def settle(
        self, ticket: str, reading: QuotaReading | None, now: float, *, exceeded: bool
    ) -> None:
        """Note that a call was answered (`reading`), refused (`exceeded`) or given up on (None)."""
        answered = reading is not None or exceeded
        for bucket in self._buckets.values():
            bucket.settle(ticket, now, answered=answered)
        delayed = reading is not None and bool(reading.delay_s)
        self.learn(ticket, reading, now, exceeded=exceeded, answered=answered, delayed=int(delayed))

    def learn(
        self,
        ticket: str,
        reading: QuotaReading | None,
        now: float,
        *,
        age_s: float = 0.0,
        exceeded: bool = False,
        answered: bool = False,
        delayed: int = 0,
    ) -> None:
        """Learn from an answer of *age_s* ago: what it says, and that it came, was refused, held.

        `delayed` of the calls since the last time were held back by the server.
        """
        is_news = exceeded and not self._breaker.is_open  # those under way then say it again
        reopened = self._breaker.settle(ticket, now, answered=answered, exceeded=exceeded)
        if reopened and self._in_doubt:
            self._end_doubt(reading, now)
        elif reading is not None and not self._in_doubt:
            self._believe(reading, now, age_s)
        self._delayed += delayed
        self._refused += exceeded
        if delayed and self._pacing:
            self._pacing.slow_down(now)
        if (told := delayed + is_news) and (burst := self._buckets.get("burst")):
            burst.make_room(told, now)
        if self._pacing and reopened and not self._is_new:
            self._pacing.drain(now)
        self._is_new &= not reopened

    def give_back(self, ticket: str, now: float) -> None:
        """Take back the permit of a call that surely was not sent."""
        self.hold(ticket, 0, now)
        self.unsent(ticket)

    def unsent(self, ticket: str) -> None:
        """Note that a call was not sent; if it was the probe, the next may be it."""
        self._breaker.give_back(ticket)

    def renew(self, ticket: str, now: float) -> None:
        """Start the lease of a long call anew."""
        for bucket in self._buckets.values():
            bucket.renew(ticket, now)
        self._breaker.renew(ticket, now)

    def ask_first(self, now: float) -> None:
        """Let one call ask the server before others go: the books are new, the quota may not be."""
        self._is_new = True
        self._breaker.open(now, 0.0)

    def distrust(self, now: float, grace_s: float) -> None:
        """Take all for used that is not in our book, as it was lost; ask the server in *grace_s*.

        By then all who live have told what they hold and what they have sent.
        """
        self._in_doubt = True
        self._breaker.open(now, grace_s)
        for bucket in self._buckets.values():
            bucket.distrust(now)

    def usage(self, now: float) -> Usage:
        """Describe all quotas as they are now."""
        quotas = (
            quota_usage(name, bucket.window_s, bucket.state(now), self._reserve(bucket, now))
            for name, bucket in self._buckets.items()
        )
        return Usage(
            quotas=tuple(quotas),
            held_back=self._breaker.is_open,
            delayed=self._delayed,
            refused=self._refused,
        )

    def dump(self) -> dict[str, Any]:
        """Write out all but the cells, as JSON can hold it."""
        return {
            "buckets": {name: bucket.dump() for name, bucket in self._buckets.items()},
            "pacing": self._pacing.dump() if self._pacing else None,
            "breaker": self._breaker.dump(),
            "flags": [self._is_new, self._in_doubt],
            "rest": [self._interactive_at_s, self._delayed, self._refused],
        }

    def restore(self, dumped: dict[str, Any]) -> None:
        """Go on from what `dump` wrote, as far as the same quotas are counted."""
        for name, bucket in self._buckets.items():
            if name in dumped["buckets"]:
                bucket.restore(dumped["buckets"][name])
        self._follow()
        if self._pacing and dumped["pacing"]:
            self._pacing.restore(dumped["pacing"])
        self._breaker.restore(dumped["breaker"])
        self._is_new, self._in_doubt = dumped["flags"]
        self._interactive_at_s, self._delayed, self._refused = dumped["rest"]

    def _may_look(self, now: float) -> bool:
        """Whether, in doubt, the one call may go that asks the server; by our own book it must."""
        return all(bucket.has_own_token(now) for bucket in self._buckets.values())

    def _end_doubt(self, reading: QuotaReading | None, now: float) -> None:
        """Go on by the server's word. Of the daily quota old servers tell nothing: then by ours."""
        self._in_doubt = False
        said = reading or QuotaReading()
        if (burst := self._buckets.get("burst")) and said.burst_remaining is not None:
            burst.observe(said.burst_limit, None, now)
            burst.trust(said.burst_remaining, now)
        if daily := self._buckets.get("daily"):
            daily.observe(said.daily_limit, None, now)
            daily.trust(said.daily_remaining, now)
        self._follow()

    def _believe(self, reading: QuotaReading, now: float, age_s: float) -> None:
        if reading == _NOTHING_SAID:
            return
        if burst := self._buckets.get("burst"):
            burst.observe(reading.burst_limit, reading.burst_remaining, now, age_s)
        if daily := self._buckets.get("daily"):
            daily.observe(reading.daily_limit, reading.daily_remaining, now, age_s)
        self._follow()

    def _reserve(self, bucket: Bucket, now: float) -> int:
        # A share that nobody uses would cost a bulk job its part of every window.
        wanted = now - self._interactive_at_s < bucket.window_s
        share = self.rules.reserved_share * (1.0 if wanted else _STANDING_SHARE)
        reserve = min(round(bucket.limit * share), bucket.limit - 1)
        return reserve if wanted else max(reserve, self._kept_for_a_lull(bucket, now))

    def _kept_for_a_lull(self, bucket: Bucket, now: float) -> int:
        if bucket is not self._buckets.get("burst"):
            return 0
        lately = now - self._interactive_at_s < _LULLS_MATTER_WINDOWS * bucket.window_s
        most, quota = self._most_reserved(bucket), (bucket.limit, bucket.window_s)
        return kept_for_a_lull(bucket.returns(now), most, quota, now, 0 if lately else _LULL)

    def _most_reserved(self, bucket: Bucket) -> int:
        return min(round(bucket.limit * self.rules.reserved_share), bucket.limit - 1)

    def _follow(self) -> None:
        if self._pacing:
            shortest = next(iter(self._buckets.values()))
            self._pacing.follow(shortest.limit, shortest.window_s)

    def _bucket(self, name: QuotaName, quota: Quota) -> Bucket:
        return Bucket(
            quota.limit,
            quota.window_s,
            lease_s=self.rules.lease_s,
            linger_s=self.rules.linger_s,
            cells=_CELLS[name],
            fixed=quota.fixed,
            cooling=self._cooling_of(name),
        )

    def _cooling_of(self, name: QuotaName) -> MakeCooling:
        return lambda kind, after_s, cell_s: self.cooling(f"{name}.{kind}", after_s, cell_s)
