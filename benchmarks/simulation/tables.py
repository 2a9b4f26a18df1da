"""Figures as plain text: columns that line up, spans of time that people read."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf

from benchmarks.simulation.measures import Outcome, Waits

_SPANS = ((86_400.0, "days"), (3_600.0, "h"), (60.0, "min"))
HEAD = (
    "limiter",
    "worst window",
    "use of L",
    "of best",
    "of rest",
    "delayed",
    "refused",
    "throttled",
    "fairness",
    "bulk wait s",
    "interactive wait s",
    "calls",
    "exchanges",
)
LEGEND = """\
worst window  most of our calls in any window at the server, and whether it is more than L
use of L      our calls in a window on average; of best: of what a limiter can reach that waits a
              window after the answer; of rest: of what other programs leave
throttled     delayed and refused calls, of all our calls
fairness      the least and the most that a process got, as parts of an equal share
wait          p50 / p99 / longest, until the limiter let a call out
exchanges     round trips to the shared books, for each call"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows under their head; the first column is text, the others are figures."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]

    def lay(line: Sequence[str]) -> str:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        return "  ".join(cells).rstrip()

    return "\n".join(map(lay, lines))


def outcome_row(outcome: Outcome, name: str | None = None) -> list[str]:
    """Write the figures of a run in the order of `HEAD`."""
    worst = outcome.worst_window
    over = "" if outcome.holds else f" ({worst / outcome.limit:.2f} L!)"
    return [
        name or outcome.limiter,
        f"{worst} of {outcome.limit}{over}",
        f"{outcome.use:.1%}",
        f"{outcome.use_of_best:.1%}",
        f"{outcome.use_of_rest:.1%}",
        str(outcome.delayed),
        str(outcome.refused),
        f"{outcome.throttled_share:.2%}",
        f"{outcome.fairness[0]:.2f}-{outcome.fairness[1]:.2f}",
        _waits(outcome.bulk),
        _waits(outcome.interactive),
        str(outcome.calls),
        f"{outcome.exchanges_per_call:.2f}",
    ]


def span(seconds: float) -> str:
    """Write a span of time: ``100.4 days``, ``1.0 h``, ``12 s``."""
    if isinf(seconds):
        return "never"
    for unit_s, name in _SPANS:
        if seconds >= 1.5 * unit_s:
            return f"{seconds / unit_s:,.1f} {name}"
    return f"{seconds:.0f} s"


def _waits(waits: Waits | None) -> str:
    if waits is None:
        return "-"
    return f"{waits.p50_s:.2f} / {waits.p99_s:.2f} / {waits.max_s:.2f}"
