"""What others do, each as well as it can be done: one object for all processes, no round trips.

None of them hears of an answer, so the caller backs off when it is refused.
"""

from __future__ import annotations

from collections import deque

import anyio
from attrs import define, field, frozen

from benchmarks.simulation.fleets import Gate
from benchmarks.simulation.scenario import Scenario
from vaultio.limiter import Priority
from vaultio.protocol.quota_headers import QuotaReading


@frozen
class Nothing:
    """A permit that nobody wants to hear of."""

    async def settle(self, reading: QuotaReading | None = None, *, exceeded: bool = False) -> None:
        """Learn nothing."""


@define(eq=False)
class TokenBucket:
    """Tokens drip back at an even rate; up to *capacity* may go at once."""

    capacity: float
    calls_per_second: float
    _level: float = field(init=False)
    _at_s: float = field(init=False, default=0.0)
    _turn: anyio.Lock = field(init=False, factory=anyio.Lock)

    def __attrs_post_init__(self) -> None:
        self._level = self.capacity

    async def acquire(self, priority: Priority = "interactive") -> Nothing:  # noqa: ARG002
        """Wait for a drop, first come first served."""
        async with self._turn:
            now = anyio.current_time()
            dripped = (now - self._at_s) * self.calls_per_second
            self._level, self._at_s = min(self.capacity, self._level + dripped), now
            if self._level < 1:
                await anyio.sleep((1 - self._level) / self.calls_per_second)
                self._level, self._at_s = 1.0, anyio.current_time()
            self._level -= 1
        return Nothing()


@define(eq=False)
class SendLog:
    """An exact log of the sends: in no window more than *limit* of them, where they are sent."""

    limit: int
    window_s: float
    _sent: deque[float] = field(init=False, factory=deque)
    _turn: anyio.Lock = field(init=False, factory=anyio.Lock)

    async def acquire(self, priority: Priority = "interactive") -> Nothing:  # noqa: ARG002
        """Wait until the oldest send is a window ago, first come first served."""
        async with self._turn:
            if len(self._sent) >= self.limit:
                await anyio.sleep_until(self._sent[0] + self.window_s)
                self._sent.popleft()
            self._sent.append(anyio.current_time())
        return Nothing()


@define
class Ideal:
    """One limiter that all processes share without any cost or delay, and that survives them."""

    scenario: Scenario
    gate: Gate
    backs_off: bool = True

    @property
    def processes(self) -> int:
        """As many as asked for."""
        return self.scenario.workers

    def start(self) -> Gate:
        """Begin the life of a process."""
        return self.gate

    def kill(self, gate: Gate) -> None:
        """Lose nothing."""


@define
class LogEach:
    """A log for each process, of its part of the limit; a new life begins with an empty one."""

    scenario: Scenario
    backs_off: bool = True

    @property
    def processes(self) -> int:
        """As many as asked for."""
        return self.scenario.workers

    def start(self) -> Gate:
        """Begin with an empty log."""
        return SendLog(max(1, self.scenario.limit // self.processes), self.scenario.window_s)

    def kill(self, gate: Gate) -> None:
        """Forget the log."""


def token_bucket(scenario: Scenario) -> Ideal:
    """Make the usual bucket: the whole limit at once, then an even rate."""
    limit, window_s = scenario.limit, scenario.window_s
    return Ideal(scenario, TokenBucket(limit, limit / window_s))


def even_rate(scenario: Scenario) -> Ideal:
    """Make a bucket of one: no bursts at all."""
    return Ideal(scenario, TokenBucket(1.0, scenario.limit / scenario.window_s))


def send_log(scenario: Scenario) -> Ideal:
    """Make the exact log, as it lies in a database."""
    return Ideal(scenario, SendLog(scenario.limit, scenario.window_s))
