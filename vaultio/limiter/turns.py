"""Whose turn it is among the holders of shared books: `interactive` calls first, one in ten `bulk`.

Each holder has a queue of its own and knows of no other; only here both kinds are seen. No `await`,
no clock.
"""

from __future__ import annotations

from attrs import define, field

from vaultio.limiter.rules import Priority

_FAIR = 9
_LONG_AGO_S = -1e9
_LONGEST_PATIENCE_S = 2.0
_PATIENCE = 1 / 10
"""A part of the shortest window: a holder asks again in half of this."""


@define
class Turns:
    """Who was turned away; times are in seconds."""

    window_s: float
    _interactive_until_s: float = field(init=False, default=_LONG_AGO_S)
    """Until then a holder whose interactive call was turned away is sure to ask again."""

    _passed: int = field(init=False, default=-1)
    """Interactive calls that went since a bulk one was turned away; -1 if none was."""

    def is_interactives(self, now: float) -> bool:
        """Whether the next token is for an interactive call that waits somewhere."""
        return self._passed < _FAIR and now < self._interactive_until_s

    def for_bulk(self, wanted: int, now: float) -> tuple[int, Priority]:
        """Say how many bulk calls of those wanted may go at most, and as calls of what kind."""
        if self._passed >= _FAIR:
            return min(1, wanted), "interactive"
        return 0 if self.is_interactives(now) else wanted, "bulk"

    def interactive(self, wanted: int, granted: int, now: float) -> None:
        """Note how many interactive calls a holder wanted to send, and how many may go."""
        if granted < wanted:
            patience_s = min(_LONGEST_PATIENCE_S, self.window_s * _PATIENCE)
            self._interactive_until_s = now + patience_s
        elif wanted:
            self._interactive_until_s = _LONG_AGO_S
        if self._passed >= 0:
            self._passed += granted

    def bulk(self, wanted: int, granted: int) -> None:
        """Note the same of bulk calls."""
        if granted:
            self._passed = -1
        elif wanted:
            self._passed = max(0, self._passed)

    def dump(self) -> tuple[float, int]:
        """Write out what changes, as JSON can hold it."""
        return self._interactive_until_s, self._passed

    def restore(self, dumped: tuple[float, int]) -> None:
        """Go on from what `dump` wrote."""
        self._interactive_until_s, self._passed = dumped
