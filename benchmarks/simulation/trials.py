"""Worlds in which other programs use the same quota: the trials of the governor."""

from __future__ import annotations

from attrs import evolve

from benchmarks.simulation.latency import Latency
from benchmarks.simulation.scenario import Scenario, Spender

_SMALL = Scenario(seconds=120.0, others=(Spender(2.0),))
_VAULT = Scenario(
    limit=2_000,
    window_s=300.0,
    seconds=3_600.0,
    latency=Latency("lognormal", 0.3, 0.8),
)


def _servers(world: Scenario, name: str) -> dict[str, Scenario]:
    """Make the same world with each kind of server.

    One that delays and does not say so is left out: nobody can see the limit there.
    """
    return {
        f"{name}, fixed, delay": world,
        f"{name}, fixed, delay, no counts": evolve(world, headers="delay"),
        f"{name}, fixed, refuse": evolve(world, reaction="refuse"),
        f"{name}, fixed, refuse, no headers": evolve(world, reaction="refuse", headers="none"),
        f"{name}, sliding, delay": evolve(world, kind="sliding"),
        f"{name}, sliding, delay, no counts": evolve(world, kind="sliding", headers="delay"),
        f"{name}, sliding, refuse": evolve(world, kind="sliding", reaction="refuse"),
        f"{name}, sliding, refuse, no headers": evolve(
            world, kind="sliding", reaction="refuse", headers="none"
        ),
    }


TRIALS: dict[str, Scenario] = _servers(_SMALL, "60 in 2 s, 2/s")
for _rate in (0.5, 1.0, 3.0):
    TRIALS |= _servers(evolve(_VAULT, others=(Spender(_rate),)), f"2000 in 300 s, {_rate:g}/s")
"""An hour of each."""
