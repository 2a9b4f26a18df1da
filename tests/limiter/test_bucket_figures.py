"""What a bucket says, to the call and the millisecond: a wrong figure is a wrong promise."""

from __future__ import annotations

import pytest

from vaultio.limiter.bucket import Bucket, BucketState

HELD_S = 10.01
"""A window of 10 s, and what two clocks may differ by meanwhile."""


def bucket(limit: int = 100, *, fixed: bool = False) -> Bucket:
    """Make a bucket of so many calls in 10 s."""
    return Bucket(limit, 10.0, fixed=fixed)


def answer(tried: Bucket, calls: int, now: float, *, answered: bool = True) -> None:
    """Let so many calls be sent and end at one instant."""
    for number in range(calls):
        tried.take(f"{now}-{number}", now)
        tried.settle(f"{now}-{number}", now, answered=answered)


def mixed() -> Bucket:
    """Make one with a call answered, one given up on, one under way, and 37 of others, at 2 s."""
    tried = bucket()
    answer(tried, 1, 0.0)
    answer(tried, 1, 1.0, answered=False)
    tried.take("under way", 2.0)
    tried.observe(100, 60, 2.0)
    return tried


def test_what_comes_back_and_when() -> None:
    """Answered a window later, given up on a minute more, others' with a margin, then the rest."""
    instants, tokens = zip(*mixed().returns(2.0), strict=True)

    assert tokens == (1, 37 + 2, 1, 1)
    assert instants == pytest.approx((HELD_S, 2 + HELD_S, 1 + 60 + HELD_S, 2 + HELD_S))


def test_how_long_a_call_waits() -> None:
    """Nothing while there are tokens, then for the one that is missing; around again beyond 100."""
    waits = [mixed().wait_s(count, 2.0) for count in (57, 58, 59, 60, 98, 99, 101, 158, 159, 201)]

    assert waits == pytest.approx(
        [0, 0, 8.01, 10.01, 10.01, 69.01, 10, 10, 10 + 8.01, 20],
    )
    assert mixed().wait_s(59, 10.0) == pytest.approx(0.01)


def test_what_it_says_of_itself() -> None:
    """Calls that are used, those of others, those left; nothing returns where nothing is out."""
    assert bucket().state(0.0) == BucketState(100, 0, 0, 100, None)
    said = mixed().state(2.0)
    assert (said.limit, said.used, said.foreign, said.left) == (100, 3, 37, 100 - 3 - 39)
    assert said.next_return_s == pytest.approx(8.01)


def test_holders_tokens() -> None:
    """As many as it says, neither more nor fewer, until its lease ends and a window more."""
    tried, used = bucket(), list[int]()
    for now, count in enumerate([5, 2, 0, 4]):
        tried.hold("a", count, float(now))
        tried.hold("b", 1, float(now))
        used.append(tried.state(float(now)).used)
        assert (tried.holds("a"), tried.holds("b"), tried.holds("c")) == (count, 1, 0)

    assert used == [6, 3, 1, 5]
    [(instant, tokens)] = tried.returns(902.9)
    assert (instant, tokens) == pytest.approx((902.9 + HELD_S, 5))
    assert [tried.left(903 + at_s) for at_s in (0, 10.0, HELD_S)] == [95, 95, 100]


def test_a_holder_that_comes_back_after_its_lease() -> None:
    """What it had then is on its way back, and counts beside what it has now."""
    tried = bucket()
    tried.hold("a", 2, 0.0)
    tried.hold("a", 2, 901.0)

    assert tried.state(901.0).used == 4


def test_leases_end_one_after_the_other() -> None:
    """Each at its own time, and counts from there on as answered."""
    tried = bucket()
    for now in (0.0, 50.0, 50.0):
        tried.take(f"{tried.state(now).used}", now)

    lefts = [tried.left(at_s) for at_s in (900 + 10.0, 900 + HELD_S, 950 + 10.0, 950 + HELD_S)]

    assert lefts == [97, 98, 98, 100]


def test_what_was_not_sent_is_back_at_once() -> None:
    """And only once."""
    tried = bucket()
    tried.take("a", 0.0)
    for _ in range(2):
        tried.give_back("a", 1.0)

    assert tried.state(1.0).used == 0


def test_others_calls_are_learnt_anew() -> None:
    """As many as before, seen again, are gone for a window from then; fewer change no time."""
    tried = bucket()
    tried.observe(100, 60, 0.0)
    tried.observe(100, 60, 5.0)
    assert [tried.left(at_s) for at_s in (5 + 10.0, 5 + HELD_S)] == [58, 100]

    tried.observe(100, 60, 20.0)
    answer(tried, 20, 21.0)
    tried.observe(100, 50, 25.0)
    assert tried.state(25.0).foreign == 40
    tried.observe(100, 99, 26.0)
    assert (tried.state(26.0).foreign, tried.left(20 + HELD_S)) == (1, 80)


