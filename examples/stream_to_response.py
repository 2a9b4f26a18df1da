"""Pass files of a vault on to a browser, however large, in constant memory.

The story: a portal shows documents of a vault to people who have no account there. A request of the
portal becomes a call of Vault, and what comes from Vault goes out chunk by chunk: no disk, no whole
file in memory. If Vault says no, the answer is a proper 404 or 503, as nothing was sent by then; if
the reader leaves half way, the connection to Vault is closed at once.

Run it as a service::

    export VAULTIO_URL=https://myvault.veevavault.com VAULTIO_USER=ana@example.com
    export VAULTIO_PASSWORD=...
    uvicorn stream_to_response:app

or by itself, when it starts, asks itself for a document, and ends::

    python stream_to_response.py

Without a vault, ``vaultio sandbox`` runs one in memory and prints these settings. `VaultFile` works
in FastAPI as it stands; Starlette and uvicorn come with ``pip install "vaultio[sandbox]"``.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from urllib.parse import quote

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from vaultio import FileStream, NotFoundError, Password, QuotaWaitError, Vault

LARGE = 22


class VaultFile(Response):
    """A response whose body is a file of a vault: open exactly as long as the response is."""

    def __init__(self, opened: AbstractAsyncContextManager[FileStream]) -> None:
        super().__init__()
        self.opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open the file, then send it; what opening raises, exception handlers see."""
        async with self.opened as stream:
            headers = {"X-Content-Type-Options": "nosniff"}
            if stream.length is not None:
                headers["Content-Length"] = str(stream.length)
            if stream.name is not None:
                name = quote(stream.name, safe="", errors="replace")
                headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
            response = StreamingResponse(stream, 200, headers, stream.content_type)
            await response(scope, receive, send)


async def download(request: Request) -> Response:
    """Answer ``GET /documents/{id}``; *verify* finds out the length, for one call more."""
    vault: Vault = request.state.vault
    return VaultFile(vault.documents.open(request.path_params["id"], verify=True))


async def not_found(_: Request, __: Exception) -> Response:
    """Say that there is no such document."""
    return PlainTextResponse("There is no such document.", 404)


async def too_busy(_: Request, error: Exception) -> Response:
    """Say when to come back, rather than let the reader wait for quota."""
    after_s = error.retry_after_s if isinstance(error, QuotaWaitError) else 1.0
    return PlainTextResponse("Busy.", 503, {"Retry-After": f"{after_s:.0f}"})


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Vault]]:
    """Keep one client for all requests: one session, one set of connections, one limiter."""
    credentials = Password(os.environ["VAULTIO_USER"], os.environ["VAULTIO_PASSWORD"])
    async with Vault(os.environ["VAULTIO_URL"], credentials, api_version="v24.3") as vault:
        yield {"vault": vault.with_options(max_wait_s=2.0)}


app = Starlette(
    routes=[Route("/documents/{id:int}", download)],
    exception_handlers={NotFoundError: not_found, QuotaWaitError: too_busy},
    lifespan=lifespan,
)


@asynccontextmanager
async def running() -> AsyncIterator[str]:
    """Run the service on any free port; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


async def main() -> None:
    """Read a large document chunk by chunk, as a browser would, and one that is not there."""
    async with running() as url, httpx.AsyncClient(base_url=url) as browser:
        async with browser.stream("GET", f"/documents/{LARGE}") as response:
            response.raise_for_status()
            sizes = [len(chunk) async for chunk in response.aiter_raw()]
        print(f"{sum(sizes):,} bytes, at most {max(sizes):,} at a time")
        print(response.headers["Content-Disposition"])
        print((await browser.get("/documents/999999")).status_code)


if __name__ == "__main__":
    asyncio.run(main())
