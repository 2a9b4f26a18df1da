"""The simulator shows what holds and what does not, and the same each time."""

from __future__ import annotations

import itertools

import pytest
from attrs import evolve

from benchmarks.simulation.latency import Latency
from benchmarks.simulation.limiters import simulate
from benchmarks.simulation.measures import Outcome, measure, worst_window
from benchmarks.simulation.scenario import Scenario, Spender
from benchmarks.simulation.server import Headers, Reaction, Server, WindowKind
from benchmarks.simulation.trials import TRIALS

SHORT = Scenario(seconds=10.0)
KILLS = evolve(SHORT, kill_every_s=1.0)
# Each two of the three together; the other worlds are left to the heavy session.
PAIRS = [("fixed", "delay", "all"), ("fixed", "refuse", "none")]
PAIRS += [("sliding", "delay", "none"), ("sliding", "refuse", "all")]
SERVERS = [
    pytest.param(*world, marks=[] if world in PAIRS else pytest.mark.heavy)
    for world in itertools.product(("fixed", "sliding"), ("delay", "refuse"), ("all", "none"))
]
BESIDE = [name for name in TRIALS if name.startswith("60 in 2 s")][::2]


def outcome(scenario: Scenario, limiter: str = "vaultio shared") -> Outcome:
    """Run and measure."""
    return measure(simulate(scenario, limiter))


@pytest.mark.parametrize(
    ("kind", "reaction", "headers"),
    SERVERS,
)
def test_vaultio_holds_at_each_server(
    kind: WindowKind, reaction: Reaction, headers: Headers
) -> None:
    """No window is overrun, nothing throttled, and most of the limit is used."""
    world = evolve(SHORT, kind=kind, reaction=reaction, headers=headers)
    found = outcome(world)

    assert found.holds
    assert found.throttled_share == 0
    assert found.use_of_best > 0.85


@pytest.mark.parametrize("latency", ["constant:0.2", "lognormal:0.15:0.8", "heavy:0.1:1.3"])
def test_vaultio_holds_with_each_latency(latency: str) -> None:
    """Also with answers that come after a window and more."""
    found = outcome(evolve(SHORT, latency=Latency.parse(latency), interactive_per_s=2.0))

    assert found.holds
    assert found.throttled_share == 0


def test_vaultio_shared_holds_though_processes_are_killed() -> None:
    """What a dead process had counts on, in the book of the others."""
    found = outcome(KILLS)

    assert found.holds
    assert found.use > 0.7


@pytest.mark.parametrize("limiter", ["token bucket", "send log", "log each", "even rate"])
def test_stand_ins_overrun(limiter: str) -> None:
    """The simulator can show a failure: none of them holds where calls are counted."""
    assert not outcome(SHORT, limiter).holds


@pytest.mark.parametrize("limiter", ["vaultio memory", "log each"])
def test_a_book_in_memory_dies_with_its_process(limiter: str) -> None:
    """A new life begins with an empty book, which the server feels."""
    assert outcome(KILLS, limiter).worst_window > outcome(SHORT, limiter).worst_window


def test_the_same_seed_is_the_same_world() -> None:
    """Call by call; another seed is another world."""
    world = evolve(KILLS, others=(Spender(2.0, burst=3),), interactive_per_s=2.0, seconds=8.0)
    one, same, other = (
        simulate(each, "vaultio shared") for each in (world, world, evolve(world, seed=2))
    )

    assert (one.arrivals, one.others_s) == (same.arrivals, same.others_s)
    assert one.arrivals != other.arrivals


@pytest.mark.parametrize(
    "name", [BESIDE[0], *(pytest.param(name, marks=pytest.mark.heavy) for name in BESIDE[1:])]
)
def test_beside_a_second_spender_few_calls_are_throttled(name: str) -> None:
    """Under 1 % of ours, and most of what is left is used."""
    found = outcome(TRIALS[name], "vaultio memory")

    assert found.holds
    assert found.throttled_share < 0.01
    assert found.use_of_rest > 0.75


def test_a_job_ends_with_its_last_answer() -> None:
    """Calls that were refused are made again."""
    world = Scenario(calls=500, reaction="refuse", others=(Spender(4.0, burst=20),))
    run = simulate(world, "token bucket")
    refused = sum(arrival.fate == "refused" for arrival in run.arrivals)

    assert refused > 0
    assert len(run.arrivals) == 500 + refused


def test_the_server_counts_in_windows_of_its_own() -> None:
    """A fixed window forgets all at once, a sliding one call by call."""
    fixed, sliding = (
        Server(limit=2, window_s=10.0, kind=kind, phase_s=4.0) for kind in ("fixed", "sliding")
    )
    times_s = [1.0, 5.0, 5.5, 6.5]

    assert [fixed.count(at_s).fate for at_s in times_s] == ["", "", "delayed", ""]
    assert [sliding.count(at_s).fate for at_s in times_s] == ["", "", "delayed", "delayed"]


def test_the_worst_window_has_any_phase() -> None:
    """A window that is open at its end."""
    assert worst_window([0.0, 9.0, 10.0, 18.9, 30.0], 10.0) == 3
