"""A worker's share of the quotas, for the time in which the shared books cannot be reached.

Every worker of N keeps to an N-th, so that all together keep to the whole. No `await`, no clock.
"""

from __future__ import annotations

from attrs import define, evolve, field

from vaultio.limiter.bucket import CLOCKS_DIFFER
from vaultio.limiter.quotas import Quotas
from vaultio.limiter.reports import History
from vaultio.limiter.rules import Priority, Quota, Rules
from vaultio.limiter.usage import Usage
from vaultio.protocol.quota_headers import QuotaReading


@define
class Alone:
    """The quotas of one worker of `workers`, from `since_s` on.

    Nothing goes until no call counts any more that others sent by the common books: how many those
    were nobody can be asked. They use what they had been granted for a lease at most, a call may
    arrive late, and it counts for a window. `limits` are the books' last ones: burst, daily.
    """

    rules: Rules
    workers: int
    since_s: float
    limits: tuple[int, int] = (0, 0)
    _quotas: Quotas = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._quotas = Quotas(
            evolve(
                self.rules,
                burst=self._share(self.rules.burst, self.limits[0]),
                daily=self._share(self.rules.daily, self.limits[1]),
            )
        )

    def remember(self, history: History, under_way: list[str], now: float) -> None:
        """Count what this worker has sent before."""
        for quota, answered, ages in history:
            self._quotas.cool(ages, now, answered=answered, only=quota)
        for ticket in under_way:
            self._quotas.hold(ticket, 1, now)

    def take(self, ticket: str, priority: Priority, now: float) -> float:
        """Let the call go and return 0, or return the least time to wait, in seconds."""
        if (closed_s := self._opens_at_s - now) > 0:
            return closed_s
        return self._quotas.take(ticket, priority, now)

    def wait_s(self, priority: Priority, ahead: int, now: float) -> float:
        """Say how long a call waits at the least, in seconds, with `ahead` others before it."""
        return max(self._opens_at_s - now, self._quotas.wait_s(priority, ahead, now))

    def settle(
        self, ticket: str, reading: QuotaReading | None, now: float, *, exceeded: bool
    ) -> None:
        """Note how a call ended."""
        self._quotas.settle(ticket, reading, now, exceeded=exceeded)

    def give_back(self, ticket: str, now: float) -> None:
        """Take back the permit of a call that was not sent."""
        self._quotas.give_back(ticket, now)

    def renew(self, tickets: list[str], now: float) -> None:
        """Start the leases of the calls under way anew: this process lives."""
        for ticket in tickets:
            self._quotas.renew(ticket, now)

    def usage(self, now: float) -> Usage:
        """Describe the share."""
        return self._quotas.usage(now)

    @property
    def _opens_at_s(self) -> float:
        rules = self.rules
        late_s = rules.holder_lease_s + rules.linger_s
        return self.since_s + rules.shortest_window_s * CLOCKS_DIFFER + late_s

    def _share(self, quota: Quota | None, known_limit: int) -> Quota | None:
        if quota is None:
            return None
        limit = known_limit or quota.limit
        return Quota(max(1, limit // self.workers), quota.window_s, fixed=True)
