"""How fast something goes at present."""

from __future__ import annotations

from collections import deque

from attrs import define, field

KEPT_S = 300.0
"""Seconds that are looked back at most: a window of Vault's usual quota, in which calls may wait
for minutes and then go all at once."""

_LEAST_APART_S = 0.9


@define
class Rate:
    """Items and bytes a second, by what was noted from time to time."""

    _notes: deque[tuple[float, int, int]] = field(init=False, factory=deque)

    def note(self, at: float, items: int, size: int) -> None:
        """Note how many there are at a moment, in seconds of any clock that never goes back."""
        notes = self._notes
        # The last but one is the last that stands: the newest is always exact.
        if len(notes) > 1 and at - notes[-2][0] < _LEAST_APART_S:
            notes.pop()
        notes.append((at, items, size))
        while at - notes[0][0] > KEPT_S:
            notes.popleft()

    def over(self, seconds: float) -> tuple[float, float]:
        """Say how many items and bytes came in a second, on average over so many seconds.

        >>> rate = Rate()
        >>> rate.note(0.0, 0, 0)
        >>> rate.note(10.0, 20, 5_000)
        >>> rate.over(30.0)
        (2.0, 500.0)
        """
        if len(self._notes) < 2:
            return 0.0, 0.0
        at, items, size = self._notes[-1]
        first = next(one for one in self._notes if at - one[0] <= seconds)
        passed_s = at - first[0]
        if passed_s <= 0:
            return 0.0, 0.0
        return (items - first[1]) / passed_s, (size - first[2]) / passed_s
