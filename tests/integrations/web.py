"""Apps on real sockets in the test's own loop, and a browser that can do what browsers do."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import uvicorn
from attrs import define, frozen
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio import Password, Vault
from vaultio.integrations.fastapi import VaultFile, VaultService, handle_errors
from vaultio.sandbox import Sandbox


class Server(uvicorn.Server):
    """A server that leaves the signals of the tests alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[int]:
    """Serve *app* while the block lasts; gives the port."""
    config = uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1)
    server = Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:
                assert not serving.done(), "the app did not start"
                await asyncio.sleep(0.005)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def started(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Start *app* without a socket, as servers do it; what its start raises comes out."""
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        wire = httpx.ASGITransport(with_state)
        async with httpx.AsyncClient(transport=wire, base_url="http://app") as client:
            yield client


@frozen
class Answer:
    """What a browser got; `is_whole` says whether it would take the body for complete."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool


@define
class Browser:
    """Speaks HTTP/1.1 itself: what it makes of a connection's end is what is looked at."""

    port: int
    version: str = "1.1"

    async def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask, read to the end of the connection, and judge it; ``If_Range=`` is a header."""
        reader, writer = await self.open(path, method, **headers)
        try:
            return _judged(await reader.read(), method)
        finally:
            writer.close()

    async def open(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Ask, and leave the reading to the caller."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        said = {"Host": "app", "Connection": "close"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/{self.version}", *(f"{k}: {v}" for k, v in said.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        return reader, writer


def _judged(data: bytes, method: str) -> Answer:
    head, _, rest = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    status = int(first.split(" ")[1])
    if method == "HEAD" or status in {204, 304}:
        return Answer(status, headers, rest, rest == b"")
    if headers.get("transfer-encoding") == "chunked":
        body, is_whole = _unchunked(rest)
        return Answer(status, headers, body, is_whole)
    length = headers.get("content-length")
    # Without either the end of the connection is all there is, and seems right always.
    return Answer(status, headers, rest, length is None or len(rest) == int(length))


def _unchunked(rest: bytes) -> tuple[bytes, bool]:
    body = bytearray()
    while b"\r\n" in rest:
        size, _, rest = rest.partition(b"\r\n")
        count = int(size, 16)
        if not count:
            return bytes(body), True
        body += rest[:count]
        rest = rest[count + 2 :]
    return bytes(body), False


@define
class Web:
    """An app, its vault, and a browser in front of it."""

    sandbox: Sandbox
    browser: Browser
    vaults: list[Vault]

    @property
    def vault(self) -> Vault:
        """The client that the app opened last."""
        return self.vaults[-1]

    @property
    def held(self) -> tuple[int, int]:
        """The connections in use and the permits not yet settled; both 0 when nothing runs."""
        return self.vault._caller.road.gate.in_use, self.vault.limiter._bell.under_way

    async def settled(self) -> bool:
        """Wait until nothing is held any more, at most a few seconds."""
        with anyio.move_on_after(5):
            while self.held != (0, 0):  # noqa: ASYNC110 - nobody tells
                await anyio.sleep(0.01)
        return self.held == (0, 0)


@asynccontextmanager
async def serving(
    sandbox: Sandbox, change: Callable[[FastAPI], object] | None = None, **options: Any
) -> AsyncIterator[Web]:
    """Serve a sandbox, and before it an app that passes on its files; *options* are the client's.

    *change* may put more into the app.
    """
    async with sandbox.serve() as url:
        vaults: list[Vault] = []

        def open_vault() -> Vault:
            credentials = Password(USER, PASSWORD)
            vaults.append(Vault(url, credentials, api_version="v11.0", **options))
            return vaults[-1]

        app = app_of(VaultService(open_vault, max_wait_s=0.5))
        if change is not None:
            change(app)
        async with running(app) as port:
            yield Web(sandbox, Browser(port), vaults)


def app_of(service: VaultService) -> FastAPI:
    """Make an app that tells of documents and passes on their files in several ways."""
    app = FastAPI(lifespan=service.lifespan)
    handle_errors(app)
    given = Depends(service.vault)

    @app.get("/documents/{document_id}")
    async def name(document_id: int, vault: Vault = given) -> dict[str, str | None]:
        return {"name": (await vault.documents.retrieve(document_id)).name}

    @app.api_route("/documents/{document_id}/file", methods=["GET", "HEAD"])
    async def file(
        document_id: int, verify: bool = True, inline: bool = False, vault: Vault = given
    ) -> VaultFile:
        opening = vault.documents.open(document_id, verify=verify)
        return VaultFile(opening, inline=inline, stall_s=1.0)

    @app.get("/documents/{document_id}/renditions/{kind}")
    async def rendition(document_id: int, kind: str, vault: Vault = given) -> VaultFile:
        return VaultFile(vault.documents.renditions(document_id).open(kind))

    @app.get("/documents/{document_id}/attachments/{attachment_id}")
    async def attachment(document_id: int, attachment_id: int, vault: Vault = given) -> VaultFile:
        attachments = vault.documents.attachments(document_id)
        checksum = (await attachments.retrieve(attachment_id)).checksum
        return VaultFile(attachments.open(attachment_id, verify=checksum))

    return app
