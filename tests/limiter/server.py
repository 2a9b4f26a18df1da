"""What stands on the other side of the limiter: a server that counts, a checker of windows."""

from __future__ import annotations

from math import floor

from attrs import define, field

from benchmarks.simulation.measures import worst_window

__all__ = ["FixedWindows", "worst_window"]


@define
class FixedWindows:
    """A server that counts in fixed windows, as Vault does, whose phase nobody knows.

    `others` are the calls of other programs in each window.
    """

    limit: int
    window_s: float
    phase_s: float = 0.0
    others: int = 0
    refused: int = 0
    times: list[float] = field(factory=list)
    _window: int = -1
    _counted: int = 0

    def count(self, now: float) -> int:
        """Count a call that arrives now; return how many are left, below 0 for one refused."""
        self.times.append(now)
        window = floor((now + self.phase_s) / self.window_s)
        if window != self._window:
            self._window, self._counted = window, self.others
        self._counted += 1
        self.refused += self._counted > self.limit
        return self.limit - self._counted
