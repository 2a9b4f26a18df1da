"""The loop whose clock jumps."""

from __future__ import annotations

import asyncio
import time

import anyio
import anyio.to_thread
import pytest

from tests.virtual_time import run_virtual, virtual


def test_an_hour_passes_in_a_moment() -> None:
    """Sleeping costs no time, and the clock tells the hour."""

    async def hour() -> float:
        await asyncio.gather(*(anyio.sleep(second) for second in range(3_600)))
        return anyio.current_time()

    began_s = time.perf_counter()
    assert run_virtual(hour()) == pytest.approx(3_599)
    assert time.perf_counter() - began_s < 5


@virtual
async def test_threads_are_waited_for() -> None:
    """Work in a thread ends although no time passes."""
    assert await anyio.to_thread.run_sync(lambda: 42) == 42
