"""Minimum distances in time: one poll in ten seconds for each job."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from tests.virtual_time import virtual
from vaultio.errors import QuotaWaitError
from vaultio.limiter import Spacing


@virtual
async def test_grants_of_a_key_are_apart_and_in_order() -> None:
    """Three who want the same job are served one by one, first come first served."""
    spacing, served = Spacing(), list[tuple[int, float]]()

    async def poll(number: int) -> None:
        await spacing.wait("job 7", 10)
        served.append((number, anyio.current_time()))

    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(poll, number)

    assert served == [(0, 0), (1, 10), (2, 20)]


@virtual
async def test_keys_do_not_know_of_each_other() -> None:
    """Two jobs may be asked about in the same instant."""
    spacing = Spacing()
    await spacing.wait("job 7", 10)
    await spacing.wait("job 8", 10)

    assert anyio.current_time() == 0


@virtual
async def test_a_cancelled_wait_is_no_grant() -> None:
    """Who goes away takes no place: the next one is not put off."""
    spacing = Spacing()
    await spacing.wait("job 7", 10)
    going = [asyncio.create_task(spacing.wait("job 7", 10)) for _ in range(5)]
    staying = asyncio.create_task(spacing.wait("job 7", 10))
    await anyio.sleep(1)
    for task in going:
        task.cancel()
    await staying

    assert anyio.current_time() == 10


@virtual
async def test_too_long_a_wait_is_refused_at_once() -> None:
    """Those before it in the queue count."""
    spacing = Spacing()
    await spacing.wait("job 7", 10)
    before = asyncio.create_task(spacing.wait("job 7", 10))
    await anyio.sleep(1)

    with pytest.raises(QuotaWaitError) as refusal:
        await spacing.wait("job 7", 10, max_wait_s=15)

    assert (anyio.current_time(), refusal.value.retry_after_s) == (1, 19)
    await before


@virtual
async def test_counting_from_the_answer() -> None:
    """A poll that was slow on its way is not followed too soon."""
    spacing = Spacing()
    await spacing.wait("job 7", 10)
    await anyio.sleep(4)
    spacing.answered("job 7", 10)
    await spacing.wait("job 7", 10)

    assert anyio.current_time() == 14


@virtual
async def test_old_keys_are_forgotten() -> None:
    """A week of jobs does not fill the memory."""
    spacing = Spacing()
    for number in range(10_000):
        await spacing.wait(f"job {number}", 10)
        await anyio.sleep(1)

    assert len(spacing) < 30
