"""What is simulated: frozen values, with their units."""

from __future__ import annotations

from attrs import frozen

from benchmarks.simulation.latency import Latency
from benchmarks.simulation.server import Headers, Reaction, WindowKind

UP_TO_400_MS = Latency("uniform", 0.0, 0.4)


@frozen
class Spender:
    """Another program that uses the same quota and knows no limiter.

    `burst` calls at once, on average each `burst / calls_per_second` seconds, at random.
    """

    calls_per_second: float
    burst: int = 1

    @classmethod
    def parse(cls, text: str) -> Spender:
        """Read ``2`` (calls a second, one by one) or ``2x50`` (the same in bursts of 50)."""
        rate, _, burst = text.partition("x")
        return cls(float(rate), int(burst or 1))


@frozen(kw_only=True)
class Scenario:
    """One world. Two runs of the same one are the same, call by call."""

    limit: int = 60
    """Calls in any window."""

    window_s: float = 2.0
    daily: int | None = None
    """Calls in 24 hours; None for no such limit."""

    seconds: float = 60.0
    """How long it is looked at, in virtual seconds."""

    calls: int | None = None
    """A job of so many calls: it ends with the last answer. None never ends."""

    workers: int = 4
    """Processes."""

    tasks: int = 8
    """Bulk calls that each process has under way or waiting at any time."""

    interactive_per_s: float = 0.0
    """Calls that somebody waits for, of all processes together, at random."""

    latency: Latency = UP_TO_400_MS
    distance_s: float = 0.001
    """One way from a process to the shared books, on average."""

    kind: WindowKind = "fixed"
    reaction: Reaction = "delay"
    headers: Headers = "all"
    delay_s: float = 0.5
    """How long the server holds an answer back at the limit."""

    others: tuple[Spender, ...] = ()
    kill_every_s: float | None = None
    """A process is killed each so many seconds: what it has sent arrives, nobody reports on it."""

    restart_s: float = 0.1
    """From the kill to the next life."""

    seed: int = 1
