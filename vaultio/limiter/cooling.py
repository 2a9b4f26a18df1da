"""Tokens on their way back into a bucket. No `await`, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from math import floor
from typing import Protocol

from attrs import define

ROUNDING_S = 1e-6
"""Who waits as long as told must find the token there, whatever floats made of the sum. The
margin by which a window is held longer is far wider than this."""

Ages = tuple[tuple[float, int], ...]
"""Pairs of (seconds ago, calls), oldest first."""


class Cooling(Protocol):
    """Tokens that come back, each a fixed time after it was put here.

    Those put in within one cell of time come back together, when the latest of them may: that
    errs on the safe side and keeps the memory constant.
    """

    @property
    def count(self) -> int:
        """The tokens in here."""

    def add(self, at_s: float, count: int = 1) -> None:
        """Put in so many tokens as of the instant *at_s*, in seconds."""

    def release(self, now: float) -> int:
        """Let go of the tokens whose time has come; say how many that were."""

    def returns(self) -> Iterable[tuple[float, int]]:
        """List (instant in seconds, tokens that come back then), soonest first."""


MakeCooling = Callable[[str, float, float], Cooling]
"""Makes one by its name, the seconds a token stays, and the width of a cell in seconds."""


@define
class _Cell:
    index: int
    latest_s: float
    count: int


class MemoryCooling:
    """The cells of one process, in its memory."""

    def __init__(self, _name: str, after_s: float, cell_s: float) -> None:
        self.count = 0
        self._after_s = after_s
        self._cell_s = cell_s
        self._cells: deque[_Cell] = deque()

    def add(self, at_s: float, count: int = 1) -> None:
        """Put in so many tokens as of the instant *at_s*, in seconds."""
        index, place = floor(at_s / self._cell_s), len(self._cells)
        while place and self._cells[place - 1].index > index:
            place -= 1
        if place and self._cells[place - 1].index == index:
            cell = self._cells[place - 1]
            cell.latest_s = max(cell.latest_s, at_s)
            cell.count += count
        else:
            self._cells.insert(place, _Cell(index, at_s, count))
        self.count += count

    def release(self, now: float) -> int:
        """Let go of the tokens whose time has come; say how many that were."""
        before = self.count
        while self._cells and self._cells[0].latest_s + self._after_s <= now + ROUNDING_S:
            self.count -= self._cells.popleft().count
        return before - self.count

    def returns(self) -> Iterator[tuple[float, int]]:
        """Yield (instant in seconds, tokens that come back then), soonest first."""
        return ((cell.latest_s + self._after_s, cell.count) for cell in self._cells)

    def ages(self, now: float) -> Ages:
        """List how long ago tokens were put in."""
        return tuple((now - cell.latest_s, cell.count) for cell in self._cells)
