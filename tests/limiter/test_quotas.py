"""Several quotas together, their pace, their reserve, and the server's word."""

from __future__ import annotations

import pytest

from vaultio.errors import InvalidArgumentError
from vaultio.limiter import Pace, Priority, Quota, Rules
from vaultio.limiter.lulls import kept_for_a_lull
from vaultio.limiter.quotas import Quotas
from vaultio.protocol.quota_headers import QuotaReading


def quotas(burst: Quota | None = None, *, pace: Pace | None = None, share: float = 0.0) -> Quotas:
    """Make quotas of 100 calls in 10 s, without a daily one."""
    burst = burst or Quota(100, 10.0)
    return Quotas(Rules(burst=burst, daily=None, pace=pace, reserved_share=share))


def take_all(tried: Quotas, now: float = 0.0, priority: Priority = "bulk") -> int:
    """Take as many calls as go; return how many, all answered at once."""
    number = 0
    while tried.take(f"{now}-{number}", priority, now) == 0:
        tried.settle(f"{now}-{number}", QuotaReading(), now, exceeded=False)
        number += 1
    return number


def hear(tried: Quotas, now: float, **reading: float) -> None:
    """Let one call be answered with these headers."""
    tried.take(f"heard-{now}", "interactive", now)
    tried.settle(f"heard-{now}", QuotaReading(**reading), now, exceeded=False)  # type: ignore[arg-type] # numbers of either kind


def test_all_or_none() -> None:
    """A call that one quota refuses takes nothing from the other."""
    rules = Rules(burst=Quota(5, 10.0), daily=Quota(8, 100.0), pace=None, reserved_share=0.0)
    tried = Quotas(rules)

    assert [take_all(tried, now) for now in (0.0, 11.0, 22.0, 101.0)] == [5, 3, 0, 5]


def test_the_limit_follows_the_server() -> None:
    """`X-VaultAPI-BurstLimit` raises and lowers the quota."""
    tried = quotas()
    hear(tried, 0.0, burst_limit=300)
    assert take_all(tried) == 299

    hear(tried, 20.0, burst_limit=50)
    assert take_all(tried, 20.0) == 49


def test_answers_without_headers_change_nothing() -> None:
    """Old servers send none; our own book is enough."""
    tried = quotas()
    hear(tried, 0.0)

    assert take_all(tried) == 99


def test_little_remaining_holds_back() -> None:
    """When others have used the window, we wait until it has surely turned, and no longer."""
    tried = quotas()
    hear(tried, 0.0, burst_limit=100, burst_remaining=1)

    assert take_all(tried) == 0
    assert 9.9 < tried.wait_s("interactive", 0, 0.0) < 10.1
    assert take_all(tried, 10.1) == 100


def test_a_reserve_is_kept_for_interactive_calls() -> None:
    """What `bulk` may not have, `interactive` may."""
    tried = quotas(share=0.1)
    tried.take("first", "interactive", 0.0)

    assert take_all(tried, priority="bulk") == 89
    assert take_all(tried, priority="interactive") == 10


def test_a_reserve_that_nobody_wants_is_small() -> None:
    """Where tokens come back all the time, and nobody else wants them, `bulk` has nearly all."""
    tried = quotas(Quota(2_000, 300.0), share=0.1)
    for number in range(1_000):
        tried.take(str(number), "bulk", number * 0.15)
        tried.settle(str(number), QuotaReading(), number * 0.15, exceeded=False)

    assert take_all(tried, priority="bulk", now=300.3) == 990


def test_a_lull_is_not_begun_without_a_reserve() -> None:
    """Where none comes back for a whole window, a tenth is left for who may call meanwhile."""
    tried = quotas(Quota(2_000, 300.0), share=0.1)
    tried.heed(0.0)

    assert take_all(tried, 400.0, priority="bulk") == 1_800


def test_a_short_lull_is_nobodys_trouble_in_a_job_that_is_alone() -> None:
    """Where nobody called interactively for long, tokens are kept for long lulls only."""
    soon, late = [(1.0, 1), (2.0, 1)], [(30.0, 1), (31.0, 1)]

    assert kept_for_a_lull(soon, 6, (60, 60.0), 0.0, unheeded=2) == 0
    assert kept_for_a_lull(late, 6, (60, 60.0), 0.0, unheeded=2) == 3


