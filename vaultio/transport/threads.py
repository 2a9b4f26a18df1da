"""Work in threads that a task can neither cancel nor leave behind."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio


async def outlast(*work: asyncio.Future[Any] | None) -> None:
    """Wait for *work* however often the task is cancelled meanwhile; that is raised then.

    What came of the work is not: ask the futures.
    """
    futures = [future for future in work if future is not None]
    cancelled: asyncio.CancelledError | None = None
    with anyio.CancelScope(shield=True):  # or an anyio scope would cancel over and over
        while not all(future.done() for future in futures):
            try:
                await asyncio.wait(futures)
            except asyncio.CancelledError as error:
                cancelled = error
    for future in futures:
        _ = future.cancelled() or future.exception()  # or asyncio logs it as never looked at
    if cancelled is not None:
        raise cancelled
