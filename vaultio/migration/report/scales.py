"""Axes: round steps, and units that people read."""

from __future__ import annotations

import math

from attrs import frozen

_TIMES = ((1.0, "seconds"), (60.0, "minutes"), (3600.0, "hours"), (86_400.0, "days"))
_SIZES = ((1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB"))
_COUNTS = ((1.0, ""), (1e3, "thousand"), (1e6, "million"))


@frozen
class Scale:
    """An axis from 0 to `top`; `ticks` are values with what is written at them, in `unit`."""

    top: float
    ticks: tuple[tuple[float, str], ...]
    unit: str


def time_scale(seconds: float) -> Scale:
    """Make an axis of time that ends with *seconds*."""
    factor, unit = _unit(seconds, _TIMES, least=2.0)
    scale = _scale(seconds / factor, factor, unit)
    ticks = tuple(tick for tick in scale.ticks if tick[0] <= seconds * 1.0001)
    return Scale(seconds, ticks, unit)


def speed_scale(most: float) -> Scale:
    """Make an axis of bytes per second."""
    factor, unit = _unit(most, _SIZES, least=1.0)
    return _scale(most / factor, factor, f"{unit} per second")


def count_scale(most: float, what: str) -> Scale:
    """Make an axis of whole things."""
    factor, unit = _unit(most, _COUNTS, least=10.0)
    return _scale(most / factor, factor, f"{unit} {what}".strip(), whole=factor == 1)


def percent_scale(most: float) -> Scale:
    """Make an axis of hundredths, up to 100 at least."""
    return _scale(max(most, 100.0), 1.0, "%")


def _unit(most: float, units: tuple[tuple[float, str], ...], least: float) -> tuple[float, str]:
    """Choose the largest unit of which there are *least*, else the smallest."""
    fitting = [one for one in units if most >= one[0] * least]
    return fitting[-1] if fitting else units[0]


def _scale(most: float, factor: float, unit: str, *, whole: bool = False) -> Scale:
    step = _step(most / 4)
    step = max(step, 1.0) if whole else step
    steps = max(1, math.ceil(most / step - 1e-9))
    values = [step * one for one in range(steps + 1)]
    ticks = tuple((value * factor, f"{value:,.6g}") for value in values)
    return Scale(values[-1] * factor, ticks, unit)


def _step(least: float) -> float:
    """Find the smallest of 1, 2, 2.5, 5 (times a power of ten) that is not below *least*."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= least * (1 - 1e-9))
