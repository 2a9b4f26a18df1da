"""The limiters that are compared, by name, and how to run one of them in a scenario."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.simulation.fleets import Fleet, Memory, Parts, Shared
from benchmarks.simulation.measures import Run
from benchmarks.simulation.scenario import Scenario
from benchmarks.simulation.stand_ins import LogEach, even_rate, send_log, token_bucket
from benchmarks.simulation.virtual_time import run_virtual
from benchmarks.simulation.world import World

LIMITERS: dict[str, Callable[[Scenario], Fleet]] = {
    "vaultio shared": Shared,
    "vaultio memory": Memory,
    "vaultio parts": Parts,
    "token bucket": token_bucket,
    "even rate": even_rate,
    "send log": send_log,
    "log each": LogEach,
}
DRAWN = ("vaultio shared", "token bucket", "even rate", "send log", "log each")
MEANT = {
    "vaultio shared": "one book for all processes",
    "vaultio memory": "one process, which has all the tasks",
    "vaultio parts": "each process keeps to L/W and knows of no other",
    "token bucket": "L at once, then L/T calls a second; all processes share it at no cost",
    "even rate": "L/T calls a second, no bursts; all processes share it at no cost",
    "send log": "an exact log of the sends; all processes share it at no cost",
    "log each": "each process has an exact log of its sends, of L/W",
}


def simulate(scenario: Scenario, limiter: str) -> Run:
    """Run a scenario with one of `LIMITERS`."""
    fleet = LIMITERS[limiter](scenario)

    async def live() -> tuple[float, World]:
        world = World(scenario, fleet)
        return await world.run(), world

    seconds, world = run_virtual(live())
    return Run(
        limiter=limiter,
        scenario=scenario,
        seconds=seconds,
        processes=fleet.processes,
        arrivals=world.arrivals,
        others_s=world.others_s,
        waits_s=world.waits_s,
        exchanges=fleet.shelf.exchanges if isinstance(fleet, Shared) else 0,
    )
