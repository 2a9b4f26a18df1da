"""What the tests of the connections share: clients on `Wire`, and calls that are cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
import httpx

from vaultio.sandbox.raw import RawRequest, reply
from vaultio.transport.connections.pool import Wire


def echo(request: RawRequest) -> bytes:
    """Answer with what was asked for, and on which connection."""
    return reply(request.target.encode(), headers={"X-Connection": str(request.connection)})


def served_by(answer: httpx.Response) -> int:
    """Read the number of the connection that an answer of `echo` came on."""
    return int(answer.headers["x-connection"])


@asynccontextmanager
async def wired(wire: Wire | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of httpx on a wire."""
    async with httpx.AsyncClient(transport=wire or Wire(), timeout=None) as client:
        yield client


async def cancelled_at_every_step(
    call: Callable[[], Awaitable[object]], steps: int, after: Callable[[], Awaitable[object]]
) -> None:
    """Cancel a call after 0, 1, 2 ... *steps* turns of the loop, with *after* in between."""
    for turns in range(steps):
        task = asyncio.ensure_future(call())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        with anyio.fail_after(10):
            await after()
