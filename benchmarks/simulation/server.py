"""Servers that count calls by their own clock, and what they do and say at the limit."""

from __future__ import annotations

from collections import deque
from math import floor, inf
from typing import Literal, Protocol

from attrs import define, field, frozen

from vaultio.protocol.quota_headers import QuotaReading

WindowKind = Literal["fixed", "sliding"]
Reaction = Literal["delay", "refuse"]
Headers = Literal["all", "delay", "none"]
"""All that Vault sends; only that an answer was delayed; nothing, as an old server."""

_DAY_S = 86_400.0


class _Window(Protocol):
    @property
    def used(self) -> int:
        """The calls that count now."""

    def turn(self, now: float) -> None:
        """Forget what is too old."""

    def add(self, now: float, *, refused: bool) -> None:
        """Count a call."""


@define
class FixedWindow:
    """Counts from zero each time a window ends, as Vault does; refused calls count too."""

    window_s: float
    phase_s: float = 0.0
    used: int = 0
    _index: int = -1

    def turn(self, now: float) -> None:
        """Begin a new window if the old one has ended."""
        index = floor((now + self.phase_s) / self.window_s)
        if index != self._index:
            self._index, self.used = index, 0

    def add(self, now: float, *, refused: bool) -> None:  # noqa: ARG002 - as the other one
        """Count a call."""
        self.used += 1


@define
class SlidingWindow:
    """Counts what it accepted in the last *window_s* seconds; what it refused it forgets."""

    window_s: float
    _times: deque[float] = field(factory=deque)

    @property
    def used(self) -> int:
        """The calls in the window."""
        return len(self._times)

    def turn(self, now: float) -> None:
        """Forget what is older than a window."""
        while self._times and self._times[0] <= now - self.window_s:
            self._times.popleft()

    def add(self, now: float, *, refused: bool) -> None:
        """Count a call."""
        if not refused:
            self._times.append(now)


@frozen
class Verdict:
    """What the server says of a call."""

    reading: QuotaReading
    held_s: float = 0.0
    """How much longer its answer takes, as the burst limit was reached."""

    refused: bool = False

    @property
    def fate(self) -> str:
        """Name what the limit did to the call; empty for nothing."""
        return "refused" if self.refused else "delayed" if self.held_s else ""


@define(kw_only=True)
class Server:
    """Counts the calls of all, in a burst window and in one of 24 hours."""

    limit: int
    window_s: float
    daily: int | None = None
    kind: WindowKind = "fixed"
    reaction: Reaction = "delay"
    headers: Headers = "all"
    delay_s: float = 0.5
    phase_s: float = 0.0
    _burst: _Window = field(init=False)
    _day: _Window = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._burst, self._day = self._window(self.window_s), self._window(_DAY_S)

    def count(self, now: float) -> Verdict:
        """Count a call that arrives now."""
        for window in (self._burst, self._day):
            window.turn(now)
        is_over = self._burst.used >= self.limit
        refused = self._day.used >= (self.daily or inf) or (is_over and self.reaction == "refuse")
        for window in (self._burst, self._day):
            window.add(now, refused=refused)
        held_s = self.delay_s if is_over and not refused else 0.0
        return Verdict(self._reading(held_s), held_s, refused)

    def _reading(self, held_s: float) -> QuotaReading:
        delay_s = held_s or None
        if self.headers != "all":
            return QuotaReading(delay_s=delay_s if self.headers == "delay" else None)
        return QuotaReading(
            burst_limit=self.limit,
            burst_remaining=max(0, self.limit - self._burst.used),
            daily_limit=self.daily,
            daily_remaining=None if self.daily is None else max(0, self.daily - self._day.used),
            delay_s=delay_s,
        )

    def _window(self, window_s: float) -> _Window:
        if self.kind == "sliding":
            return SlidingWindow(window_s)
        return FixedWindow(window_s, self.phase_s)
