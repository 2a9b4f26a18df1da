"""The time of books in a file: on with the boot clock, over reboots with the wall's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limiter.files import Times
from vaultio.limiter.stores.book_clock import BookClock, Clocks, read_boot


def read(times: Times, before: BookClock | None = None) -> tuple[float, bool, BookClock]:
    """Read the clock as a process does that knows only what *before* wrote."""
    clock = BookClock(times.clocks, times.boot)
    if before is not None:
        clock.restore(json.loads(json.dumps(before.dump())))
    return *clock.read(), clock


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0])
def test_the_wall_clock_may_be_set(jump_s: float) -> None:
    """A day forth or back within a boot moves nothing."""
    times = Times()
    begun_s, _, clock = read(times)
    times.pass_by(7.0)
    times.wall_s += jump_s

    now, went_down, _ = read(times, clock)

    assert (now - begun_s, went_down) == (7.0, False)


@pytest.mark.parametrize(("off_s", "passed_s"), [(3_600.0, 3_630.0), (-1e9, 30.0)])
def test_a_reboot(off_s: float, passed_s: float) -> None:
    """The wall clock says how long it took; if its battery died, the new boot clock is proof."""
    times = Times()
    begun_s, _, clock = read(times)
    times = Times(times.wall_s + off_s + 30, 30.0, ("second", ""))

    now, went_down, _ = read(times, clock)

    assert (now - begun_s, went_down) == (passed_s, True)


def test_a_reboot_where_boots_have_no_name() -> None:
    """It is known by a boot clock that went back, or that moved apart from the wall clock."""
    times = Times(boot=("", ""))
    _, _, clock = read(times)
    for boot_s in (30.0, 520.0):
        rebooted = Times(times.wall_s + 3_600, boot_s, ("", ""))
        assert read(rebooted, clock)[1]

    times.pass_by(3_600)
    assert not read(times, clock)[1]


def test_containers_whose_boot_clocks_are_apart() -> None:
    """Each goes on by its own; what lies between them is not taken for time that went by."""
    here, there = Times(boot=("one", "a")), Times(boot_s=90_000.0, boot=("one", "b"))
    clock, seen = None, list[float]()
    for _ in range(5):
        for times in (here, there):
            now, went_down, clock = read(times, clock)
            seen.append(now)
            assert not went_down
        here.pass_by(1.0)
        there.pass_by(1.0)

    assert seen == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0]


@given(
    st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.floats(0, 1e5), st.sampled_from(["", "a", "b", "c"]))
    )
)
def test_never_back(steps: list[tuple[float, float, str]]) -> None:
    """Whatever the clocks of the machines do that read it."""
    clock, before_s = None, 0.0
    for wall_s, boot_s, boot in steps:
        now, _, clock = read(Times(wall_s, boot_s, (boot, "")), clock)
        assert now >= before_s
        before_s = now


def test_this_machine_has_clocks() -> None:
    """The real ones go on, and the boot has the same name each time."""
    clock = BookClock(Clocks(), read_boot())
    first_s, second_s = clock.read()[0], clock.read()[0]

    assert 0 <= first_s <= second_s < 60
    assert read_boot() == read_boot()
    assert read_boot()[0] or not Path("/proc/sys/kernel/random/boot_id").exists()
