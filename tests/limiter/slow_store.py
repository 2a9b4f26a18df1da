"""A store as far away as a database: each operation suspends before and after it is done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from vaultio.limiter import MemoryStore, Priority, Usage
from vaultio.protocol.quota_headers import QuotaReading


@asynccontextmanager
async def _far_away() -> AsyncIterator[None]:
    await anyio.sleep(0.01)
    yield
    await anyio.sleep(0.01)


class SlowStore(MemoryStore):
    """The memory store, 20 ms away."""

    longest_wait_s = 1.0
    is_near = False

    async def take(
        self, ticket: str, priority: Priority, waiting: tuple[int, int] = (0, 0)
    ) -> float:
        """Let the call go, or say how long to wait, in seconds."""
        async with _far_away():
            return await super().take(ticket, priority, waiting)

    async def settle(self, ticket: str, reading: QuotaReading | None, *, exceeded: bool) -> None:
        """Note how a call ended."""
        async with _far_away():
            await super().settle(ticket, reading, exceeded=exceeded)

    async def give_back(self, ticket: str) -> None:
        """Take a permit back."""
        async with _far_away():
            await super().give_back(ticket)

    async def forecast(self, priority: Priority, ahead: int) -> float:
        """Say how long a call waits, in seconds."""
        async with _far_away():
            return await super().forecast(priority, ahead)

    async def usage(self) -> Usage:
        """Describe all quotas."""
        async with _far_away():
            return await super().usage()
