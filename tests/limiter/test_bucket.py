"""The bucket's promise: never more than its limit in any window at the server."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limiter.server import worst_window
from tests.limiter.stories import LEASE_S, LIMIT, LINGER_S, WINDOW_S, Call, play, stories
from vaultio.limiter.bucket import Bucket


class NaiveBucket:
    """What most limiters are: tokens that drip back at an even rate from the send on."""

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit, self._rate = limit, limit / window_s
        self._level, self._at_s = float(limit), 0.0

    def wait_s(self, count: int, now: float) -> float:
        """Say in how many seconds the level is high enough."""
        level = min(self._limit, self._level + (now - self._at_s) * self._rate)
        missing = count - level
        return missing / self._rate if missing > 1e-6 else 0.0

    def take(self, ticket: str, now: float) -> None:  # noqa: ARG002 - as any gate
        """Lower the level."""
        level = min(self._limit, self._level + (now - self._at_s) * self._rate)
        self._level, self._at_s = level - 1, now

    def settle(self, ticket: str, now: float, *, answered: bool) -> None:
        """Learn nothing."""

    def give_back(self, ticket: str, now: float) -> None:
        """Learn nothing."""


class LogOfSends(Bucket):
    """Exact, but at the wrong end: a token comes back a window after its call was sent."""

    def take(self, ticket: str, now: float) -> None:
        """Take a token and start its way back."""
        super().take(ticket, now)
        super().settle(ticket, now, answered=True)

    def settle(self, ticket: str, now: float, *, answered: bool) -> None:
        """Learn nothing."""


def bucket(limit: int = LIMIT, cells: int = 20) -> Bucket:
    """Make a bucket for the stories."""
    return Bucket(limit, WINDOW_S, lease_s=LEASE_S, linger_s=LINGER_S, cells=cells)


def crowd(calls: int, there_s: float = 0.0) -> list[Call]:
    """Make calls that all come at once."""
    return [Call(0.0, there_s, 0.0, "answered", 0.0)] * calls


def test_the_checker_sees_a_naive_bucket_fail() -> None:
    """A bucket that drips lets nearly twice its limit into one window."""
    assert worst_window(play(NaiveBucket(100, WINDOW_S), crowd(500)), WINDOW_S) >= 199


def test_the_checker_sees_a_log_of_sends_fail() -> None:
    """An exact log kept at the send is overrun where calls arrive: delay moves them on."""
    story = crowd(LIMIT, there_s=WINDOW_S) + crowd(LIMIT)

    assert worst_window(play(LogOfSends(LIMIT, WINDOW_S), story), WINDOW_S) == 2 * LIMIT


@settings(max_examples=600, deadline=None)
@given(stories(), st.sampled_from([1, 7, 20, 300]))
def test_no_window_at_the_server_holds_more_than_the_limit(story: list[Call], cells: int) -> None:
    """Whatever the delays, cancels and crashes, in any window, of any phase."""
    assert worst_window(play(bucket(cells=cells), story), WINDOW_S) <= LIMIT


@settings(max_examples=200, deadline=None)
@given(stories())
def test_everything_comes_back(story: list[Call]) -> None:
    """After the last lease and a window, the capacity is whole again."""
    tried = bucket()
    play(tried, story)

    assert tried.left(1e6) == LIMIT
    assert tried.state(1e6).used == 0


def test_a_saturated_hour_uses_the_limit() -> None:
    """Of what the windows of an hour hold, at least 98 % is used."""
    story = [Call(0.0, 0.1, 0.4, "answered", 0.0)] * 24_000
    arrivals = play(Bucket(2_000, 300.0), story)

    assert sum(at_s < 3_600 for at_s in arrivals) >= 0.98 * 24_000
    assert worst_window(arrivals, 300.0) == 2_000


def test_memory_is_constant() -> None:
    """A day of calls is kept in no more cells than the window has, and two."""
    day = Bucket(10**9, 86_400.0, cells=1_440)
    for second in range(0, 3 * 86_400, 5):
        day.take(str(second), second)
        day.settle(str(second), second + 1, answered=True)

    assert sum(1 for _ in day._answered.returns()) <= 1_442


def test_a_late_answer_counts_again() -> None:
    """An answer after the end of the lease: the server may have counted the call only now."""
    tried = bucket(limit=2)
    tried.take("slow", 0.0)
    tried.settle("slow", LEASE_S + 5, answered=True)

    assert tried.state(LEASE_S + 5).used == 2
    assert tried.left(LEASE_S + 5 + 1.1 * WINDOW_S) == 2


def test_a_renewed_lease() -> None:
    """A long upload goes on counting as under way."""
    tried = bucket(limit=1)
    tried.take("upload", 0.0)
    tried.renew("upload", LEASE_S - 1)

    assert tried.left(LEASE_S + WINDOW_S + 1) == 0
    assert tried.left(2 * LEASE_S + WINDOW_S) == 1


def test_a_dead_holder() -> None:
    """A call that nobody reports on counts until its lease ends, and a window more."""
    tried = bucket(limit=1)
    tried.take("dead", 0.0)

    assert tried.left(LEASE_S + WINDOW_S) == 0
    assert tried.left(LEASE_S + WINDOW_S + 0.02) == 1


def test_the_wait_of_one_far_back() -> None:
    """Beyond the limit the queue goes around again, a window each time."""
    tried = bucket(limit=2)
    for ticket in "ab":
        tried.take(ticket, 0.0)
        tried.settle(ticket, 0.0, answered=True)

    assert [round(tried.wait_s(count, 0.0)) for count in (1, 2, 3, 5)] == [10, 10, 20, 30]


def test_others_are_seen_by_what_is_missing() -> None:
    """What the server counts beyond our own calls was spent by others; it is gone for a window."""
    tried = Bucket(2_000, 300.0)
    tried.take("a", 0.0)
    tried.observe(2_000, 1_500, 0.0)

    assert tried.state(0.0).foreign == 499
    assert tried.left(0.0) <= 1_500
    assert tried.left(301.0) == 1_999


def test_a_window_seen_to_turn_frees_what_others_spent() -> None:
    """As soon as the server counts from the start again, their calls are forgotten."""
    tried = Bucket(2_000, 300.0)
    tried.observe(2_000, 0, 0.0)
    assert tried.left(10.0) == 0

    tried.observe(2_000, 1_999, 20.0)

    assert tried.left(20.0) >= 1_998


def test_our_own_calls_are_not_taken_for_others() -> None:
    """Alone at the vault, an empty server window holds nothing back that our book does not."""
    tried = Bucket(2_000, 300.0)
    for number in range(1_900):
        tried.take(str(number), number / 10)
        tried.settle(str(number), number / 10, answered=True)
        tried.observe(2_000, 1_999 - number, number / 10)

    assert tried.left(190.0) == 100


def test_the_server_sets_the_limit() -> None:
    """Its limit is ours, up and down; a fixed one is only ever lowered."""
    free, fixed = Bucket(2_000, 300.0), Bucket(500, 300.0, fixed=True)
    limits = []
    for limit in (4_000, 300):
        free.observe(limit, limit, 0.0)
        fixed.observe(limit, limit, 0.0)
        limits.append((free.left(0.0), fixed.left(0.0)))

    assert limits == [(4_000, 500), (300, 300)]


def test_a_fixed_limit_minds_others_only_where_they_crowd_it() -> None:
    """Others may use what the fixed limit leaves them; only beyond that it gives way."""
    tried = Bucket(500, 300.0, fixed=True)
    tried.observe(2_000, 900, 0.0)
    assert tried.left(0.0) == 500

    tried.observe(2_000, 100, 0.0)
    assert tried.left(0.0) <= 100
