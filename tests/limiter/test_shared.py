"""Several holders of the same books keep the promise together, in virtual time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import anyio
import pytest
from hypothesis import given, settings

from tests.limiter.ledgers import Shelf, holder
from tests.limiter.server import worst_window
from tests.limiter.stories import LINGER_S, Call, send, stories
from tests.virtual_time import run_virtual
from vaultio.errors import QuotaStoreError
from vaultio.limiter import Limiter, Quota, Rules, Store
from vaultio.protocol.quota_headers import QuotaReading

LIMIT, WINDOW_S, LATENCY_S = 60, 2.0, 0.4
QUOTA = Quota(LIMIT, WINDOW_S)


def limiter(store: Store) -> Limiter:
    """Make the limiter of one process."""
    return Limiter(burst=QUOTA, daily=None, store=store)


async def retell(story: list[Call], times: list[float]) -> None:
    """Send a story's calls in turn through three holders, some far from their books."""
    shelf, dice = Shelf(), random.Random(3)
    stores = [holder(shelf, lambda: dice.choice([0, 0, 0.01, 0.2])) for _ in range(3)]
    quota = Quota(2, 10.0)
    limits = [
        Limiter(burst=quota, daily=None, lease_s=90, linger_s=LINGER_S, store=store)
        for store in stores
    ]
    async with anyio.create_task_group() as tasks:
        for number, call in enumerate(story):
            await anyio.sleep(call.after_s)
            tasks.start_soon(send, limits[number % 3], call, times.append)


@settings(max_examples=25, deadline=None)
@given(stories(most=25))
def test_no_window_at_the_server_holds_more_than_the_limit(story: list[Call]) -> None:
    """Whatever becomes of the calls of three processes that share the books."""
    times = list[float]()

    run_virtual(retell(story, times))

    assert worst_window(times, 10.0) <= 2


async def worker(
    limits: Limiter, count: Callable[[], object], dice: random.Random, seconds: float
) -> None:
    """Send as much as goes for so many seconds, from 8 tasks."""

    async def send_calls() -> None:
        while True:
            try:
                permit = await limits.acquire("bulk")
            except QuotaStoreError:
                await anyio.sleep(0.05)
                continue
            all_s = LATENCY_S * dice.random() ** 2
            there_s = all_s * dice.random()
            await anyio.sleep(there_s)
            count()
            await anyio.sleep(all_s - there_s)
            await permit.settle(QuotaReading())

    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(send_calls)


async def saturate(
    shelf: Shelf,
    seconds: float,
    *,
    workers: int | None = None,
    trouble: Callable[[], object] = lambda: None,
) -> list[float]:
    """Let four processes send for so long, with trouble in the middle; return the times."""
    times, dice = list[float](), random.Random(11)

    def count() -> None:
        times.append(anyio.current_time())

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            store = holder(shelf, lambda: dice.choice([0, 0.001, 0.01]), workers=workers)
            tasks.start_soon(worker, limiter(store), count, dice, seconds)
        await anyio.sleep(seconds / 2)
        trouble()
    return times


def test_four_saturated_processes_use_the_limit_and_no_more() -> None:
    """At least 93 % of it, though each token is out for its call's latency too."""
    times = run_virtual(saturate(Shelf(), 60))

    assert worst_window(times, WINDOW_S) <= LIMIT
    assert len(times) >= 0.93 * LIMIT * 60 / WINDOW_S


def test_a_flush_in_the_middle_is_no_second_quota() -> None:
    """The lost books are noticed; after a pause all goes on as before."""
    shelf = Shelf()
    rules = Rules(burst=QUOTA, daily=None, lease_s=1.0, linger_s=0.5)

    times = run_virtual(saturate(shelf, 30, trouble=lambda: shelf.flush(rules)))

    assert worst_window(times, WINDOW_S) <= LIMIT
    assert sum(time > 20 for time in times) > 0.8 * LIMIT * 10 / WINDOW_S


async def outage(shelf: Shelf, workers: int | None) -> list[float]:
    """Saturate the books for 40 s, of which they are out of reach from the 20th to the 28th."""

    def trouble() -> None:
        shelf.is_down = True
        asyncio.get_running_loop().call_later(8, restore)

    def restore() -> None:
        shelf.is_down = False

    return await saturate(shelf, 40, workers=workers, trouble=trouble)


@pytest.mark.parametrize("workers", [None, 4])
def test_books_out_of_reach(workers: int | None) -> None:
    """Without a share nothing goes; with one all together keep to the whole."""
    times = run_virtual(outage(Shelf(), workers))
    meanwhile = sum(23 < time < 28 for time in times)

    assert worst_window(times, WINDOW_S) <= LIMIT
    assert meanwhile > 0.5 * LIMIT * 5 / WINDOW_S if workers else meanwhile == 0
    assert sum(time > 35 for time in times) > 0.7 * LIMIT * 5 / WINDOW_S
