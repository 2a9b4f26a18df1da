"""The same promise for the whole limiter, in virtual time, with all that async brings."""

from __future__ import annotations

import asyncio
import random

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limiter.server import FixedWindows, worst_window
from tests.limiter.slow_store import SlowStore
from tests.limiter.stories import LEASE_S, LIMIT, LINGER_S, WINDOW_S, Call, send_all, stories
from tests.virtual_time import run_virtual, virtual
from vaultio.limiter import Limiter, Priority, Quota, Store
from vaultio.protocol.quota_headers import QuotaReading


def limiter(store: Store | None = None) -> Limiter:
    """Make a limiter for the stories, paced and with a reserve."""
    quota = Quota(LIMIT, WINDOW_S)
    return Limiter(burst=quota, daily=None, lease_s=LEASE_S, linger_s=LINGER_S, store=store)


@settings(max_examples=150, deadline=None)
@given(stories(), st.floats(0, WINDOW_S))
def test_no_window_at_the_server_holds_more_than_the_limit(
    story: list[Call], phase_s: float
) -> None:
    """No sliding window is overrun, so a server with fixed ones, of any phase, never refuses."""
    server = FixedWindows(LIMIT, WINDOW_S, phase_s)

    run_virtual(send_all(limiter(), story, server.count))

    assert worst_window(server.times, WINDOW_S) <= LIMIT
    assert server.refused == 0


@settings(max_examples=50, deadline=None)
@given(stories(most=30))
def test_a_slow_store_keeps_the_promise_too(story: list[Call]) -> None:
    """Whether the books are near or far makes no difference at the server."""
    server = FixedWindows(LIMIT, WINDOW_S)

    run_virtual(send_all(limiter(SlowStore()), story, server.count))

    assert worst_window(server.times, WINDOW_S) <= LIMIT


async def saturate(priority: Priority, server: FixedWindows, quota: Quota) -> None:
    """Send as much as goes for twelve windows, 32 calls at once."""
    limits, dice = Limiter(burst=quota, daily=None), random.Random(5)

    async def worker() -> None:
        while True:
            permit = await limits.acquire(priority)
            left = server.count(anyio.current_time())
            await anyio.sleep(dice.uniform(0, 1))
            await permit.settle(QuotaReading(burst_limit=quota.limit, burst_remaining=left))

    with anyio.move_on_after(12 * quota.window_s):
        async with anyio.create_task_group() as tasks:
            for _ in range(32):
                tasks.start_soon(worker)


@pytest.mark.parametrize("priority", ["interactive", "bulk"])
@pytest.mark.parametrize(
    "quota", [Quota(250, 37.5), pytest.param(Quota(2_000, 300.0), marks=pytest.mark.heavy)]
)
def test_who_is_saturated_uses_the_limit(priority: Priority, quota: Quota) -> None:
    """Paced, reading what the server says, at least 98 % of twelve windows' quota is used."""
    server = FixedWindows(quota.limit, quota.window_s, phase_s=0.457 * quota.window_s)

    run_virtual(saturate(priority, server, quota))

    assert len(server.times) >= 0.98 * 12 * quota.limit
    assert worst_window(server.times, quota.window_s) <= quota.limit
    assert server.refused == 0


async def storm(limits: Limiter, dice: random.Random) -> None:
    """Start 400 calls and cancel nearly all of them: waiting, asking, or on their way."""

    async def call() -> None:
        permit = await limits.acquire(dice.choice(["interactive", "bulk"]))
        try:
            await anyio.sleep(dice.uniform(0, 3))
        finally:
            await permit.settle(QuotaReading())

    tasks = [asyncio.create_task(call()) for _ in range(400)]
    for task in dice.sample(tasks, 390):
        await anyio.sleep(dice.uniform(0, 0.05))
        task.cancel()
    await asyncio.wait(tasks)


@virtual
async def test_a_storm_of_cancels_leaks_nothing() -> None:
    """Afterwards nobody waits, and all capacity is there again."""
    for store in (None, SlowStore()):
        limits = limiter(store)
        await storm(limits, random.Random(7))
        await anyio.sleep(LEASE_S + WINDOW_S + 1)
        usage = await limits.usage()

        assert usage.quotas[0].left == LIMIT
        assert (usage.interactive_waiting, usage.bulk_waiting) == (0, 0)


@virtual
async def test_a_take_cancelled_half_way_is_given_back() -> None:
    """A far store may have let the call go when its task is cancelled: nothing is lost."""
    limits = limiter(SlowStore())
    for delay_s in (0.005, 0.015):
        asking = asyncio.create_task(limits.acquire())
        await anyio.sleep(delay_s)
        asking.cancel()
        await asyncio.wait([asking])

        assert (await limits.usage()).quotas[0].left == LIMIT


async def interactive_beside_a_job(rest_s: float) -> list[float]:
    """Let a job run for an hour, and after *rest_s* a call each second; return its waits in s."""
    limits, waits_s = Limiter(daily=None), list[float]()

    async def job() -> None:
        while True:
            permit = await limits.acquire("bulk")
            await anyio.sleep(0.3)
            await permit.settle(QuotaReading())

    async with anyio.create_task_group() as tasks:
        for _ in range(32):
            tasks.start_soon(job)
        await anyio.sleep(rest_s)
        while anyio.current_time() < 3_600:
            await anyio.sleep(1)
            asked_at_s = anyio.current_time()
            permit = await limits.acquire()
            waits_s.append(anyio.current_time() - asked_at_s)
            await permit.settle(QuotaReading())
        tasks.cancel_scope.cancel()
    return waits_s


@pytest.mark.heavy
@pytest.mark.parametrize("rest_s", [0, 1_490])
def test_an_interactive_call_hardly_waits_beside_a_saturated_job(rest_s: float) -> None:
    """Also the first ones after a rest, when only a small reserve was kept."""
    waits_s = run_virtual(interactive_beside_a_job(rest_s))

    assert max(waits_s) < 10
    assert sum(wait_s > 0 for wait_s in waits_s) < 0.01 * len(waits_s)


@virtual
async def test_a_cancelled_waiter_wakes_the_next() -> None:
    """When the one at the head goes away in the instant of its turn, the next one is served."""
    limits = Limiter(burst=Quota(1, WINDOW_S), daily=None, pace=None)
    first = await limits.acquire()
    head, second = (asyncio.create_task(limits.acquire()) for _ in range(2))
    await anyio.sleep(1)
    await first.give_back()
    head.cancel()
    await second

    assert head.cancelled()
    assert anyio.current_time() == 1
