"""The sandbox's time: whatever clock it was given, and what a test has let pass beyond that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import define


@define
class MovingClock:
    """Call it for the time in seconds; *ahead_s* is how far it is ahead of the clock below."""

    below: Callable[[], float]
    ahead_s: float = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.below() + self.ahead_s

    def let_pass(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"time passes forwards, not by {seconds}")
        self.ahead_s += seconds

    def dated(self, now: Callable[[], datetime]) -> Callable[[], datetime]:
        """Have dates go on with the clock."""
        return lambda: now() + timedelta(seconds=self.ahead_s)
