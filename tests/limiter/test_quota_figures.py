"""What the quotas say together: what goes now, what waits how long, what is told of them."""

from __future__ import annotations

import pytest

from vaultio.limiter import Pace, Quota, Rules
from vaultio.limiter.quotas import Quotas
from vaultio.protocol.quota_headers import QuotaReading

HELD_S = 10.01


def quotas(
    burst: int | None = 100, daily: int | None = 1_000, *, share: float = 0.1, pace: int = 0
) -> Quotas:
    """Make quotas of so many calls in 10 s and in a day; *pace* calls a second, one at a time."""
    return Quotas(
        Rules(
            burst=Quota(burst, 10.0) if burst else None,
            daily=Quota(daily, 86_400.0) if daily else None,
            pace=Pace(burst=1, interactive_burst=1, calls_per_second=pace) if pace else None,
            reserved_share=share,
        )
    )


def send(tried: Quotas, calls: int, now: float) -> None:
    """Let so many interactive calls be sent and answered at one instant."""
    for number in range(calls):
        assert tried.take(f"{now}-{number}", "interactive", now) == 0
        tried.settle(f"{now}-{number}", QuotaReading(), now, exceeded=False)


def test_limits() -> None:
    """As the server told; a quota that is off has none, and holds nobody up."""
    assert [quotas().limit(name) for name in ("burst", "daily")] == [100, 1_000]
    assert quotas(None).limit("burst") == 0
    assert (quotas(None, 50).room("interactive", 0.0), quotas(7, None).holds("a")) == (50, 0)


def test_room_and_waits_are_of_one_mind() -> None:
    """What has room need not wait; the first that has none waits until tokens come back."""
    tried = quotas()
    send(tried, 30, 0.0)
    tried.heed(0.0)

    assert [tried.room(priority, 1.0) for priority in ("interactive", "bulk")] == [70, 60]
    waits = [tried.wait_s("bulk", ahead, 1.0) for ahead in (0, 59, 60)]
    assert waits == [0, 0, pytest.approx(9.01)]
    assert [tried.wait_s("interactive", ahead, 1.0) for ahead in (69, 70)] == [
        0,
        pytest.approx(9.01),
    ]


def test_the_reserve_of_who_called_lately() -> None:
    """Whole for a window after an interactive call; then what is needed in a lull, whole here."""
    tried = quotas(1_000, None)
    tried.heed(0.0)

    assert [tried.room("bulk", at_s) for at_s in (0.0, 9.9)] == [900, 900]
    tried.cool(((0.0, 1), (-1.0, 1)), 50.0, answered=True)
    assert [tried.room("bulk", at_s) for at_s in (50.0, 50.1)] == [998 - 100, 998 - 100]
    assert tried.usage(50.0).quotas[0].reserved == 100


def test_a_day_is_no_lull() -> None:
    """Of a day's calls bulk may have all that the standing share leaves."""
    assert quotas(None, 9).room("bulk", 0.0) == 9
    assert quotas(None, 1_000).room("bulk", 0.0) == 995


def test_of_a_quota_of_one_call_bulk_may_have_it() -> None:
    """The reserve is never all."""
    tried = quotas(1, None, share=0.9)
    tried.heed(0.0)

    assert (tried.room("bulk", 0.0), tried.take("a", "bulk", 0.0)) == (1, 0)


def test_while_the_server_is_asked_there_is_room_for_one() -> None:
    """And for none as long as its answer is out."""
    tried = quotas()
    tried.ask_first(0.0)
    rooms = [tried.room("bulk", 0.0)]
    assert tried.take("probe", "bulk", 0.0) == 0
    rooms.append(tried.room("interactive", 0.1))
    tried.settle("probe", QuotaReading(), 0.2, exceeded=False)
    rooms.append(tried.room("interactive", 0.2))

    assert rooms == [1, 0, 99]


def test_new_books_go_on_at_once_after_they_asked() -> None:
    """After a refusal calls come out one by one; where the books were only new they need not."""
    rooms = []
    for is_new in (True, False):
        tried = Quotas(Rules(burst=Quota(100, 10.0), daily=None, pace=Pace(burst=5)))
        tried.ask_first(0.0) if is_new else tried.distrust(0.0, 0.0)
        assert tried.take("probe", "bulk", 0.0) == 0
        tried.settle("probe", QuotaReading(), 0.1, exceeded=False)
        rooms.append(tried.room("interactive", 0.1))

    assert rooms == [99, 0]


def test_spare_tokens() -> None:
    """An eighth of the room, as long as half of every quota is left, and nobody is held back."""
    tried = quotas(100, 1_000, share=0.0)
    assert tried.spare(0.0) == 12
    send(tried, 50, 0.0)
    assert tried.spare(0.0) == 6
    send(tried, 1, 0.0)
    assert tried.spare(0.0) == 0

    tried.ask_first(20.0)
    assert tried.spare(20.0) == 0


