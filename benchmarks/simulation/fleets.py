"""vaultio's limiter as it is deployed, for the processes of a simulated fleet."""

from __future__ import annotations

import random
from typing import Protocol

import anyio
from attrs import define, field

from benchmarks.simulation.scenario import Scenario
from benchmarks.simulation.shelf import DistantLedger, Shelf
from vaultio.limiter import Limiter, Priority, Quota, SharedStore
from vaultio.protocol.quota_headers import QuotaReading


class Ticket(Protocol):
    """The right to send one call."""

    async def settle(self, reading: QuotaReading | None = None, *, exceeded: bool = False) -> None:
        """Report that the answer is in."""


class Gate(Protocol):
    """A limiter, as one process has it."""

    async def acquire(self, priority: Priority = "interactive") -> Ticket:
        """Wait until a call may be sent."""


class Fleet(Protocol):
    """The limiters of all processes."""

    @property
    def processes(self) -> int:
        """How many processes there are; all have the same number of tasks together."""

    @property
    def backs_off(self) -> bool:
        """Whether a caller who is refused waits by itself, as the limiter does not hear of it."""

    def start(self) -> Gate:
        """Begin the life of a process."""

    def kill(self, gate: Gate) -> None:
        """End it without a word."""


@define
class Shared:
    """vaultio with one book for all processes."""

    scenario: Scenario
    backs_off: bool = False
    shelf: Shelf = field(factory=Shelf)
    _dice: random.Random = field(init=False)
    _ledgers: dict[int, DistantLedger] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self._dice = random.Random(self.scenario.seed)

    @property
    def processes(self) -> int:
        """As many as asked for."""
        return self.scenario.workers

    def start(self) -> Gate:
        """Open the common books."""
        ledger = DistantLedger(self.shelf, self._distance_s, is_volatile=False)
        store = SharedStore(ledger, clock=anyio.current_time)
        limiter = Limiter(burst=_burst(self.scenario), daily=_daily(self.scenario), store=store)
        self._ledgers[id(limiter)] = ledger
        return limiter

    def kill(self, gate: Gate) -> None:
        """Leave the books with what the process held of them."""
        self._ledgers.pop(id(gate)).is_cut = True

    def _distance_s(self) -> float:
        return self._dice.uniform(0.0, 2 * self.scenario.distance_s)


@define
class Memory:
    """vaultio in one process, which has all the tasks."""

    scenario: Scenario
    backs_off: bool = False
    processes: int = 1

    def start(self) -> Gate:
        """Begin with an empty book."""
        return Limiter(burst=_burst(self.scenario), daily=_daily(self.scenario))

    def kill(self, gate: Gate) -> None:
        """Forget the book."""


@define
class Parts:
    """vaultio in processes that know nothing of each other: each keeps to its part."""

    scenario: Scenario
    backs_off: bool = False

    @property
    def processes(self) -> int:
        """As many as asked for."""
        return self.scenario.workers

    def start(self) -> Gate:
        """Begin with an empty book."""
        workers, daily = self.scenario.workers, self.scenario.daily
        burst = Quota(max(1, self.scenario.limit // workers), self.scenario.window_s, fixed=True)
        day = None if daily is None else Quota(max(1, daily // workers), 86_400.0, fixed=True)
        return Limiter(burst=burst, daily=day)

    def kill(self, gate: Gate) -> None:
        """Forget the book."""


def _burst(scenario: Scenario) -> Quota:
    return Quota(scenario.limit, scenario.window_s)


def _daily(scenario: Scenario) -> Quota | None:
    return None if scenario.daily is None else Quota(scenario.daily, 86_400.0)
