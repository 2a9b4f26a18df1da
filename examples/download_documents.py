"""Download every document that a query finds, each one checked.

The story: a study is over, and its protocols go to an archive. A query finds them and tells their
sizes and MD5 sums as well, so checking each file costs no further call. Eight downloads run at a
time, as ``bulk`` calls, so that people who use the same program are not kept waiting. A file that
fails does not stop the others; a second run fetches what is missing.

Run it::

    export VAULTIO_URL=https://myvault.veevavault.com VAULTIO_USER=ana@example.com
    export VAULTIO_PASSWORD=...
    python download_documents.py "SELECT ... FROM documents WHERE type__v = 'Protocol'"

Without a vault, ``vaultio sandbox`` runs one in memory and prints these settings. The command
``vaultio export`` does all this and more; this is how to do it in a program of your own.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import anyio
from attrs import define

from vaultio import Checksum, Password, Vault, VaultioError
from vaultio.downloads import Progress

FOLDER = Path("documents")
AT_A_TIME = 8
Row = tuple[int, Checksum]
QUERY = """
    SELECT id, name__v, size__v, md5checksum__v FROM documents WHERE type__v = 'Protocol'
"""


@define
class Work:
    """What is done so far, and what went wrong."""

    vault: Vault
    files: int = 0
    size: int = 0
    failed: int = 0

    async def download_all(self, vql: str) -> None:
        """Let a few workers share the rows of the query."""
        async with aclosing(self.documents(vql)) as rows, anyio.create_task_group() as workers:
            turn = anyio.Lock()
            for _ in range(AT_A_TIME):
                workers.start_soon(self.work, rows, turn)

    async def documents(self, vql: str) -> AsyncGenerator[Row, None]:
        """Ask for the documents page by page; binders and placeholders have no file."""
        async for row in self.vault.query(vql):
            if row["size__v"] is not None:
                yield row["id"], Checksum(row["size__v"], row["md5checksum__v"])

    async def work(self, rows: AsyncGenerator[Row, None], turn: anyio.Lock) -> None:
        """Download one document after the other until none is left."""
        while True:
            async with turn:
                row = await anext(rows, None)
            if row is None:
                return
            try:
                await self.download(*row)
            except VaultioError as error:
                self.failed += 1
                print(f"document {row[0]}: {error}", file=sys.stderr)

    async def download(self, document_id: int, checksum: Checksum) -> None:
        """Download one document into a folder of its own: names need not differ."""
        saved = await self.vault.documents.download(
            document_id,
            to=f"{FOLDER}/{document_id}/",
            on_exists="skip",
            progress=self.progress(),
            verify=checksum,
        )
        self.files += 1
        print(f"{saved.path}: {'there already' if saved.skipped else saved.verified}")

    def progress(self) -> Progress:
        """Count the bytes of one more file; a fetch that starts over takes its bytes back."""
        before = 0

        def count(done: int, _: int | None) -> None:
            nonlocal before
            self.size += done - before
            before = done
            if sys.stderr.isatty():
                print(f"\r{self.files} files, {self.size / 1e6:.1f} MB ", end="", file=sys.stderr)

        return count


async def main() -> int:
    """Download what the query finds; 1 if something failed."""
    credentials = Password(os.environ["VAULTIO_USER"], os.environ["VAULTIO_PASSWORD"])
    vql = sys.argv[1] if len(sys.argv) > 1 else QUERY
    async with Vault(os.environ["VAULTIO_URL"], credentials, api_version="v24.3") as vault:
        work = Work(vault.with_options(priority="bulk"))
        await work.download_all(vql)
    print(f"{work.files} files, {work.size / 1e6:.1f} MB fetched, {work.failed} failed")
    return 1 if work.failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
