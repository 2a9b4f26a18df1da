"""Waiting at the limiter: order, deadlines, cancels."""

from __future__ import annotations

import anyio
import pytest

from tests.virtual_time import virtual
from vaultio.errors import QuotaWaitError
from vaultio.limiter import Limiter, Permit, Priority, Quota
from vaultio.protocol.quota_headers import QuotaReading

ANSWERED = QuotaReading()


def small(limit: int = 5, window_s: float = 10.0, *, reserved_share: float = 0.0) -> Limiter:
    """Make a limiter with one small quota and no pace."""
    quota = Quota(limit, window_s)
    return Limiter(burst=quota, daily=None, pace=None, reserved_share=reserved_share, linger_s=60)


async def spend(limiter: Limiter, calls: int, priority: Priority = "interactive") -> list[Permit]:
    """Take permits and leave them open."""
    return [await limiter.acquire(priority) for _ in range(calls)]


@virtual
async def test_a_token_comes_back_a_window_after_the_answer() -> None:
    """The sixth call of five waits from the first answer on, not from the first send."""
    limiter = small(5)
    permits = await spend(limiter, 5)
    await anyio.sleep(3)
    await permits[0].settle(ANSWERED)

    await limiter.acquire()

    assert anyio.current_time() == pytest.approx(13, abs=0.1)


@virtual
async def test_a_call_given_up_on_counts_longer() -> None:
    """Without an answer the call may still be on its way: 60 s more than a window."""
    limiter = small(1)
    await (await limiter.acquire()).settle()

    await limiter.acquire()

    assert anyio.current_time() == pytest.approx(70, abs=0.1)


@virtual
async def test_an_unsent_call_costs_nothing() -> None:
    """A permit given back lets the next one go at once."""
    limiter = small(1)
    permit = await limiter.acquire()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(limiter.acquire)
        await anyio.sleep(1)
        await permit.give_back()

    assert anyio.current_time() == 1


@virtual
async def test_settle_and_give_back_count_once() -> None:
    """Only the first report counts, so a cleanup may repeat it."""
    limiter = small(1)
    permit = await limiter.acquire()
    await permit.settle(ANSWERED)
    await permit.give_back()
    await permit.settle(ANSWERED)

    assert (await limiter.usage()).quotas[0].used == 1


@virtual
async def test_settle_in_a_cancelled_scope() -> None:
    """A call that is cancelled still reports."""
    limiter = small(1)
    permit = await limiter.acquire()
    with anyio.CancelScope() as scope:
        scope.cancel()
        await permit.settle(ANSWERED)

    assert (await limiter.usage()).quotas[0].next_return_s == pytest.approx(10, abs=0.1)


@virtual
async def test_first_come_first_served() -> None:
    """Waiters of one priority go in the order in which they came."""
    limiter, served = small(3, 1.0), list[int]()

    async def call(number: int) -> None:
        permit = await limiter.acquire()
        served.append(number)
        await permit.settle(ANSWERED)

    async with anyio.create_task_group() as tasks:
        for number in range(50):
            tasks.start_soon(call, number)

    assert served == list(range(50))


@virtual
async def test_interactive_does_not_stand_behind_10_000_bulk_waiters() -> None:
    """An interactive call takes the next token that comes back."""
    limiter = small(10, 10.0)
    async with anyio.create_task_group() as tasks:
        for permit in await spend(limiter, 10):
            await permit.settle(ANSWERED)
        for _ in range(10_000):
            tasks.start_soon(limiter.acquire, "bulk")
        await anyio.sleep(1)
        await limiter.acquire("interactive")
        tasks.cancel_scope.cancel()

    assert anyio.current_time() < 10.1


@virtual
async def test_bulk_does_not_starve() -> None:
    """One call in ten is bulk, however many interactive ones there are."""
    limiter, served = small(1, 1.0), list[Priority]()

    async def call(priority: Priority) -> None:
        permit = await limiter.acquire(priority)
        served.append(priority)
        await permit.settle(ANSWERED)

    async with anyio.create_task_group() as tasks:
        for priority in ("interactive",) * 40 + ("bulk",) * 2:
            tasks.start_soon(call, priority)

    assert [i for i, priority in enumerate(served) if priority == "bulk"] == [10, 20]


@virtual
async def test_too_long_a_wait_is_refused_at_once() -> None:
    """A call that cannot be free in time is told so immediately, with the time until it is."""
    limiter = small(1)
    await (await limiter.acquire()).settle(ANSWERED)

    with pytest.raises(QuotaWaitError, match="max_wait_s=9") as refusal:
        await limiter.acquire(max_wait_s=9)

    assert anyio.current_time() == 0
    assert refusal.value.retry_after_s == pytest.approx(10, abs=0.1)


@virtual
async def test_a_place_far_back_is_refused_at_once() -> None:
    """What stands before it in the queue counts."""
    limiter = small(1)
    async with anyio.create_task_group() as tasks:
        for _ in range(7):
            tasks.start_soon(limiter.acquire)
        await anyio.sleep(1)
        with pytest.raises(QuotaWaitError) as refusal:
            await limiter.acquire(max_wait_s=30)
        tasks.cancel_scope.cancel()

    assert anyio.current_time() == 1
    assert refusal.value.retry_after_s == pytest.approx(70, abs=1)


@virtual
async def test_the_longest_wait_ends_in_any_case() -> None:
    """A wait whose end nobody could know is over after max_wait_s."""
    limiter = small(2, 1.0)
    await spend(limiter, 2)

    with pytest.raises(QuotaWaitError):
        await limiter.acquire(max_wait_s=5)

    assert 0 < anyio.current_time() <= 5


@virtual
async def test_a_script_of_100_calls_feels_nothing() -> None:
    """The default limiter lets the first hundred calls go at once, of whatever priority."""
    limiter = Limiter()
    await spend(limiter, 100, "bulk")
    await spend(limiter, 100, "interactive")

    assert anyio.current_time() == 0


@virtual
async def test_unlimited() -> None:
    """A limiter that is off asks nobody to wait."""
    limiter = Limiter.unlimited()
    for permit in await spend(limiter, 5_000):
        await permit.settle(exceeded=True)

    assert anyio.current_time() == 0
    assert (await limiter.usage()).quotas == ()


@virtual
async def test_usage() -> None:
    """The usage tells what is left, when more comes back, and who waits."""
    limiter = small(2)
    await (await spend(limiter, 2))[0].settle(ANSWERED)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(limiter.acquire, "bulk")
        await anyio.sleep(4)
        usage = await limiter.usage()
        tasks.cancel_scope.cancel()

    assert (usage.quotas[0].used, usage.quotas[0].left, usage.bulk_waiting) == (2, 0, 1)
    assert usage.quotas[0].next_return_s == pytest.approx(6, abs=0.1)
