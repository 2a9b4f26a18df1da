"""The picture of calls in the sliding window as an SVG: for a page, and without matplotlib."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from html import escape

from benchmarks.simulation.measures import Run, measure

_WIDTH, _PANEL, _TOP, _LEFT, _GAP = 760, 112, 34, 44, 40
_SAMPLES = 760
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.small { font-size: 11px; fill: #57606a }
.held { fill: #0072b2; fill-opacity: .55 }
.over { fill: #d55e00 }
.limit { stroke: #24292f; stroke-dasharray: 5 4 }
.axis { stroke: #8c959f }
.paper { fill: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9da7b3 } .paper { fill: #161b22 }
  .held { fill: #56b4e9; fill-opacity: .6 } .limit { stroke: #e6edf3 }
}
"""


def svg(runs: Sequence[Run], first_s: float, last_s: float) -> str:
    """Draw the runs from *first_s* to *last_s*, a panel each, light or dark."""
    height = _TOP + len(runs) * (_PANEL + _GAP) + 20
    scenario = runs[0].scenario
    head = (
        f"calls in the last {scenario.window_s:g} s, counted at the server; "
        f"the limit is {scenario.limit}"
    )
    most = max(max(_counts(run, first_s, last_s)) for run in runs)
    panels = [
        _panel(run, first_s, last_s, most, _TOP + 24 + number * (_PANEL + _GAP))
        for number, run in enumerate(runs)
    ]
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 60} {height}" '
            f'role="img"><title>{escape(head)}</title><style>{_STYLE}</style>'
            f'<rect class="paper" width="100%" height="100%" rx="6"/>'
            f'<text x="{_LEFT}" y="22" class="small">{escape(head)}</text>',
            *panels,
            *_times(first_s, last_s, height - 8),
            "</svg>\n",
        ]
    )


def _counts(run: Run, first_s: float, last_s: float) -> list[int]:
    """Take the most calls that any window has which ends in a column of the picture."""
    times_s = sorted(arrival.at_s for arrival in run.arrivals)
    step_s, window_s = (last_s - first_s) / _SAMPLES, run.scenario.window_s
    found = []
    for column in range(_SAMPLES):
        begin_s, end_s = first_s + column * step_s, first_s + (column + 1) * step_s
        low, high = bisect_right(times_s, begin_s), bisect_right(times_s, end_s)
        ends = [begin_s, *times_s[low:high]]  # the peaks are where calls arrive
        found.append(
            max(bisect_right(times_s, at) - bisect_right(times_s, at - window_s) for at in ends)
        )
    return found


def _panel(run: Run, first_s: float, last_s: float, most: int, top: float) -> str:
    counts, limit, outcome = _counts(run, first_s, last_s), run.scenario.limit, measure(run)
    scale = _PANEL / most
    foot, line = top + _PANEL, top + _PANEL - limit * scale
    verdict = "holds" if outcome.holds else f"{outcome.worst_window / limit:.2f} x the limit"
    said = (
        f"{run.limiter}: {outcome.worst_window} in the worst window ({verdict}), "
        f"{outcome.use:.0%} of the quota used"
    )
    return (
        f'<text x="{_LEFT}" y="{top - 8}">{escape(said)}</text>'
        f'<path class="held" d="{_area((min(c, limit) for c in counts), foot, scale)}"/>'
        f'<path class="over" d="{_area((max(c - limit, 0) for c in counts), line, scale)}"/>'
        f'<path class="axis" d="M{_LEFT} {foot:.1f}h{_WIDTH}"/>'
        f'<path class="limit" d="M{_LEFT} {line:.1f}h{_WIDTH}"/>'
        f'<text class="small" text-anchor="end" x="{_LEFT - 6}" y="{line + 4:.1f}">{limit}</text>'
        f'<text class="small" text-anchor="end" x="{_LEFT - 6}" y="{foot + 4:.1f}">0</text>'
    )


def _area(heights: Iterable[int], foot: float, scale: float) -> str:
    """Draw columns as one shape; a height that stays adds no step."""
    steps, before, wide = [f"M{_LEFT} {foot:.1f}"], 0, 0
    for height in heights:
        if height != before:
            steps.append(f"h{wide}v{(before - height) * scale:.1f}")
            before, wide = height, 0
        wide += 1
    return "".join([*steps, f"h{wide}V{foot:.1f}z"])


def _times(first_s: float, last_s: float, y: float) -> list[str]:
    marks = [first_s + (last_s - first_s) * part / 4 for part in range(5)]
    return [
        f'<text class="small" text-anchor="middle" y="{y}" '
        f'x="{_LEFT + _WIDTH * (at - first_s) / (last_s - first_s):.0f}">{at:g} s</text>'
        for at in marks
    ]
