"""After `API_LIMIT_EXCEEDED` one call looks whether the door is open again, not a herd.

No `await`, no clock.
"""

from __future__ import annotations

from attrs import define, field

_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 60.0
_LOOK_AGAIN_S = 1.0


@define
class Breaker:
    """Closed in good times; open, it lets a single probe out after a pause."""

    lease_s: float
    _pause_s: float = field(init=False, default=0.0)
    _probe_at_s: float = field(init=False, default=0.0)
    _probe: str | None = field(init=False, default=None)

    @property
    def is_open(self) -> bool:
        """Whether calls are held back."""
        return self._pause_s > 0

    def wait_s(self, now: float) -> float:
        """Say in how many seconds a call may go at the earliest; 0 if it may now.

        While a probe is out nobody knows; one second is said then, its answer may come sooner.
        """
        if self._probe is not None and now < self._probe_at_s + self.lease_s:
            return _LOOK_AGAIN_S
        return max(0.0, self._probe_at_s - now) if self.is_open else 0.0

    def take(self, ticket: str, now: float) -> None:
        """Note a call that was let out: if held back, it is the probe."""
        if self.is_open:
            self._probe, self._probe_at_s = ticket, now

    def renew(self, ticket: str, now: float) -> None:
        """Go on waiting for the probe."""
        if ticket == self._probe:
            self._probe_at_s = now

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
        longer_s = 2 * self._pause_s if exceeded else self._pause_s
        self._pause_s = min(max(longer_s, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
        self._probe_at_s = now + self._pause_s
        return False

    def give_back(self, ticket: str) -> None:
        """A probe that was never sent: the next call may be it."""
        if ticket == self._probe:
            self._probe = None