def test_a_late_word_is_not_believed() -> None:
    """A fiftieth of a window old it still is; a limit is believed however old it is."""
    lefts = []
    for age_s in (0.2, 0.21):
        tried = bucket()
        tried.observe(90, 50, 0.0, age_s)
        lefts.append((tried.limit, tried.left(0.0)))

    assert lefts == [(90, 90 - 40 - 1), (90, 90)]


def test_more_left_than_there_is() -> None:
    """A server that counts so says nothing of others."""
    tried = bucket()
    tried.observe(None, 130, 0.0)

    assert (tried.state(0.0).foreign, tried.left(0.0)) == (0, 100)


def test_what_has_just_come_back_explains_what_the_server_counts() -> None:
    """For a fiftieth of a window; and as of the instant at which the server said it."""
    for after_s, age_s, foreign in [(0, 0, 0), (0.199, 0.2, 0), (0.2, 0.1, 10), (0.3, 0.2, 10)]:
        tried = bucket()
        answer(tried, 10, 0.0)
        assert tried.left(HELD_S) == 100
        tried.observe(100, 90, HELD_S + after_s, age_s)
        assert tried.state(HELD_S + after_s).foreign == foreign


def test_calls_answered_and_given_up_come_back_together() -> None:
    """Both explain what the server still counts."""
    tried = bucket()
    answer(tried, 5, 0.0, answered=False)
    answer(tried, 10, 60.0)
    tried.observe(100, 85, 60 + HELD_S)

    assert tried.state(60 + HELD_S).foreign == 0


def test_room_for_a_crowd() -> None:
    """What the server held back is left to others for 30 windows, half the limit at the most."""
    tried = bucket()
    tried.make_room(3, 0.0)
    assert (tried.left(0.0), tried.left(299.9), tried.left(300.0)) == (97, 97, 100)

    for now in (400.0, 401.0):
        tried.make_room(30, now)
    assert (tried.wait_s(50, 401.0), tried.wait_s(51, 401.0)) == pytest.approx((0, 300))
    assert [tried.left(at_s) for at_s in (401.0, 700.5, 701.0)] == [50, 50, 100]


def test_distrust() -> None:
    """All is taken for used, for a window; then by the server's word, or else by our own book."""
    lefts = []
    for remaining in (None, 60, 99):
        tried = bucket()
        answer(tried, 3, 0.0)
        tried.distrust(1.0)
        assert (tried.left(1.0), tried.has_own_token(1.0)) == (0, True)
        assert tried.left(1 + HELD_S) == 100
        tried.distrust(20.0)
        answer(tried, 3, 20.0)
        tried.trust(remaining, 20.0)
        lefts.append(tried.left(20.0))

    assert lefts == [97, 97 - 37 - 2, 97]


def test_what_has_come_back_meanwhile_was_others() -> None:
    """The server's word in the place of a distrust is held against what is out now."""
    tried = bucket()
    answer(tried, 10, 0.0)
    tried.distrust(5.0)
    tried.trust(60, 11.0)

    assert tried.state(11.0).foreign == 40


def test_its_own_tokens() -> None:
    """The last one is one, and then there is none."""
    tried = bucket(3)
    for number, has_one in enumerate([True, True, True, False]):
        assert tried.has_own_token(0.0) == has_one
        tried.take(str(number), 0.0)


def test_of_a_long_window_the_servers_word_stands_for_an_hour() -> None:
    """It may have turned meanwhile."""
    tried = Bucket(1_000, 86_400.0)
    tried.observe(1_000, 500, 0.0)

    assert [tried.left(at_s) for at_s in (3_599.9, 3_600.0)] == [480, 1_000]


def test_what_it_writes_out_and_goes_on_from() -> None:
    """Limit as told, leases, others, the crowd, what has just come back; by another's ceiling."""
    tried = mixed()
    tried.make_room(7, 2.0)
    other = Bucket(50, 10.0)
    other.restore(tried.dump())
    assert other.dump() == tried.dump()
    assert (other.limit, other.holds("under way")) == (100, 1)
    assert other.left(2.0) == 100 - 1 - 39  # the cells are kept elsewhere
    assert [other.left(at_s) for at_s in (2 + HELD_S, 302.0)] == [100 - 1 - 7, 99]

    other.restore(bucket().dump())
    assert (other.limit, other.left(400.0)) == (50, 50)
    fixed = bucket(50, fixed=True)
    fixed.restore(tried.dump())
    assert (fixed.limit, fixed.left(2.0)) == (50, 49)
