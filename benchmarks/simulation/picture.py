"""A picture of calls in the sliding window against the limit, a panel for each limiter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.simulation.measures import Arrival, Run, measure

# Colours that the colour-blind can tell apart, by Okabe and Ito.
_HELD, _BROKEN, _OVER, _LIMIT = "#0072B2", "#56504A", "#D55E00", "#000000"
_MARKS = {"delayed": ("v", "#D55E00"), "refused": ("X", "#CC79A7")}
_SAMPLES = 2_000


def in_window(times_s: Sequence[float], at_s: float, window_s: float) -> int:
    """Count the calls in (at_s - window_s, at_s]; *times_s* are in order."""
    return bisect_right(times_s, at_s) - bisect_right(times_s, at_s - window_s)


def draw(runs: Sequence[Run], target: Path, first_s: float, last_s: float) -> None:
    """Draw the runs from *first_s* to *last_s* into a PNG. Needs the extra `benchmarks`."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        len(runs),
        1,
        sharex=True,
        sharey=True,
        squeeze=False,
        figsize=(10, 1.1 + 1.6 * len(runs)),
        layout="constrained",
    )
    for run, (axis,) in zip(runs, axes, strict=True):
        _panel(axis, run, first_s, last_s)
    axes[0][0].set_ylim(0, None)  # once all have drawn: they share it
    scenario = runs[0].scenario
    axes[-1][0].set_xlabel("time / s")
    figure.supylabel(f"calls in the last {scenario.window_s:g} s, counted at the server")
    handles = {label: handle for (axis,) in axes for handle, label in _legend(axis)}
    figure.legend(
        handles.values(), handles.keys(), loc="outside upper center", ncols=5, frameon=False
    )
    figure.savefig(target, dpi=150)
    plt.close(figure)


def _panel(axis: Any, run: Run, first_s: float, last_s: float) -> None:
    limit, window_s, outcome = run.scenario.limit, run.scenario.window_s, measure(run)
    times_s = sorted(arrival.at_s for arrival in run.arrivals)
    at = [first_s + (last_s - first_s) * i / _SAMPLES for i in range(_SAMPLES + 1)]
    seen = times_s[bisect_left(times_s, first_s) : bisect_right(times_s, last_s)]
    at = sorted({*at, *seen})  # the peaks are where calls arrive
    counts = [in_window(times_s, one, window_s) for one in at]
    axis.plot(at, counts, color=_HELD if outcome.holds else _BROKEN, lw=1.1, drawstyle="steps-post")
    axis.axhline(limit, color=_LIMIT, ls="--", lw=1.1, label=f"the limit, {limit} calls")
    over = [count > limit for count in counts]
    axis.fill_between(
        at, limit, counts, where=over, step="post", color=_OVER, alpha=0.45, lw=0,
        label="more than the limit",
    )  # fmt: skip
    for fate, (marker, colour) in _MARKS.items():
        marked = [one for one in run.arrivals if one.fate == fate and first_s <= one.at_s <= last_s]
        _mark(axis, marked, times_s, window_s, (marker, colour, f"{fate} by the server"))
    axis.set_title(_title(run), loc="left", fontsize=9.5)
    axis.set_xlim(first_s, last_s)
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_axisbelow(True)
    axis.grid(axis="y", color="#DDDDDD", lw=0.6)


def _mark(
    axis: Any,
    marked: list[Arrival],
    times_s: list[float],
    window_s: float,
    look: tuple[str, str, str],
) -> None:
    marker, colour, label = look
    heights = [in_window(times_s, one.at_s, window_s) for one in marked]
    at = [one.at_s for one in marked]
    if marked:
        axis.scatter(at, heights, marker=marker, s=22, color=colour, lw=0, label=label, zorder=3)


def _title(run: Run) -> str:
    outcome = measure(run)
    verdict = "holds" if outcome.holds else f"{outcome.worst_window / outcome.limit:.2f} L"
    return (
        f"{run.limiter}: worst window {outcome.worst_window} ({verdict}), "
        f"{outcome.use:.0%} of L used, {outcome.throttled_share:.1%} of the calls throttled"
    )


def _legend(axis: Any) -> list[tuple[Any, str]]:
    return list(zip(*axis.get_legend_handles_labels(), strict=True))
