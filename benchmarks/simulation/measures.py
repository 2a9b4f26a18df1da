"""What came of a run: windows at the server, use of the limit, throttled calls, fairness, waits."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from attrs import asdict, frozen

from benchmarks.simulation.scenario import Scenario
from vaultio.limiter import Priority


def worst_window(times: Iterable[float], window_s: float) -> int:
    """Return the most calls in any window [x, x + window_s) of whatever phase."""
    counted = sorted(times)
    return max(
        (bisect_right(counted, first + window_s - 1e-9) - i for i, first in enumerate(counted)),
        default=0,
    )


@frozen
class Arrival:
    """One of our calls, as the server counted it."""

    at_s: float
    worker: int
    fate: str
    """``delayed``, ``refused``, or empty."""


@frozen
class Run:
    """All that was seen of one limiter in one world."""

    limiter: str
    scenario: Scenario
    seconds: float
    """How long it ran: to the end, or to the last answer of a job."""

    processes: int
    arrivals: list[Arrival]
    others_s: list[float]
    """When the calls of other programs arrived."""

    waits_s: dict[Priority, list[float]]
    exchanges: int


@frozen(kw_only=True)
class Waits:
    """How long calls waited for their permits, in seconds."""

    p50_s: float
    p99_s: float
    max_s: float


@frozen(kw_only=True)
class Outcome:
    """The figures of a run. Shares are parts of 1."""

    limiter: str
    calls: int
    seconds: float
    limit: int
    worst_window: int
    """The most of our calls in any window at the server."""

    worst_window_with_others: int
    use: float
    """Our calls in a window on average, as a share of the limit, from the second window on."""

    use_of_best: float
    """The same as a share of what is possible if tokens come back a window after the answer."""

    use_of_rest: float
    """The same as a share of what others leave of the limit."""

    delayed: int
    refused: int
    throttled_share: float
    """Delayed and refused calls of all our calls."""

    fairness: tuple[float, float]
    """The least and the most that a worker got, as a share of an equal part."""

    bulk: Waits | None
    interactive: Waits | None
    exchanges_per_call: float

    @property
    def holds(self) -> bool:
        """Whether no window of ours was overrun."""
        return self.worst_window <= self.limit

    def as_json(self) -> dict[str, Any]:
        """Write out as JSON can hold it."""
        return {**asdict(self), "holds": self.holds}


def measure(run: Run) -> Outcome:
    """Reckon the figures of a run."""
    scenario, arrivals = run.scenario, run.arrivals
    limit, window_s = scenario.limit, scenario.window_s
    times = [arrival.at_s for arrival in arrivals]
    windows = max(run.seconds / window_s - 1, 1e-9)
    fates = Counter(arrival.fate for arrival in arrivals)
    use = sum(at_s >= window_s for at_s in times) / windows / limit
    others = sum(at_s >= window_s for at_s in run.others_s) / windows / limit
    throttled = fates["delayed"] + fates["refused"]
    return Outcome(
        limiter=run.limiter,
        calls=len(arrivals),
        seconds=run.seconds,
        limit=limit,
        worst_window=worst_window(times, window_s),
        worst_window_with_others=worst_window([*times, *run.others_s], window_s),
        use=use,
        use_of_best=use / best_use(scenario),
        use_of_rest=use / max(1 - others, 1e-9),
        delayed=fates["delayed"],
        refused=fates["refused"],
        throttled_share=throttled / max(1, len(arrivals)),
        fairness=_fairness(run),
        bulk=waits(run.waits_s["bulk"]),
        interactive=waits(run.waits_s["interactive"]),
        exchanges_per_call=run.exchanges / max(1, len(arrivals)),
    )


def best_use(scenario: Scenario) -> float:
    """Return the highest use of a limiter whose tokens come back a window after the answer.

    Each token goes round in a window and an answer, so T / (T + a) of the limit; and no more than
    all tasks can have under way.
    """
    answer_s, window_s = scenario.latency.mean_s(), scenario.window_s
    tasks = scenario.workers * scenario.tasks
    busy = tasks * window_s / max(answer_s, 1e-9) / scenario.limit
    return min(window_s / (window_s + answer_s), busy)


def waits(seconds: Sequence[float]) -> Waits | None:
    """Describe waits by their order; None for no waits."""
    if not seconds:
        return None
    ordered = sorted(seconds)

    def rank(share: float) -> float:
        return ordered[max(0, ceil(share * len(ordered)) - 1)]

    return Waits(p50_s=rank(0.5), p99_s=rank(0.99), max_s=ordered[-1])


def _fairness(run: Run) -> tuple[float, float]:
    per_worker = Counter(arrival.worker for arrival in run.arrivals)
    shares = [
        per_worker[worker] * run.processes / max(1, len(run.arrivals))
        for worker in range(run.processes)
    ]
    return min(shares), max(shares)
