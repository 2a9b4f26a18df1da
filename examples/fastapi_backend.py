"""A FastAPI backend before a vault: look documents up, pass their files on, stay in the quota.

The story: a portal shows documents of a vault to the people of a company. Some have no account
there: for them the portal calls in its own name. Others do: for them it calls in theirs, with the
session that their browser brings along. Several worker processes serve it, and some nights a
migration runs beside it. All of them share the vault's quota through one file, in which people go
before migrations, and nobody's page hangs: whoever would have to wait for more than two seconds
is told when to come back. Files go through the portal in pieces: no disk, no whole file in memory;
if the browser leaves, the vault is left, too.

Run it as a service, with four workers::

    export VAULTIO_URL=https://myvault.veevavault.com VAULTIO_USER=ana@example.com
    export VAULTIO_PASSWORD=... VAULTIO_QUOTA_STORE=sqlite:///quota.db
    pip install "vaultio[fastapi]" uvicorn
    uvicorn fastapi_backend:app --workers 4

and a migration beside it, which waits for the portal's calls and not the other way round::

    vaultio export --to share        # with the same VAULTIO_QUOTA_STORE

or by itself, when it starts, asks itself for a few things, and ends::

    python fastapi_backend.py

Without a vault, ``vaultio sandbox`` runs one in memory and prints the settings.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import uvicorn
from fastapi import Depends, FastAPI
from fastapi.security import APIKeyHeader

from vaultio import Config, Limiter, Password, SessionId, Vault
from vaultio.integrations.fastapi import VaultFile, VaultService, handle_errors

LARGE = 22


def open_vault() -> Vault:
    """Make the client of one worker; nothing is sent before its first call."""
    return Vault(
        os.environ["VAULTIO_URL"],
        Password(os.environ["VAULTIO_USER"], os.environ["VAULTIO_PASSWORD"]),
        api_version="v24.3",
        config=Config(concurrency=24),
        limiter=Limiter(store=os.environ.get("VAULTIO_QUOTA_STORE", "sqlite:///quota.db")),
    )


service = VaultService(open_vault, max_wait_s=2.0)
app = FastAPI(lifespan=service.lifespan)
handle_errors(app)

VaultDep = Annotated[Vault, Depends(service.vault)]
SessionDep = Annotated[str, Depends(APIKeyHeader(name="X-Vault-Session"))]


async def own_vault(vault: VaultDep, session: SessionDep) -> Vault:
    """Call in the name of the user whose session came with the request."""
    return vault.with_session(SessionId(session))


OwnVaultDep = Annotated[Vault, Depends(own_vault)]


@app.get("/documents")
async def search(vault: VaultDep, words: str) -> list[dict[str, Any]]:
    """Find documents; a page of them is enough for a person."""
    page = await vault.documents.retrieve_all(search=words)
    return [{"id": one.id, "name": one.name} for one in page.items]


@app.get("/documents/{document_id}")
async def document(document_id: int, vault: VaultDep) -> dict[str, Any]:
    """Tell of one document."""
    found = await vault.documents.retrieve(document_id)
    return {"id": found.id, "name": found.name, "type": found.type, "version": str(found.version)}


@app.api_route("/documents/{document_id}/file", methods=["GET", "HEAD"])
async def file(document_id: int, vault: VaultDep) -> VaultFile:
    """Pass the file on; for one call more its size and its MD5 are known."""
    return VaultFile(vault.documents.open(document_id, verify=True))


@app.get("/documents/{document_id}/pdf")
async def pdf(document_id: int, vault: VaultDep) -> VaultFile:
    """Show the PDF that the vault made of a document."""
    rendition = vault.documents.renditions(document_id).open("viewable_rendition__v")
    return VaultFile(rendition, inline=True, filename=f"document-{document_id}.pdf")


@app.get("/documents/{document_id}/attachments/{attachment_id}")
async def attachment(document_id: int, attachment_id: int, vault: VaultDep) -> VaultFile:
    """Pass an attachment on."""
    return VaultFile(vault.documents.attachments(document_id).open(attachment_id))


@app.get("/own/documents/{document_id}/file")
async def own_file(document_id: int, vault: OwnVaultDep) -> VaultFile:
    """Pass a file on to somebody who may see it in the vault."""
    return VaultFile(vault.documents.open(document_id))


@app.get("/quota")
async def quota(vault: VaultDep) -> dict[str, Any]:
    """Tell how the quota stands that all workers and migrations share; costs no call."""
    usage = await vault.quota()
    return {
        "left": {one.name: one.left for one in usage.quotas},
        "waiting": usage.interactive_waiting,
        "waiting_in_bulk": usage.bulk_waiting,
    }


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
    """Look documents up, read a large one piece by piece, its end, and one that is not there."""
    async with running() as url, httpx.AsyncClient(base_url=url) as browser:
        print((await browser.get("/documents", params={"words": "protocol"})).json()[0])
        async with browser.stream("GET", f"/documents/{LARGE}/file") as response:
            response.raise_for_status()
            sizes = [len(chunk) async for chunk in response.aiter_raw()]
        print(f"{sum(sizes):,} bytes, at most {max(sizes):,} at a time")
        print(response.headers["Content-Disposition"])
        end = await browser.get(f"/documents/{LARGE}/file", headers={"Range": "bytes=-100"})
        print(end.status_code, end.headers["Content-Range"])
        missing = await browser.get("/documents/999999/file")
        print(missing.status_code, missing.json())
        print((await browser.get("/quota")).json())


if __name__ == "__main__":
    asyncio.run(main())