def test_a_pace_spreads_bulk_calls() -> None:
    """A burst, then an even rate."""
    tried = quotas(pace=Pace(burst=10, calls_per_second=2.0))

    assert [take_all(tried, now) for now in (0.0, 1.0, 2.0, 50.0)] == [10, 2, 2, 10]


def test_interactive_calls_have_the_longer_burst() -> None:
    """They do not stand behind the pace of a job."""
    tried = quotas(pace=Pace(burst=10, interactive_burst=30, calls_per_second=2.0))
    take_all(tried)

    assert take_all(tried, priority="interactive") == 20


def test_a_delay_halves_the_pace() -> None:
    """The server held an answer back; all that came with it count as one."""
    tried = quotas(Quota(100_000, 300.0), pace=Pace(burst=1, calls_per_second=8.0))
    for moment in range(4):
        hear(tried, moment / 10, delay_s=0.5)
    halved_s = tried.wait_s("bulk", 8, 1.0)

    assert halved_s == pytest.approx(2, rel=0.2)
    assert tried.wait_s("bulk", 8, 120.0) == pytest.approx(1, rel=0.2)


def test_exceeded_lets_one_probe_out_after_a_pause() -> None:
    """The bucket is empty at once; one call looks, the others wait for what it hears."""
    tried = quotas(Quota(100, 300.0))
    tried.take("refused", "bulk", 0.0)
    tried.settle("refused", QuotaReading(), 0.0, exceeded=True)

    assert tried.take("early", "interactive", 4.9) > 0
    assert tried.take("probe", "bulk", 5.0) == 0
    assert tried.take("herd", "interactive", 5.0) > 0


def test_a_refused_probe_makes_the_pause_longer() -> None:
    """5, 10, 20, 40 and at most 60 s."""
    tried, now, pauses = quotas(Quota(100, 300.0)), 0.0, []
    for number in range(7):
        tried.take(str(number), "bulk", now)
        tried.settle(str(number), None, now, exceeded=True)
        pauses.append(tried.wait_s("bulk", 0, now))
        now += pauses[-1]

    assert pauses == [5, 10, 20, 40, 60, 60, 60]


def test_calls_under_way_do_not_make_the_pause_longer() -> None:
    """Sixteen calls refused together are one refusal."""
    tried = quotas(Quota(100, 300.0))
    for number in range(16):
        tried.take(str(number), "bulk", 0.0)
    for number in range(16):
        tried.settle(str(number), QuotaReading(), 1.0, exceeded=True)

    assert tried.wait_s("bulk", 0, 1.0) == 5


def test_an_answered_probe_opens_the_door_without_a_herd() -> None:
    """Calls then come out at the even rate, not as a burst."""
    tried = quotas(pace=Pace(burst=50, calls_per_second=2.0))
    tried.settle("refused", None, 0.0, exceeded=True)
    tried.take("probe", "bulk", 5.0)
    tried.settle("probe", QuotaReading(), 5.5, exceeded=False)

    assert [take_all(tried, now) for now in (5.5, 6.5, 7.5)] == [0, 2, 2]


@pytest.mark.parametrize("end", ["given up", "dead", "unsent"])
def test_a_lost_probe_is_followed_by_another(end: str) -> None:
    """A probe that hears nothing decides nothing, and holds nobody up for ever."""
    tried = quotas(Quota(100, 300.0))
    tried.settle("refused", None, 0.0, exceeded=True)
    tried.take("probe", "bulk", 5.0)
    if end == "given up":
        tried.settle("probe", None, 6.0, exceeded=False)
    if end == "unsent":
        tried.give_back("probe", 6.0)

    waits = {"given up": 5, "dead": 900 - 1, "unsent": 0}
    assert tried.take("next", "bulk", 6.0 + waits[end]) == 0


@pytest.mark.parametrize("wrong", [(0, 1.0), (-5, 1.0), (1, 0.0), (1, float("nan"))])
def test_a_quota_that_cannot_be_meant(wrong: tuple[int, float]) -> None:
    """Limits and windows are more than nothing."""
    with pytest.raises(InvalidArgumentError):
        Quota(*wrong)
