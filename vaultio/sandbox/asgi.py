"""A sandbox behind Starlette and uvicorn, for what needs a real connection.

Imported only when it is used: the sandbox itself needs neither of the two.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from vaultio.sandbox.failures import ConnectionCutError
from vaultio.sandbox.wire import Headers, SandboxRequest

try:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import StreamingResponse
    from starlette.routing import Mount
    from starlette.types import Receive, Scope, Send
except ImportError as error:  # pragma: no cover - depends on what is installed
    raise ImportError(
        'to serve a sandbox, install its extra: pip install "vaultio[sandbox]"'
    ) from error

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox


class _Endpoint:
    """The whole sandbox as one ASGI endpoint; its own router knows the paths."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            reply = await self._sandbox.handle(
                SandboxRequest(
                    method=request.method,
                    path=scope["raw_path"].decode("latin-1"),
                    query=scope["query_string"].decode("latin-1"),
                    headers=Headers(request.headers.items()),
                    body=request.stream(),
                    scheme=scope["scheme"],
                )
            )
        except ConnectionCutError:
            # ASGI cannot stay silent: what goes out is a status line and half of a body.
            await _promise_and_leave(send)
            return
        response = StreamingResponse(reply.chunks(), reply.status)
        response.raw_headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in reply.headers.items()
        ]
        try:
            with contextlib.suppress(ConnectionCutError):
                # An answer that is left unfinished makes uvicorn close the connection.
                await response(scope, receive, send)
        finally:
            await reply.aclose()


async def _promise_and_leave(send: Send) -> None:
    headers = [(b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": True})


def application(sandbox: Sandbox) -> Starlette:
    """Return the sandbox as a Starlette application."""
    return Starlette(routes=[Mount("/", app=_Endpoint(sandbox))])


class _Server(uvicorn.Server):
    """A server that says when it is ready, and leaves the signals of its process alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets=sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing: this server is a guest in somebody's loop."""
        yield


def _config(sandbox: Sandbox) -> uvicorn.Config:
    return uvicorn.Config(
        application(sandbox),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=0,
    )


@asynccontextmanager
async def serve(sandbox: Sandbox, port: int = 0) -> AsyncIterator[str]:
    """Serve on 127.0.0.1 in this loop while the context is open; gives the base URL."""
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it on, every
    # small answer waits 40 ms for the client's acknowledgement of its headers.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = _Server(_config(sandbox))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        # A server that fails to start must not leave us waiting.
        running.add_done_callback(lambda _: server.ready.set())
        try:
            await server.ready.wait()
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
            # Let the tasks that the shutdown cancelled come to their end.
            await asyncio.gather(*server.server_state.tasks, return_exceptions=True)


def run(sandbox: Sandbox, port: int = 8000) -> None:
    """Serve on 127.0.0.1 until interrupted."""
    uvicorn.run(
        application(sandbox), host="127.0.0.1", port=port, log_level="warning", lifespan="off"
    )
