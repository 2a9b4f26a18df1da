"""How long calls take: there, at the server, and back."""

from __future__ import annotations

import random
from typing import Literal, get_args

from attrs import frozen

Shape = Literal["constant", "uniform", "lognormal", "heavy"]
Split = tuple[float, float, float]
"""The parts of a call's time: on its way there, at the server, on its way back."""

_LONGEST_S = 60.0


@frozen
class Latency:
    """A distribution of the time from permit to answer, in seconds, by two numbers.

    - ``constant``: always *first*.
    - ``uniform``: from *first* to *second*.
    - ``lognormal``: median *first*, sigma *second* (0.5 is mild, 1 is wild).
    - ``heavy``: a Pareto tail: at least *first*, exponent *second* (1.1 is very heavy).

    Nothing takes longer than a minute. Without a *split* each call has its own, at random: that is
    what carries calls from one window of the server into the next.
    """

    shape: Shape = "uniform"
    first: float = 0.0
    second: float = 0.4
    split: Split | None = None

    @classmethod
    def parse(cls, text: str, split: str = "random") -> Latency:
        """Read ``uniform:0:0.4``, and a split such as ``40:20:40``.

        Raises `ValueError` for what is neither.
        """
        shape, *numbers = text.split(":")
        known = {name: name for name in get_args(Shape)}
        if shape not in known or not 1 <= len(numbers) <= 2:
            raise ValueError(
                f"{text!r}: say SHAPE:NUMBER[:NUMBER], SHAPE one of {', '.join(known)}"
            )
        values = [float(number) for number in numbers]
        parts = None
        if split != "random":
            there, at_server, back = (float(part) for part in split.split(":"))
            whole = there + at_server + back
            parts = (there / whole, at_server / whole, back / whole)
        return cls(known[shape], values[0], values[-1], parts)

    def draw(self, dice: random.Random) -> Split:
        """Draw the three times of one call, in seconds."""
        all_s = min(self._total_s(dice), _LONGEST_S)
        if self.split:
            there, at_server, back = self.split
        else:
            one, two = sorted((dice.random(), dice.random()))
            there, at_server, back = one, two - one, 1 - two
        return all_s * there, all_s * at_server, all_s * back

    def mean_s(self, draws: int = 20_000) -> float:
        """Return the mean in seconds, drawn: a capped tail has no simple formula."""
        dice = random.Random(1)
        return sum(min(self._total_s(dice), _LONGEST_S) for _ in range(draws)) / draws

    def _total_s(self, dice: random.Random) -> float:
        if self.shape == "constant":
            return self.first
        if self.shape == "uniform":
            return dice.uniform(self.first, self.second)
        if self.shape == "lognormal":
            return self.first * dice.lognormvariate(0.0, self.second)
        return self.first * dice.paretovariate(self.second)
