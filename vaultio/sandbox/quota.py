"""The limits on calls: real fixed windows, a recorder of what arrived, and a book for logins."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from typing import Literal

from attrs import define, field

from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.versions import V21_1, Version

DAY_S = 24 * 60 * 60.0
UNLIMITED_DAILY = 999_999


def worst_window(arrivals: Iterable[float], window_s: float) -> int:
    """Return the most arrivals in any window of *window_s* seconds, whatever its phase."""
    open_window: deque[float] = deque()
    worst = 0
    for arrival in arrivals:
        open_window.append(arrival)
        while arrival - open_window[0] >= window_s:
            open_window.popleft()
        worst = max(worst, len(open_window))
    return worst


@define
class Window:
    """Counts in windows of *window_s* seconds that begin at *phase_s* and every window after."""

    window_s: float
    phase_s: float = 0.0
    used: int = 0
    _index: int | None = None

    def turn(self, now: float) -> None:
        """Start again from nothing if the window has ended."""
        index = math.floor((now - self.phase_s) / self.window_s)
        if index != self._index:
            self._index = index
            self.used = 0

    def take(self, now: float) -> int:
        """Count one call and return how many this window has had."""
        self.turn(now)
        self.used += 1
        return self.used


@define(kw_only=True)
class Quota:
    """The API burst and daily limits of the vault; change its numbers as you like.

    *arrivals* are the times (by the sandbox's clock) of the last calls that counted, refused ones
    included; *on_overrun* forces one behaviour instead of the one of the call's API version.
    """

    clock: Callable[[], float]
    burst_limit: int = 2000
    daily_limit: int | None = 100_000
    on_overrun: Literal["by_version", "refuse", "delay"] = "by_version"
    delay_ms: int = 500
    arrivals: deque[float] = field(factory=lambda: deque(maxlen=1_000_000))
    calls: int = 0
    refused: int = 0
    delayed: int = 0
    burst: Window = field(factory=lambda: Window(300.0))
    daily: Window = field(factory=lambda: Window(DAY_S))

    @property
    def remaining(self) -> int:
        """Calls left in this burst window."""
        self.burst.turn(self.clock())
        return max(0, self.burst_limit - self.burst.used)

    def worst_window(self, window_s: float | None = None) -> int:
        """Return the most calls that arrived in any window of that length, at any phase."""
        return worst_window(self.arrivals, window_s or self.burst.window_s)

    def take(self, version: Version) -> int:
        """Count a call; return the milliseconds to hold it back, or refuse it."""
        now = self.clock()
        self.calls += 1
        self.arrivals.append(now)
        old = version < V21_1
        burst_over = self.burst.take(now) > self.burst_limit
        # The daily limit has gone with v21.1.
        daily_over = self.daily.take(now) > (self.daily_limit or math.inf) and old
        if not burst_over and not daily_over:
            return 0
        refuse = old if self.on_overrun == "by_version" else self.on_overrun == "refuse"
        if refuse or daily_over:
            self.refused += 1
            which = "5 minutes" if burst_over else "24 hours"
            raise RefusedError(
                "API_LIMIT_EXCEEDED", f"You have exceeded the limit of API calls in {which}."
            )
        self.delayed += 1
        return self.delay_ms

    def headers(self, version: Version) -> dict[str, str]:
        """Return the limit headers of an answer."""
        headers = {
            "X-VaultAPI-BurstLimit": str(self.burst_limit),
            "X-VaultAPI-BurstLimitRemaining": str(self.remaining),
        }
        if version < V21_1:
            limit = self.daily_limit or UNLIMITED_DAILY
            self.daily.turn(self.clock())
            headers["X-VaultAPI-DailyLimit"] = str(limit)
            headers["X-VaultAPI-DailyLimitRemaining"] = str(max(0, limit - self.daily.used))
        return headers


@define(kw_only=True)
class LoginQuota:
    """The separate book of logins: a window of a minute for each user name and vault."""

    clock: Callable[[], float]
    limit: int = 20
    window_s: float = 60.0
    phase_s: float = 0.0
    delay_ms: int = 500
    _windows: dict[str, Window] = field(factory=dict)

    def take(self, key: str) -> int:
        """Count a login; return the milliseconds to hold it back, or refuse it."""
        window = self._windows.setdefault(key, Window(self.window_s, self.phase_s))
        used = window.take(self.clock())
        if used > self.limit:
            raise RefusedError(
                "API_LIMIT_EXCEEDED",
                "You have exceeded the limit of logins in a minute.",
                errorType="AUTHENTICATION_FAILED",
            )
        # From half of the limit on the answers come late.
        return self.delay_ms if used > self.limit / 2 else 0

    def headers(self, key: str) -> dict[str, str]:
        """Return the headers of a login's answer; they carry this book's numbers."""
        window = self._windows.get(key)
        if window is not None:
            window.turn(self.clock())
        used = window.used if window is not None else 0
        return {
            "X-VaultAPI-BurstLimit": str(self.limit),
            "X-VaultAPI-BurstLimitRemaining": str(max(0, self.limit - used)),
        }
