"""After `API_LIMIT_EXCEEDED`: one call at a time looks, however many wait."""

from __future__ import annotations

import anyio
from attrs import define, field

from tests.virtual_time import run_virtual
from vaultio.limiter import Limiter
from vaultio.protocol.quota_headers import QuotaReading


@define
class ClosedUntil:
    """A server that refuses everything until an instant in seconds."""

    open_at_s: float
    refused_at_s: list[float] = field(factory=list)
    answered_at_s: list[float] = field(factory=list)
    under_way: int = 0
    most_under_way: int = 0

    async def call(self, limiter: Limiter) -> None:
        """Send one call; it takes a second."""
        permit = await limiter.acquire("bulk")
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await anyio.sleep(1)
        exceeded = anyio.current_time() < self.open_at_s
        (self.refused_at_s if exceeded else self.answered_at_s).append(anyio.current_time())
        self.under_way -= 1
        await permit.settle(QuotaReading(), exceeded=exceeded)


async def crowd(server: ClosedUntil, limiter: Limiter) -> None:
    """Send a first call, and when it is refused two hundred at once."""
    await server.call(limiter)
    async with anyio.create_task_group() as tasks:
        for _ in range(200):
            tasks.start_soon(server.call, limiter)


def test_only_one_probe_is_out_at_a_time() -> None:
    """While the server refuses, it sees single calls, ever further apart."""
    server = ClosedUntil(open_at_s=100)

    run_virtual(crowd(server, Limiter()))

    assert server.refused_at_s == [1, 7, 18, 39, 80]
    assert server.answered_at_s[0] == 141
    assert len(server.answered_at_s) == 201 - 5


def test_the_others_follow_at_a_pace() -> None:
    """When the probe came through, the queue is let out evenly, not at once."""
    server = ClosedUntil(open_at_s=100)

    run_virtual(crowd(server, Limiter()))

    assert server.most_under_way <= 8
