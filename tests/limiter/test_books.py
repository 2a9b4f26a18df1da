"""What shared books grant, exchange by exchange, and what they remember of the holders."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve

from vaultio.limiter import Pace, Quota, Rules
from vaultio.limiter.books import Books
from vaultio.limiter.reports import Grant, Report
from vaultio.protocol.quota_headers import QuotaReading

RULES = Rules(
    burst=Quota(100, 10.0), daily=None, pace=None, reserved_share=0.1, lease_s=5.0, linger_s=1.0
)


class Holder:
    """Reports as a process does: each time with the next number, and what it knows of the books."""

    def __init__(self, books: Books, name: str = "a") -> None:
        self.books, self.last = books, Report(holder=name, number=0)

    def says(self, now: float, **fields: Any) -> Grant:
        """Make one exchange."""
        known = {"epoch": self.last.epoch, "seen": self.last.seen}
        new = {"holder": self.last.holder, "number": self.last.number + 1}
        self.last = Report(**{**known, **new, **fields})
        grant = self.books.exchange(self.last, now)
        self.last = evolve(self.last, epoch=grant.epoch, seen=grant.exchanges)
        return grant


def granted(grant: Grant) -> tuple[int, int]:
    """Return the tokens of a grant: interactive, bulk."""
    return grant.interactive, grant.bulk


def test_what_is_asked_for_is_granted_as_far_as_it_goes() -> None:
    """First the interactive calls, then bulk ones but for the reserve; what is held is held."""
    holder = Holder(Books(RULES))
    assert granted(holder.says(0.0, interactive=3, bulk=4)) == (3, 4)
    grant = holder.says(0.0, held=7, interactive=2, bulk=200)
    assert granted(grant) == (2, 100 - 7 - 2 - 10)
    assert grant.wait_s == pytest.approx((0, 10.01))
    grant = holder.says(0.0, held=90, interactive=200)
    assert granted(grant) == (10, 0)
    assert grant.wait_s[0] > 0
    assert (grant.number, grant.limits, grant.exchanges, grant.is_probe) == (3, (100, 0), 3, False)


def test_a_report_that_comes_again() -> None:
    """Gets the same grant, and is booked once; one that is older gets nothing."""
    books = Books(RULES)
    holder = Holder(books)
    holder.says(0.0)
    first = holder.says(0.0, interactive=5, answered=((0.0, 2),))

    again = books.exchange(holder.last, 1.0)
    assert again == first
    assert books.exchange(evolve(holder.last, number=1), 1.0) == Grant()
    usage = books.usage(1.0).burst
    assert usage is not None
    assert usage.used == 5 + 2


def test_a_holder_is_remembered_for_four_leases() -> None:
    """So long a report may come again; whoever is new after it begins anew."""
    books = Books(RULES)
    holder, other = Holder(books), Holder(books, "b")
    first = holder.says(0.0, bulk=3)
    other.says(20.0)
    assert books.exchange(evolve(holder.last, epoch=first.epoch), 20.0) == first
    other.says(20.1)
    assert books.exchange(evolve(holder.last, epoch=first.epoch, bulk=1), 20.1).bulk == 1


def test_calls_given_up_on_count_longer() -> None:
    """As long as they may linger."""
    books = Books(RULES)
    Holder(books).says(0.0, answered=((0.0, 1),), given_up=((0.0, 2),))

    found = [books.usage(at_s).burst for at_s in (10.0, 10.01, 11.0, 11.01)]

    assert [one and one.used for one in found] == [3, 2, 2, 0]


def test_the_first_that_waits_is_told_of_the_first_token() -> None:
    """And a bulk call stands behind it."""
    holder = Holder(Books(evolve(RULES, reserved_share=0.0)))
    grant = holder.says(5.0, held=99, answered=((5.0, 1),), interactive=1, bulk=1)

    assert grant.wait_s == pytest.approx((5.01, 10.01))


def test_who_waits() -> None:
    """In all processes that were heard of within a lease."""
    books = Books(RULES)
    Holder(books).says(0.0, waiting=(1, 20))
    Holder(books, "b").says(2.0, waiting=(300, 4000))

    found = [books.usage(at_s) for at_s in (4.9, 5.0, 7.0)]

    assert [one.interactive_waiting for one in found] == [301, 300, 0]
    assert [one.bulk_waiting for one in found] == [4020, 4000, 0]


def test_interactive_calls_are_heeded() -> None:
    """Those asked for, and those let out of what a holder had; else what a lull needs is kept."""
    rooms = []
    for fields in ({}, {"interactive": 1}, {"served_interactive": True}):
        holder = Holder(Books(evolve(RULES, burst=Quota(1_000, 10.0))))
        for moment in range(60):
            holder.says(moment / 4, answered=((0.0, 1),))
        holder.says(14.8, **fields)
        rooms.append(holder.says(14.8, bulk=2_000).bulk)

    assert rooms == [960 - 61, 960 - 100, 960 - 100]


def test_spare_tokens() -> None:
    """Who got all that it asked for gets some on top, if there are plenty; none in a probe."""
    books = Books(evolve(RULES, reserved_share=0.0))
    holder = Holder(books)
    assert granted(holder.says(0.0, interactive=2, bulk=2, spare=5)) == (2, 7)
    used = books.usage(0.0).burst
    assert used is not None
    assert used.used == 9
    assert granted(holder.says(0.0, held=9, interactive=1, spare=50)) == (1, 11)
    assert granted(holder.says(0.0, held=21, bulk=200, spare=5)) == (0, 79)
    assert granted(Holder(Books(RULES, is_volatile=True)).says(0.0, bulk=1, spare=5)) == (0, 1)


def test_what_was_not_sent_fills_the_pace_again() -> None:
    """The tokens go to who asks next."""
    paced = evolve(RULES, pace=Pace(burst=2, interactive_burst=2, calls_per_second=1.0))
    holder = Holder(Books(paced))
    assert granted(holder.says(0.0, bulk=9)) == (0, 2)
    assert granted(holder.says(0.0, held=2, bulk=9)) == (0, 0)
    assert granted(holder.says(0.0, unsent=2, bulk=9)) == (0, 2)


def test_bulk_calls_have_their_turn() -> None:
    """After nine interactive ones that went while one waited, one token is left for it."""
    books = Books(evolve(RULES, burst=Quota(20, 10.0), reserved_share=0.0))
    one, other = Holder(books), Holder(books, "b")
    assert granted(one.says(0.0, interactive=10)) == (10, 0)
    assert granted(other.says(0.0, bulk=11)) == (0, 10)
    assert granted(one.says(0.1, interactive=9)) == (9, 0)
    assert granted(one.says(0.2, interactive=12)) == (9, 0)
    assert granted(other.says(0.3, held=10, bulk=1)) == (0, 1)


def test_new_books_let_one_call_ask() -> None:
    """Where a flush is thinkable, and nobody knows of other books; the rest waits for it."""
    holder = Holder(Books(RULES, is_volatile=True))
    grant = holder.says(0.0, interactive=2, bulk=5)
    assert (granted(grant), grant.is_probe) == ((1, 0), True)
    assert granted(holder.says(1.0, probe="held", held=1, bulk=5)) == (0, 0)
    reading = QuotaReading(burst_limit=100, burst_remaining=99)
    answered = holder.says(2.0, probe="answered", answered=((0.0, 1),), reading=reading, bulk=5)
    assert (granted(answered), answered.is_probe) == ((0, 5), False)

    assert granted(Holder(Books(RULES)).says(0.0, bulk=5)) == (0, 5)


def test_a_probe_that_was_not_sent_or_refused() -> None:
    """The next call may be it at once; after a refusal there is a pause before."""
    books = Books(RULES, is_volatile=True)
    holder = Holder(books)
    holder.says(0.0, bulk=1)
    assert holder.says(0.1, probe="unsent", unsent=1, bulk=1).is_probe
    refused = holder.says(0.2, probe="exceeded", answered=((0.0, 1),), bulk=1)
    assert granted(refused) == (0, 0)
    assert refused.wait_s[1] > 0
    assert books.usage(0.2).refused == 1


def test_a_refused_call_that_was_no_probe() -> None:
    """Holds all back, and a delay that a holder tells of is counted, with room for a crowd."""
    books = Books(RULES)
    holder = Holder(books)
    holder.says(0.0, delayed=4)
    assert granted(holder.says(0.0, interactive=100)) == (96, 0)
    assert granted(holder.says(1.0, exceeded=True, interactive=1)) == (0, 0)
    assert (books.usage(1.0).delayed, books.usage(1.0).refused) == (4, 1)


def test_who_went_alone_makes_the_books_doubt() -> None:
    """Nothing goes until the others had a lease to tell; not again within two leases of it."""
    books = Books(evolve(RULES, lease_s=50.0))
    holder = Holder(books)
    assert granted(holder.says(0.0, went_alone=True, bulk=1)) == (0, 0)
    assert granted(holder.says(49.9, bulk=1)) == (0, 0)
    assert holder.says(50.0, bulk=1).is_probe
    holder.says(51.0, probe="answered", answered=((0.0, 1),), reading=QuotaReading())
    for at_s, goes in [(60.0, 1), (100.0, 1), (100.1, 0)]:
        assert holder.says(at_s, went_alone=True, bulk=1).bulk == goes


def test_lost_books_are_doubted_once_for_each_that_was_lost() -> None:
    """However many holders tell of it, and when: the first of them begins the wait."""
    books = Books(RULES)
    one, other = Holder(books), Holder(books, "b")
    told = one.says(0.0, epoch="lost-1", bulk=1)
    assert (granted(told), told.tell_history, told.epoch) == ((0, 0), True, "a-1")
    assert other.says(4.0, epoch="lost-1", bulk=1).tell_history
    assert one.says(5.0, bulk=1).is_probe


def test_books_that_are_behind_begin_anew() -> None:
    """Where a holder knows of reports, or of exchanges, that they do not: they lost something."""
    for fields in ({"acknowledged": 2}, {"seen": 9}):
        holder = Holder(Books(RULES))
        assert holder.says(0.0).epoch == "a-1"
        grant = holder.says(1.0, **fields)
        assert (grant.epoch, grant.tell_history) == ("a-2", True)
    holder = Holder(Books(RULES))
    holder.says(0.0)
    assert holder.says(1.0, acknowledged=1, seen=1).epoch == "a-1"


def test_what_they_write_out() -> None:
    """Other books go on from it as these would: same grants, same holders, same epochs."""
    books, other = Books(RULES), Books(RULES)
    holder = Holder(books)
    grant = holder.says(0.0, bulk=3, interactive=200, waiting=(1, 2))
    Holder(books, "b").says(0.5, epoch="lost-1")
    other.restore(json.loads(json.dumps(books.dump())))

    assert other.dump() == books.dump()
    assert other.exchange(evolve(holder.last, epoch=""), 1.0) == grant
    usage = other.usage(1.0)
    assert (usage.interactive_waiting, usage.bulk_waiting) == (1, 2)
