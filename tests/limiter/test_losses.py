"""Outages, lost answers, books of an older time: no call is forgotten, or counted twice."""

from __future__ import annotations

from copy import deepcopy

import anyio
import pytest
from attrs import evolve

from tests.limiter.ledgers import Shelf, holder
from tests.limiter.server import worst_window
from tests.virtual_time import virtual
from vaultio.errors import QuotaStoreError
from vaultio.limiter import Limiter, Quota, Rules, SharedStore
from vaultio.limiter.books import Books
from vaultio.limiter.reports import Grant, Report
from vaultio.limiter.stores.holdings import Holdings
from vaultio.protocol.quota_headers import QuotaReading

BURST, DAILY = Quota(10, 20.0), Quota(100, 86_400.0)
RULES = Rules(burst=BURST, daily=DAILY, pace=None, lease_s=5.0, linger_s=5.0)
HOLDERS_RULES = evolve(RULES, lease_s=900.0, holder_lease_s=RULES.lease_s)


def limiter(store: SharedStore) -> Limiter:
    """Make the limiter of one process."""
    return Limiter(burst=BURST, daily=DAILY, pace=None, reserved_share=0, store=store)


async def call(limits: Limiter, times_s: list[float] | None = None, there_s: float = 0.1) -> None:
    """Make a call that takes so long to the server, which notes when it comes."""
    permit = await limits.acquire()
    await anyio.sleep(there_s)
    if times_s is not None:
        times_s.append(anyio.current_time())
    await permit.settle(QuotaReading())


async def break_down(shelf: Shelf, limits: Limiter) -> None:
    """Have the books out of reach for 3 s, in which somebody wants to make a call."""
    shelf.is_down = True
    with anyio.move_on_after(3):
        await limits.acquire()
    shelf.is_down = False
    await anyio.sleep(30)


@virtual
async def test_an_outage_counts_no_call_of_before_it_twice() -> None:
    """Who went alone tells what the books have not heard, not all of the day again."""
    shelf = Shelf()
    limits = limiter(holder(shelf, workers=2))
    for _ in range(30):
        await call(limits)
    for _ in range(3):
        await break_down(shelf, limits)

    usage = (await limits.usage()).daily

    assert usage is not None
    assert 30 <= usage.used <= 31


@virtual
async def test_what_ended_in_an_outage_is_told_after_it() -> None:
    """The report that was lost, and what came after it."""
    shelf = Shelf()
    limits = limiter(holder(shelf, workers=2))
    await call(limits)
    permits = [await limits.acquire() for _ in range(4)]
    shelf.is_down = True
    for reading in (QuotaReading(), QuotaReading(), None):
        await permits.pop().settle(reading)
        await anyio.sleep(1)
    shelf.is_down = False
    await anyio.sleep(30)

    usage = (await limits.usage()).daily

    assert usage is not None
    assert usage.used == 5


@virtual
async def test_who_goes_alone_waits_for_what_others_were_granted() -> None:
    """Calls that travel while the books go down count when they arrive."""
    shelf, times_s = Shelf(), list[float]()
    one, other = (limiter(holder(shelf, workers=2)) for _ in range(2))
    await call(one, times_s)
    await anyio.sleep(60)
    async with anyio.create_task_group() as tasks:
        for _ in range(9):
            tasks.start_soon(call, other, times_s, 4.0)
        await anyio.sleep(0.1)
        shelf.is_down = True
        with anyio.move_on_after(60):
            while True:
                await call(one, times_s)

    assert worst_window(times_s, BURST.window_s) <= BURST.limit
    assert len(times_s) > 1 + 9 + BURST.limit // 2


@virtual
@pytest.mark.parametrize("workers", [None, 2])
async def test_a_call_behind_others_when_the_books_are_out_of_reach(workers: int | None) -> None:
    """It fails without a share, and goes by the share with one, though it may not wait long."""
    shelf = Shelf()
    limits = limiter(holder(shelf, workers=workers))
    async with anyio.create_task_group() as tasks:
        for _ in range(BURST.limit + 1):
            tasks.start_soon(call, limits)
        await anyio.sleep(1)
        shelf.is_down = True
        with pytest.raises(QuotaStoreError) if workers is None else anyio.fail_after(100):
            await limits.acquire(max_wait_s=90.0)
        tasks.cancel_scope.cancel()


def test_books_of_an_older_time_are_noticed_after_a_long_outage() -> None:
    """A holder that they may have forgotten still knows that they had come further."""
    books, holdings = Books(RULES), Holdings(HOLDERS_RULES, "a")
    holdings.accept(books.exchange(holdings.report(0.0, bulk=4), 0.0), 0.0)
    saved = deepcopy(books)
    holdings.accept(books.exchange(holdings.report(1.0, bulk=4), 1.0), 1.0)
    back_s = 1.0 + 3 * RULES.lease_s

    assert saved.exchange(holdings.report(back_s), back_s).tell_history
    assert not books.exchange(holdings.report(back_s), back_s).tell_history


def test_a_probe_that_nobody_got_to_know_of_is_let_out_again() -> None:
    """Its holder lives and says so, but never heard of the grant: it does not have it."""
    books = Books(RULES, is_volatile=True)
    lost = books.exchange(Report(holder="a", number=1, bulk=1), 0.0)
    report, grant, now = Report(holder="a", number=2, bulk=1), Grant(), 0.0
    while not grant.bulk and now < 2 * RULES.lease_s:
        now += 1.0
        grant = books.exchange(evolve(report, number=report.number + round(now)), now)

    assert lost.is_probe
    assert grant.is_probe


def test_a_probe_under_way_stays_the_only_one() -> None:
    """However long its answer takes, as long as its holder is heard of."""
    books, holdings = Books(RULES, is_volatile=True), Holdings(HOLDERS_RULES, "a")
    holdings.accept(books.exchange(holdings.report(0.0, bulk=1), 0.0), 0.0)
    assert holdings.use("probe", "bulk", 0.0)
    for now in range(1, 30):
        holdings.accept(books.exchange(holdings.report(now, bulk=1), now), now)
        assert not holdings.use("another", "bulk", now)


def test_what_a_holder_tells_of_lost_books_is_booked() -> None:
    """All that it sent counts in the new ones, in both quotas, and nothing of it twice."""
    books, holdings = Books(RULES), Holdings(HOLDERS_RULES, "a")
    holdings.accept(books.exchange(holdings.report(0.0, bulk=4), 0.0), 0.0)
    for number in range(3):
        assert holdings.use(str(number), "bulk", 0.0)
        holdings.settle(str(number), QuotaReading(), 0.1, exceeded=False)
    new = Books(RULES)
    holdings.accept(new.exchange(holdings.report(1.0), 1.0), 1.0)
    holdings.accept(new.exchange(holdings.report(1.1, history=True), 1.1), 1.1)

    usage = new.usage(1.2)
    assert usage.burst is not None
    assert usage.daily is not None
    assert (usage.burst.used, usage.daily.used) == (3 + 1, 3 + 1)  # and the one it has left
