"""What ends too early: an event loop with calls in it, a store with calls under way."""

from __future__ import annotations

import asyncio

import anyio

from tests.limiter.ledgers import Shelf, holder
from tests.limiter.server import worst_window
from tests.virtual_time import virtual
from vaultio.limiter import Limiter, Permit, Quota, Store
from vaultio.protocol.quota_headers import QuotaReading


def limiter(store: Store | None) -> Limiter:
    """Make the limiter of one process."""
    quota = Quota(10, 20.0)
    return Limiter(burst=quota, daily=None, pace=None, reserved_share=0, store=store)


def test_a_loop_that_ends_with_calls_waiting() -> None:
    """Who comes in the next one waits neither for those calls, nor for what they had begun."""
    limits, loop = limiter(holder(Shelf(), lambda: 0.01)), asyncio.new_event_loop()
    tasks = [loop.create_task(limits.acquire("bulk")) for _ in range(11)]
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()

    asyncio.run(asyncio.wait_for(send(limits), 20))

    assert not any(task.done() for task in tasks)


async def send(limits: Limiter) -> None:
    """Make a call."""
    permit = await limits.acquire("bulk")
    await permit.settle(QuotaReading())
    await limits.aclose()


@virtual
async def test_a_store_that_is_closed_before_its_calls_have_ended() -> None:
    """They count until their answers are in, however long that takes."""
    shelf, times_s = Shelf(), list[float]()
    one, other = limiter(holder(shelf)), limiter(holder(shelf))
    await send(other)
    permits = [await one.acquire() for _ in range(8)]
    await one.aclose()

    with anyio.move_on_after(60):
        async with anyio.create_task_group() as tasks:
            for permit in permits:
                tasks.start_soon(end, permit, times_s, 26.0)
            while True:
                await end(await other.acquire(), times_s)

    assert worst_window(times_s, 20.0) <= 10


async def end(permit: Permit, times_s: list[float], after_s: float = 0.0) -> None:
    """Have a call counted and answered after so many seconds."""
    await anyio.sleep(after_s)
    times_s.append(anyio.current_time())
    await permit.settle(QuotaReading())
