"""What the tests of the connections share: clients on `Wire`, and a look at open files."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest
import trustme

from vaultio.sandbox.raw import RawRequest, reply
from vaultio.transport.connections.pool import Wire

OPEN_FILES = Path("/proc/self/fd")
counts_files = pytest.mark.skipif(not OPEN_FILES.exists(), reason="counts as Linux does")
authority = trustme.CA()


def open_files() -> int:
    """Count what this process holds open, sockets too."""
    return len(list(OPEN_FILES.iterdir()))


def echo(request: RawRequest) -> bytes:
    """Answer with what was asked for, and on which connection."""
    return reply(request.target.encode(), headers={"X-Connection": str(request.connection)})


def served_by(answer: httpx.Response) -> int:
    """Read the number of the connection that an answer of `echo` came on."""
    return int(answer.headers["x-connection"])


def server_tls(*names: str) -> ssl.SSLContext:
    """Make the context of a server that is known by *names*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("localhost",))).configure_cert(context)
    return context


def client_tls() -> ssl.SSLContext:
    """Make the context of a client that trusts the servers of `server_tls`."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


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


@asynccontextmanager
async def nothing_left_open() -> AsyncIterator[None]:
    """Check that the block closes every socket that it opened."""
    await asyncio.sleep(0.05)
    before = open_files()
    yield
    with anyio.fail_after(10):
        while open_files() > before:  # noqa: ASYNC110 # there is nobody to say when
            await asyncio.sleep(0.01)
