"""How fast calls go inside what the quotas allow: two small buckets and a factor.

Only shape: a job does not spend a whole window in its first seconds, a server that slows its
answers down gets fewer calls. No `await`, no clock.
"""

from __future__ import annotations

from math import ceil, floor
from typing import Any

from attrs import define, field

from vaultio.limiter.rules import Pace, Priority

_HALVED_AT_MOST_EVERY = 1 / 60
"""All calls in flight bring the same delay; it counts once. A part of the window: 5 s of 300."""

_DOUBLED_EVERY = 1 / 5
_SLOWEST = 1 / 32
_ABOVE_THE_QUOTA = 1.05
_SCRIPT = 100
_ENOUGH_DOUBLINGS = 10.0
_ROUNDING = 1e-6
_LONG_AGO_S = -1e9


@define
class Pacing:
    """Tokens that come back at an even rate, for each priority up to its own burst."""

    pace: Pace
    _followed: tuple[int, float] | None = field(init=False, default=None)
    _levels: dict[Priority, float] = field(init=False, factory=dict)
    _bursts: dict[Priority, float] = field(init=False, factory=dict)
    _calls_per_second: float = field(init=False, default=1.0)
    _now: float = field(init=False, default=_LONG_AGO_S)
    _factor: float = field(init=False, default=1.0)
    _halved_at_s: float = field(init=False, default=_LONG_AGO_S)

    def follow(self, limit: int, window_s: float) -> None:
        """Derive what the settings leave open from a quota of `limit` calls in `window_s`."""
        if self._followed == (limit, window_s):
            return
        self._followed = limit, window_s
        given = self.pace
        self._calls_per_second = given.calls_per_second or _ABOVE_THE_QUOTA * limit / window_s
        self._bursts = {
            "bulk": float(given.burst or max(_SCRIPT, ceil(limit * 0.05))),
            "interactive": float(given.interactive_burst or max(_SCRIPT, ceil(limit * 0.5))),
        }
        for priority, burst in self._bursts.items():
            self._levels[priority] = min(self._levels.get(priority, burst), burst)

    def wait_s(self, priority: Priority, count: int, now: float) -> float:
        """Say in how many seconds `count` calls of this priority fit the pace; 0 if they do."""
        if now > self._now:
            self._refill(now)
        missing = count - self._levels[priority]
        return missing / self._rate if missing > 0 else 0.0

    def room(self, priority: Priority, now: float) -> int:
        """Say how many calls of this priority fit the pace now."""
        self._refill(now)
        return floor(self._levels[priority] + _ROUNDING)

    def take(self, now: float, count: int = 1) -> None:
        """Note so many calls, of whatever priority."""
        if now > self._now:
            self._refill(now)
        for priority, level in self._levels.items():
            self._levels[priority] = max(0.0, level - count)

    def put_back(self, now: float, count: int) -> None:
        """Note that so many calls were not sent after all."""
        self._refill(now)
        for priority, burst in self._bursts.items():
            self._levels[priority] = min(burst, self._levels[priority] + count)

    def slow_down(self, now: float) -> None:
        """Halve the pace, as the server delays its answers; it doubles again every 60 s of 300."""
        self._refill(now)
        if now - self._halved_at_s < _HALVED_AT_MOST_EVERY * self._window_s:
            return
        self._halved_at_s = now
        self._factor = max(_SLOWEST, self._factor / 2)
        for priority, level in self._levels.items():
            self._levels[priority] = level / 2

    def drain(self, now: float) -> None:
        """Forget the bursts: after a stop calls come out one by one, not as a herd."""
        self._refill(now)
        self._levels = dict.fromkeys(self._levels, 0.0)

    def dump(self) -> list[Any]:
        """Write out what changes, as JSON can hold it."""
        levels = [self._levels["bulk"], self._levels["interactive"]]
        return [*levels, self._now, self._factor, self._halved_at_s]

    def restore(self, dumped: list[Any]) -> None:
        """Go on from what `dump` wrote; the quota is followed already."""
        bulk, interactive, self._now, self._factor, self._halved_at_s = dumped
        self._levels = {"bulk": bulk, "interactive": interactive}

    @property
    def _rate(self) -> float:
        return self._calls_per_second * self._factor

    @property
    def _window_s(self) -> float:
        return self._followed[1] if self._followed else 1.0

    def _refill(self, now: float) -> None:
        passed_s = now - self._now
        if passed_s <= 0:
            return
        self._now = now
        if self._factor < 1:
            doublings = passed_s / (_DOUBLED_EVERY * self._window_s)
            self._factor = min(1.0, self._factor * 2.0 ** min(doublings, _ENOUGH_DOUBLINGS))
        for priority, burst in self._bursts.items():
            self._levels[priority] = min(burst, self._levels[priority] + passed_s * self._rate)
