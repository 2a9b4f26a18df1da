"""Run an export inside a FastAPI service: start it, see how far it is, stop it.

The story: people of a department press a button on a web page to have the vault exported to a
share. The export runs as a task of the service, beside its other requests; the page asks now and
then how far it is. Its calls are ``bulk`` ones, so requests that use the same vault are not kept
waiting. If the service goes down in the middle, the export is ended with it, cleanly; the button
goes on from there, for the manifest in the folder knows what is whole.

Run it as a service::

    export VAULTIO_URL=https://myvault.veevavault.com VAULTIO_USER=ana@example.com
    export VAULTIO_PASSWORD=...
    pip install "vaultio[fastapi]" uvicorn && uvicorn export_service:app

or by itself, when it starts, presses its own buttons, and ends::

    python export_service.py

Without a vault, ``vaultio sandbox`` runs one in memory and prints these settings.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import uvicorn
from attrs import define, field
from fastapi import FastAPI, HTTPException, Request

from vaultio import Password, Vault, VaultioError
from vaultio.integrations.fastapi import VaultService, handle_errors
from vaultio.migration import Export, Failed, Finished, Skipped

FOLDER = "share"


@define
class Exporting:
    """The export of the service: there is one at a time."""

    vault: Vault
    job: Export | None = None
    task: asyncio.Task[None] | None = None
    settled: int = 0
    failures: list[str] = field(factory=list)
    error: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is one just now."""
        return self.task is not None and not self.task.done()

    def start(self) -> None:
        """Begin, or go on with what an earlier one left."""
        self.job, self.error = Export(self.vault, FOLDER), None
        self.settled, self.failures = 0, []
        self.task = asyncio.create_task(self._follow(self.job))

    async def _follow(self, job: Export) -> None:
        try:
            async for event in job.run():
                self.settled += isinstance(event, Finished | Skipped | Failed)
                if isinstance(event, Failed) and len(self.failures) < 100:
                    self.failures.append(f"{event.item.label}: {event.result.message}")
        except VaultioError as error:  # one that would be every document's
            self.error = str(error)

    async def close(self) -> None:
        """End it with the service: what is not whole is not there."""
        if self.task is not None:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task


def open_vault() -> Vault:
    """Make the client that the export and all requests share."""
    credentials = Password(os.environ["VAULTIO_USER"], os.environ["VAULTIO_PASSWORD"])
    return Vault(os.environ["VAULTIO_URL"], credentials, api_version="v24.3")


service = VaultService(open_vault)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
    """Have the client open while the service runs, and end the export before it."""
    async with service.lifespan(app) as state:
        exporting = Exporting(state["vault"])
        try:
            yield {**state, "exporting": exporting}
        finally:
            await exporting.close()


app = FastAPI(lifespan=lifespan)
handle_errors(app)


@app.post("/export", status_code=202)
async def start(request: Request) -> dict[str, Any]:
    """Start the export; 409 if it runs already."""
    exporting: Exporting = request.state.exporting
    if exporting.is_running:
        raise HTTPException(409, "An export runs already.")
    exporting.start()
    return await progress(request)


@app.get("/export")
async def progress(request: Request) -> dict[str, Any]:
    """Say how far it is."""
    exporting: Exporting = request.state.exporting
    report = exporting.job.report if exporting.job else None
    return {
        "is_running": exporting.is_running,
        "settled": exporting.settled,
        "failures": exporting.failures,
        "error": exporting.error,
        "is_complete": bool(report and report.is_complete),
        "files": report.files if report else None,
    }


@app.delete("/export", status_code=202)
async def stop(request: Request) -> dict[str, Any]:
    """Let what is in flight be finished, and begin nothing more."""
    exporting: Exporting = request.state.exporting
    if exporting.job is not None:
        exporting.job.stop()
    return await progress(request)


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


async def finished(page: httpx.AsyncClient) -> dict[str, Any]:
    """Ask until it has ended."""
    while True:
        said: dict[str, Any] = (await page.get("/export")).json()
        if not said["is_running"]:
            return said
        await asyncio.sleep(0.1)


async def main() -> None:
    """Start, stop, and start again, as people do."""
    async with running() as url, httpx.AsyncClient(base_url=url) as page:
        print((await page.post("/export")).status_code, (await page.post("/export")).status_code)
        await page.delete("/export")
        stopped = await finished(page)
        print(f"stopped: {stopped['files']} files, complete: {stopped['is_complete']}")
        await page.post("/export")
        ended = await finished(page)
        print(f"ended: {ended['files']} files, complete: {ended['is_complete']}")
        assert ended["is_complete"], ended


if __name__ == "__main__":
    asyncio.run(main())
