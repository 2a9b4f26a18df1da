"""A clock that stands still until a test moves it.

Whatever takes a ``clock`` takes it: `Sandbox(clock=...)`, `Limiter(clock=...)`. Where code sleeps
as well, `tests.virtual_time` is the better tool.
"""

from __future__ import annotations

from attrs import define


@define
class Clock:
    """Call it for the time in seconds; it starts at *now*."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    def pass_(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self.now += seconds
