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

    _bulk_until_s: float = field(init=False, default=_LONG_AGO_S)
    """The same of bulk calls."""

    _passed: int = field(init=False, default=0)
    """Interactive calls that went while bulk ones were turned away; nine of them for each of those
    that went meanwhile are taken off."""

    def is_interactives(self, now: float) -> bool:
        """Whether the next token is for an interactive call that waits somewhere."""
        return now < self._interactive_until_s and not self.owed(now)

    def owed(self, now: float) -> int:
        """Say how many bulk calls have their turn before any interactive one."""
        return self._passed // _FAIR if now < self._bulk_until_s else 0

    def for_bulk(self, wanted: int, now: float) -> tuple[int, Priority]:
        """Say how many bulk calls of those wanted may go at most, and as calls of what kind."""
        if owed := self.owed(now):
            return min(wanted, owed), "interactive"
        return 0 if self.is_interactives(now) else wanted, "bulk"

    def interactive(self, wanted: int, waiting: int, granted: int, now: float) -> None:
        """Note how many interactive calls a holder wanted to send, had waiting, and may send."""
        if wanted:
            is_short = granted < max(wanted, waiting)
            self._interactive_until_s = now + self._patience_s if is_short else _LONG_AGO_S
        if now < self._bulk_until_s:
            self._passed += granted

    def bulk(self, wanted: int, granted: int, now: float) -> None:
        """Note how many bulk calls a holder wanted to send, and how many may go."""
        if wanted:
            if now >= self._bulk_until_s:
                self._passed = 0
            is_short = granted < wanted
            self._bulk_until_s = now + self._patience_s if is_short else _LONG_AGO_S
            self._passed = max(0, self._passed - _FAIR * granted)

    def dump(self) -> tuple[float, float, int]:
        """Write out what changes, as JSON can hold it."""
        return self._interactive_until_s, self._bulk_until_s, self._passed

    def restore(self, dumped: tuple[float, float, int]) -> None:
        """Go on from what `dump` wrote."""
        self._interactive_until_s, self._bulk_until_s, self._passed = dumped

    @property
    def _patience_s(self) -> float:
        return min(_LONGEST_PATIENCE_S, self.window_s * _PATIENCE)
