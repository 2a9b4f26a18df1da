"""What progress reckons: how far, how fast, how long still, and why that long."""

from __future__ import annotations

import pytest

from tests.cli.events import entry, failed, finished, found
from vaultio import Limiter, Password, Quota, Vault
from vaultio.cli.progress.forecast import Side, eta, line_seconds
from vaultio.cli.progress.numbers import Numbers, StageNumbers
from vaultio.cli.progress.rates import Rate
from vaultio.migration import Progressed, Stage, Started
from vaultio.sandbox import Sandbox


def stage(left: int, *, per_s: float = 0.0, name: str = "files") -> StageNumbers:
    """Make a stage that goes at some rate of items."""
    made = StageNumbers(name, found=left + 100, done=100)
    if per_s:
        made.rate.note(0.0, 0, 0)
        made.rate.note(100.0, round(per_s * 100), 0)
    return made


@pytest.fixture
def side(sandbox: Sandbox) -> Side:
    """A vault of which a job may have 60 calls in 2 seconds."""
    limiter = Limiter(burst=Quota(60, 2.0), daily=None, pace=None)
    transport = sandbox.transport()
    vault = Vault(
        *("https://sandbox.veevavault.com", Password("ana", "-")),
        api_version="v11.0",
        limiter=limiter,
        transport=transport,
    )
    return Side(vault=vault)


def test_counting() -> None:
    """Items and bytes are counted by stage; a file that failed takes its bytes away again."""
    numbers = Numbers()
    events = (
        Stage("files", 2, 300, 5),
        found(3, size=100),
        Started(entry(1, size=100)),
        Progressed(entry(1, size=100), 60, 100),
        finished(entry(2, size=200), 200),
        failed(entry(3, size=100), "no"),
    )
    for event in events:
        numbers.take(event)

    files = numbers.stages["files"]
    assert (files.before, files.found, files.settled, numbers.failed) == (5, 3, 2, 1)
    assert (files.size, files.known_size, files.left_size) == (260, 300, 40)


def test_bytes_of_a_fetch_that_starts_over() -> None:
    """They are there once, but went over the line twice."""
    numbers = Numbers()
    for size in (50, 80, 10, 100):
        numbers.take(Progressed(entry(1, size=100), size, 100))
    numbers.take(finished(entry(1, size=100), 100))

    files = numbers.stages["files"]
    assert (files.size, files.moved_size) == (100, 80 + 90)


def test_rates_are_of_the_present() -> None:
    """What went fast an hour ago, and not since, is slow; memory does not grow with time."""
    rate = Rate()
    for second in range(10_000):
        rate.note(float(second), min(second, 5_000) * 10, 0)

    assert rate.over(30.0) == (0.0, 0.0)
    assert len(rate._notes) <= 302


def test_the_rate_of_what_has_just_begun() -> None:
    """Nobody knows after one look; after two it is known."""
    rate = Rate()
    rate.note(1.0, 0, 0)
    assert rate.over(30.0) == (0.0, 0.0)
    rate.note(1.2, 1, 1_000)
    assert [round(one) for one in rate.over(30.0)] == [5, 5_000]


def test_time_by_the_line(side: Side) -> None:
    """A stage that has not begun goes as fast as the one at work, call for call."""
    side.costs = {"files": 1.0, "binders": 4.0}
    side.count("files", 100)

    stages = [stage(1_000, per_s=10.0), stage(50, name="binders")]
    per_call = side.cost(stages[1]) / side.cost(stages[0])

    assert line_seconds(stages, side) == pytest.approx(100.0 + 5.0 * per_call, rel=0.01)
    assert line_seconds([stage(1_000)], side) is None
    assert line_seconds([], side) is None


def test_large_files_are_left(side: Side) -> None:
    """Two files take longer than a thousand, if all the bytes are theirs."""
    left = stage(2, per_s=10.0)
    left.known_size = 10_000_000
    left.rate.note(200.0, 2_000, 100_000)

    assert (line_seconds([left], side) or 0) > 10_000


def test_what_an_item_costs_is_learnt(side: Side) -> None:
    """A guess gives way to what the calls have come to."""
    side.count("files", 0)
    done = StageNumbers("files", found=2_000, done=1_000)
    assert side.cost(StageNumbers("files")) == 1.0
    side.count("files", 3_000)

    assert side.cost(done) == pytest.approx(3.0, rel=0.05)
    assert side.calls_left([done]) == pytest.approx(3_000, rel=0.05)


async def test_time_by_the_quota(side: Side) -> None:
    """Six hundred calls at 60 in 2 s take twenty seconds, however fast the line is."""
    side.count("files", 100)
    await side.look()
    await side.reckon([stage(600, per_s=1_000.0)])

    assert side.seconds == pytest.approx(19.0, abs=3.0)


@pytest.mark.parametrize(
    ("line_s", "quota_s", "is_waiting", "expected"),
    [
        (5.0, 20.0, False, (20.0, "quota")),
        (100.0, 20.0, True, (100.0, "line")),
        (100.0, 90.0, True, (100.0, "quota")),  # the rate is what the quota allows
        (100.0, 90.0, False, (100.0, "line")),
        (100.0, 0.0, False, (100.0, "line")),
        (None, 20.0, True, (20.0, "quota")),
        (None, 20.0, False, None),
    ],
)
def test_what_binds(
    line_s: float | None, quota_s: float, is_waiting: bool, expected: tuple[float, str] | None
) -> None:
    """The longer of the two counts, and is named."""
    found = eta(line_s, quota_s, is_waiting=is_waiting)

    assert (found and (found.seconds, found.by)) == expected
