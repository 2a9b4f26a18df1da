"""How long so many calls take, reckoned ahead."""

from __future__ import annotations

from math import inf

import pytest

from vaultio.limiter import Quota, Rules, Traffic, Usage, seconds_for
from vaultio.limiter.usage import QuotaUsage

DAY_S = 86_400.0


def used_today(used: int, next_return_s: float, limit: int = 100_000) -> Usage:
    """Make the usage of a day's quota of which so much is out."""
    day = QuotaUsage(
        name="daily",
        limit=limit,
        window_s=DAY_S,
        used=used,
        others=0,
        left=limit - used,
        next_return_s=next_return_s,
    )
    return Usage(quotas=(day,))


def test_a_hundred_thousand_a_day_for_ten_million() -> None:
    """Millions of calls take as many days as the daily quota says."""
    assert seconds_for(10_000_000, Rules()) / DAY_S == pytest.approx(100.1, abs=0.2)


def test_without_a_daily_quota_the_burst_quota_decides() -> None:
    """2,000 calls in 300 s are 24,000 an hour, nearly."""
    assert seconds_for(240_000, Rules(daily=None)) / 3_600 == pytest.approx(10.0, rel=0.01)


def test_few_calls_at_once_decide_where_answers_are_slow() -> None:
    """400 calls of 15 s, four at a time."""
    slow = Traffic(answer_s=15.0, at_once=4)

    assert seconds_for(400, Rules(), traffic=slow) == pytest.approx(1_500, rel=0.05)


def test_what_was_used_today_is_waited_for() -> None:
    """With 90,000 used, 9,500 go today (500 are kept), and the next when the first come back."""
    usage = used_today(90_000, next_return_s=20 * 3_600.0)

    assert seconds_for(9_400, Rules(), usage) < 3_600
    assert seconds_for(9_600, Rules(), usage) == pytest.approx(20 * 3_600, rel=0.01)


def test_a_limit_that_the_server_told() -> None:
    """What is known of the quota counts, not what was set."""
    told = used_today(0, 0.0, limit=200_000)

    assert seconds_for(2_000_000, Rules(), told) / DAY_S == pytest.approx(10, abs=1)


def test_others_take_their_part() -> None:
    """A call a second of 20 in 3 seconds; and nothing is left if they take it all."""
    rules = Rules(daily=None)
    alone_s = seconds_for(100_000, rules)

    beside = Traffic(others_per_s=1.0)
    assert seconds_for(100_000, rules, traffic=beside) == pytest.approx(alone_s * 20 / 17, rel=0.02)
    assert seconds_for(1, rules, traffic=Traffic(others_per_s=7.0)) == inf


@pytest.mark.parametrize("calls", [0, 1, 100])
def test_a_few_calls_take_their_answers(calls: int) -> None:
    """Nothing takes no time; a burst takes as long as its answers."""
    expected = (calls + 15) // 16 * 0.5

    assert seconds_for(calls, Rules()) == pytest.approx(expected, abs=0.6)


def test_no_quota_at_all() -> None:
    """Then only the answers are waited for."""
    free = Rules(burst=None, daily=None)

    assert seconds_for(160_000, free) == pytest.approx(5_000, rel=0.01)


def test_more_calls_take_longer() -> None:
    """Also where the rounds begin to repeat."""
    rules = Rules(burst=Quota(60, 2.0), daily=Quota(1_000, DAY_S))
    times_s = [seconds_for(calls, rules) for calls in range(2_000, 5_000, 290)]

    assert times_s == sorted(times_s)
