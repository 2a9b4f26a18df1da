"""How long so many calls take: the limiter's own rules, reckoned ahead in a moment.

The limiter gives a call of a quota of L calls in T seconds its token back T after the answer, so
the n-th call goes at the earliest at ::

    t(n) = max over all quotas of  t(n - L) + 1.001 T + a,  not before the pace lets it,
           and not before t(n - 1) + a / (calls under way at once)

with *a* the time to an answer. Before the first call t is when the tokens come back that are out
already. L is without what is kept for `interactive` calls and for other programs. Once every
quota has gone round, the same repeats: of millions of calls only the first rounds are reckoned,
in steps of a few calls. No `await`, no clock.
"""

from __future__ import annotations

from math import ceil, inf

from attrs import define, evolve, field, frozen

from vaultio.limiter.bucket import CLOCKS_DIFFER
from vaultio.limiter.pacing import Pacing
from vaultio.limiter.quotas import Quotas
from vaultio.limiter.rules import Quota, Rules
from vaultio.limiter.usage import QuotaName, QuotaUsage, Usage

_STEPS_A_WINDOW = 200
_MOST_STEPS = 50_000
_LEAST_STEPS_A_WINDOW = 8
_ROUNDS = 3


@frozen(kw_only=True)
class Traffic:
    """What the calls are like, and what else goes on."""

    answer_s: float = 0.5
    """Seconds from a permit to the answer, on average."""

    at_once: int = 16
    """Calls under way at any time, at most."""

    others_per_s: float = 0.0
    """Calls a second of other programs."""


def seconds_for(
    calls: int, rules: Rules, usage: Usage | None = None, traffic: Traffic | None = None
) -> float:
    """Say how many seconds so many `bulk` calls take, from now to the last answer.

    *usage* is what was used already (None: nothing). Of tokens that are out only the first return
    is known: the others are taken to follow evenly until their window ends, which errs on the
    long side. Infinity if others leave nothing.
    """
    traffic = traffic or Traffic()
    if calls < 1:
        return 0.0
    rounds = _rounds(rules, usage, traffic)
    if any(one.limit < 1 for one in rounds):
        return inf
    smallest = min((one.limit for one in rounds), default=calls)
    whole = max((one.limit for one in rounds), default=calls)
    steps = _Steps(rounds, _pacing(rules, usage), traffic, _step(smallest, whole))
    end = _ROUNDS * whole
    if calls <= end:
        return steps.time_of(calls) + traffic.answer_s
    more, rest = divmod(calls - (end - whole), whole)
    period_s = steps.time_of(end) - steps.time_of(end - whole)
    return steps.time_of(end - whole + rest) + more * period_s + traffic.answer_s


@frozen
class _Round:
    """The way of a quota's tokens: how many there are, and how long each is out."""

    limit: int
    out_s: float
    left: int
    first_back_s: float
    last_back_s: float

    def back_s(self, tokens: int) -> float:
        """Say when so many tokens have been here for the first time."""
        if tokens <= self.left or self.left >= self.limit:
            return 0.0
        part = min(1.0, (tokens - self.left) / (self.limit - self.left))
        return self.first_back_s + part * (self.last_back_s - self.first_back_s)


@define
class _Steps:
    """The times of the calls, *size* of them at once, as far as anybody asked."""

    rounds: list[_Round]
    pacing: Pacing | None
    traffic: Traffic
    size: int
    _times_s: list[float] = field(init=False, factory=list)
    _steps_back: list[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        # Whole steps: a fraction would blur the pause before a window's return in every round.
        self._steps_back = [max(1, round(one.limit / self.size)) for one in self.rounds]

    def time_of(self, calls: int) -> float:
        """Say when the last of so many calls goes, in seconds."""
        while len(self._times_s) * self.size < calls:
            self._times_s.append(self._next_s())
        return self._times_s[(calls - 1) // self.size]

    def _next_s(self) -> float:
        times_s = self._times_s
        step, at_s = len(times_s), 0.0
        if times_s:
            at_s = times_s[-1] + self.size * self.traffic.answer_s / self.traffic.at_once
        for one, back in zip(self.rounds, self._steps_back, strict=True):
            if step < back:
                at_s = max(at_s, one.back_s((step + 1) * self.size))
            else:
                at_s = max(at_s, times_s[step - back] + one.out_s)
        if self.pacing:
            at_s += self.pacing.wait_s("bulk", self.size, at_s)
            self.pacing.take(at_s, self.size)
        return at_s


def _step(smallest: int, whole: int) -> int:
    """Choose how many calls are reckoned at once: few of the smallest quota, but not for ever."""
    wanted = max(smallest // _STEPS_A_WINDOW, _ROUNDS * whole // _MOST_STEPS)
    wanted = max(1, min(wanted, smallest // _LEAST_STEPS_A_WINDOW))
    return smallest // ceil(smallest / wanted)


def _quotas(rules: Rules, usage: Usage | None) -> list[tuple[Quota, QuotaUsage | None]]:
    known = {one.name: one for one in usage.quotas} if usage else {}
    named: dict[QuotaName, Quota | None] = {"burst": rules.burst, "daily": rules.daily}
    return [(quota, known.get(name)) for name, quota in named.items() if quota]


def _rounds(rules: Rules, usage: Usage | None, traffic: Traffic) -> list[_Round]:
    rounds = []
    for quota, known in _quotas(rules, usage):
        limit = known.limit if known else quota.limit
        kept = limit - _for_bulk(Quota(limit, quota.window_s), rules)
        kept += round(traffic.others_per_s * quota.window_s)
        left = known.left if known else limit
        first_s = (known.next_return_s if known else None) or 0.0
        rounds.append(
            _Round(
                limit=limit - kept,
                out_s=quota.window_s * CLOCKS_DIFFER + traffic.answer_s,
                left=max(0, left - kept),
                first_back_s=first_s,
                last_back_s=max(first_s, quota.window_s * CLOCKS_DIFFER),
            )
        )
    return rounds


def _for_bulk(quota: Quota, rules: Rules) -> int:
    """Say how much of a quota bulk calls may use while nobody wants interactive ones.

    In the long run: what the burst quota keeps before a lull is used after it.
    """
    return Quotas(evolve(rules, burst=None, daily=quota, pace=None)).room("bulk", 0.0)


def _pacing(rules: Rules, usage: Usage | None) -> Pacing | None:
    quotas = _quotas(rules, usage)
    if rules.pace is None or not quotas:
        return None
    pacing, (quota, known) = Pacing(rules.pace), quotas[0]
    pacing.follow(known.limit if known else quota.limit, quota.window_s)
    return pacing
