"""After `API_LIMIT_EXCEEDED` one call looks whether the door is open again, not a herd.

The same when the books were lost: nobody knows what others have used until one answer says it.
No `await`, no clock.
"""

from __future__ import annotations

from typing import Any

from attrs import define, field

_FIRST_PAUSE = 1 / 60
_LONGEST_PAUSE = 1 / 5
"""Parts of the window: 5 s and 60 s of 300."""

_LOOK_AGAIN = 1 / 300


@define
class Breaker:
    """Closed in good times; open, it lets a single probe out after a pause."""

    lease_s: float
    window_s: float = 300.0
    _pause_s: float = field(init=False, default=0.0)
    _probe_at_s: float = field(init=False, default=0.0)
    _probe: str | None = field(init=False, default=None)

    @property
    def is_open(self) -> bool:
        """Whether calls are held back."""
        return self._pause_s > 0

    def wait_s(self, now: float) -> float:
        """Say in how many seconds a call may go at the earliest; 0 if it may now.

        While a probe is out nobody knows; a moment is said then, its answer may come sooner.
        """
        if self._probe is not None and now < self._probe_at_s + self.lease_s:
            return _LOOK_AGAIN * self.window_s
        return max(0.0, self._probe_at_s - now) if self.is_open else 0.0

    def take(self, ticket: str, now: float) -> None:
        """Note a call that was let out: if held back, it is the probe."""
        if self.is_open:
            self._probe, self._probe_at_s = ticket, now

    def renew(self, ticket: str, now: float) -> None:
        """Go on waiting for the probe."""
        if ticket == self._probe:
            self._probe_at_s = now

    def open(self, now: float, pause_s: float) -> None:
        """Hold all calls back, and let a probe out in so many seconds."""
        self._probe, self._probe_at_s = None, now + pause_s
        self._pause_s = max(self._pause_s, _FIRST_PAUSE * self.window_s)

    def settle(self, ticket: str, now: float, *, answered: bool, exceeded: bool) -> bool:
        """Learn from how a call ended; True if calls may go again.

        Of the calls that were under way when the limit was hit only the first one tells news.
        """
        is_probe = self._probe is not None and ticket == self._probe
        if not is_probe and not (exceeded and not self.is_open):
            return False
        self._probe = None
        if answered and not exceeded:
            self._pause_s = self._probe_at_s = 0.0
            return True
        longer_s = max(
            2 * self._pause_s if exceeded else self._pause_s, _FIRST_PAUSE * self.window_s
        )
        self._pause_s = min(longer_s, _LONGEST_PAUSE * self.window_s)
        self._probe_at_s = now + self._pause_s
        return False

    def give_back(self, ticket: str) -> None:
        """A probe that was never sent: the next call may be it."""
        if ticket == self._probe:
            self._probe = None

    def dump(self) -> list[Any]:
        """Write out what changes, as JSON can hold it."""
        return [self._pause_s, self._probe_at_s, self._probe]

    def restore(self, dumped: list[Any]) -> None:
        """Go on from what `dump` wrote."""
        self._pause_s, self._probe_at_s, self._probe = dumped