def test_what_is_put_back_may_go_at_once() -> None:
    """It fills the pace as if it had never been let out; nothing put back changes nothing."""
    tried = quotas(pace=2)
    assert tried.take("a", "bulk", 0.0) == 0
    tried.put_back(0, 0.0)
    assert tried.room("bulk", 0.0) == 0
    tried.put_back(1, 0.0)
    assert tried.room("bulk", 0.0) == 1


def test_tokens_of_one_quota_alone() -> None:
    """What a holder tells of the day is not booked in the five minutes, and the ages count."""
    tried = quotas()
    tried.cool(((4.0, 3), (1.0, 2)), 5.0, answered=True, only="daily")
    tried.cool(((4.0, 1),), 5.0, answered=True)
    usage = tried.usage(5.0)

    assert usage.burst is not None
    assert usage.daily is not None
    assert (usage.burst.used, usage.daily.used) == (1, 6)
    assert usage.burst.next_return_s == pytest.approx(1 + HELD_S - 5)


def test_what_is_counted() -> None:
    """Answers that were held back, calls refused; what bulk leaves, and whether all is held."""
    tried = quotas()
    tried.take("a", "interactive", 0.0)
    tried.settle("a", QuotaReading(delay_s=0.5), 0.0, exceeded=False)
    tried.learn("a", QuotaReading(), 0.0, delayed=2)
    tried.learn("a", QuotaReading(), 0.0)
    tried.take("b", "interactive", 0.0)
    tried.settle("b", None, 0.0, exceeded=True)
    usage = tried.usage(0.0)

    assert (usage.delayed, usage.refused, usage.held_back) == (3, 1, True)
    assert usage.burst is not None
    assert (usage.burst.used, usage.burst.reserved, usage.burst.left) == (2, 10, 98 - 4)


def test_after_a_loss_the_server_decides() -> None:
    """One call looks; then what it says of the five minutes stands, and of the day, if it does."""
    lefts = []
    for reading in (QuotaReading(100, 60, 900, 500), QuotaReading(burst_remaining=60), None):
        tried = quotas(share=0.0)
        tried.distrust(0.0, 5.0)
        assert tried.take("early", "interactive", 4.9) == pytest.approx(0.1)
        assert tried.take("probe", "bulk", 5.0) == 0
        assert tried.take("herd", "interactive", 5.0) > 0
        tried.settle("probe", reading or QuotaReading(), 5.0, exceeded=False)
        usage = tried.usage(5.0)
        lefts.append([usage.burst and usage.burst.left, usage.daily and usage.daily.left])

    assert lefts == [[100 - 40 - 2, 900 - 400 - 18], [58, 999], [0, 999]]


def test_the_servers_word_on_the_day() -> None:
    """Its limit is ours, what is gone and not ours others have used; after a loss, too."""
    tried = quotas(share=0.0)
    for is_lost in (False, True):
        if is_lost:
            tried.distrust(1.0, 0.0)
        assert tried.take("a", "bulk", 1.0) == 0
        tried.settle("a", QuotaReading(100, 90), 1.0, exceeded=False)
    tried.learn("a", QuotaReading(50, 40, 900, 500), 1.0)

    assert (tried.limit("burst"), tried.limit("daily")) == (50, 900)
    assert tried.room("bulk", 1.0) == 50 - 10 - 1
    usage = tried.usage(1.0).daily
    assert usage is not None
    assert (usage.used, usage.others) == (2, 398)


def test_who_looks_needs_a_token_of_each_quota() -> None:
    """By our own books; what others may have used does not count then."""
    tried = quotas(daily=2)
    send(tried, 2, 0.0)
    tried.distrust(20.0, 0.0)

    assert tried.take("probe", "interactive", 20.0) > 1_000


def test_what_they_write_out() -> None:
    """All of it is there again; also where one paces and the other does not."""
    tried = quotas(pace=2)
    send(tried, 1, 0.0)
    tried.hold("a", 5, 0.0)
    tried.distrust(0.0, 5.0)
    for other in (quotas(pace=2), quotas(), quotas(None, pace=2)):
        other.restore(tried.dump())
        assert other.holds("a") == 5
        assert other.dump()["flags"] == tried.dump()["flags"] == [False, True]
        assert other.dump()["rest"] == tried.dump()["rest"] == [0.0, 0, 0]
        assert other.is_held_back
    paced = quotas(pace=2)
    paced.restore(quotas().dump())
    assert paced.room("bulk", 0.0) == 1
