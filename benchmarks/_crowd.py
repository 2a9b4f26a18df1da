"""Many small jobs, so many at a time: in tasks or in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor


async def in_tasks(number: int, in_flight: int, do: Callable[[int], Awaitable[object]]) -> None:
    """Do the jobs 0 to *number*; each task takes the next as soon as its last is done."""
    numbers = iter(range(number))

    async def work() -> None:
        for one in numbers:
            await do(one)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(number, in_flight)):
            group.create_task(work())


def in_threads(number: int, in_flight: int, work: Callable[[Iterator[int]], object]) -> None:
    """Let *work* take jobs from one iterator in so many threads, each with a client of its own."""
    numbers = iter(range(number))  # next() of it holds the lock of the interpreter
    with ThreadPoolExecutor(in_flight) as pool:
        for done in [pool.submit(work, numbers) for _ in range(min(number, in_flight))]:
            done.result()
