"""The way to a browser: which may leave, may take nothing, and must not believe in half a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Send

_BREAK_S = 1.0


class Outlet:
    """One answer on its way out; `sent` are the bytes of its body that the server has taken."""

    def __init__(self, send: Send, stall_s: float) -> None:
        self._send = send
        self._stall_s = stall_s
        self.is_begun = False
        self.sent = 0

    async def begin(self, response: Response) -> None:
        """Send the status and the headers."""
        self.is_begun = True
        status, headers = response.status_code, response.raw_headers
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, piece: bytes) -> None:
        """Send a piece of the body; `ClientDisconnect` if the browser does not take it in time."""
        with anyio.move_on_after(self._stall_s) as patience:
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            self.sent += len(piece)
        if patience.cancelled_caught:
            raise ClientDisconnect(f"the browser took nothing for {self._stall_s:g} s")

    async def end(self) -> None:
        """Say that this was all."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def break_off(self) -> None:
        """Make sure that nobody takes what was sent for a whole file; an error has to follow.

        With servers that error is enough. But Starlette's ``BaseHTTPMiddleware``, and so whatever
        is an ``@app.middleware("http")``, ends the body in good order before it looks at the
        error. By a message that no server knows it, too, is broken off.
        """
        with anyio.move_on_after(_BREAK_S), suppress(Exception):
            # Each refuses it in a way of its own; whoever does not look at types meets the body.
            await self._send({"type": "vaultio.broken", "body": "not bytes", "more_body": True})


@asynccontextmanager
async def while_there(receive: Receive) -> AsyncIterator[anyio.CancelScope]:
    """Cancel the block when the browser leaves; `cancelled_caught` says afterwards if it did."""
    with anyio.CancelScope() as scope:
        # Not in a task group: what the block raises is to come out as it is.
        watcher = asyncio.create_task(_watch(receive, scope), name="vaultio: is the browser there")
        watcher.add_done_callback(_ended)
        try:
            yield scope
        finally:
            watcher.cancel()


async def _watch(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass  # the body of the request, which nobody wants
    scope.cancel()


def _ended(watcher: asyncio.Task[None]) -> None:
    """Look at what a middleware may have raised in place of a message: there is nobody to tell."""
    if not watcher.cancelled():
        watcher.exception()
