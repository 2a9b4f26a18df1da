"""Bring documents of an old system into a vault: a CSV says what they are, files lie beside it.

The story: a file server is given up. Somebody has made a list of its documents, with a number for
each, the fields that the vault wants, and where the file is. The number becomes the external id: by
that the import sees what is there already, so it may be run until nothing is missing, and a lost
answer makes nothing twice. A row that the vault refuses fails alone, is said, and is tried again by
the next run, when somebody has mended it.

Run it::

    export VAULTIO_URL=https://myvault.veevavault.com VAULTIO_USER=ana@example.com
    export VAULTIO_PASSWORD=...
    python import_from_csv.py documents.csv

Without a list it makes a small one. Without a vault, ``vaultio sandbox`` runs one in memory and
prints these settings.
"""

from __future__ import annotations

import asyncio
import csv
import os
import sys
from pathlib import Path

from vaultio import Password, Vault
from vaultio.migration import Failed, Import

LIST = Path("old-server/documents.csv")
COLUMNS = ("external_id__v", "name__v", "type__v", "lifecycle__v", "file")


def make_list() -> Path:
    """Make a file server of twelve documents and the list of them."""
    (LIST.parent / "files").mkdir(parents=True, exist_ok=True)
    with LIST.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(1, 13):
            name = f"files/{number}.txt"
            (LIST.parent / name).write_text(f"Old document {number}\n" * 1_000)
            row = (f"OLD-{number:04}", f"Document {number}", "SOP", "General Lifecycle", name)
            rows.writerow(row)
    return LIST


async def bring(vault: Vault, listed: Path) -> bool:
    """Import what is listed; whether all of it is there."""
    job = Import(vault, listed)
    # Nothing is written for the plan, and it costs no call.
    print(await job.plan())
    async for event in job.run():
        if isinstance(event, Failed):
            print(f"{event.item.label}: {event.result.message!r}", file=sys.stderr)
    assert job.report is not None
    print(f"{job.report.count('done')} items are there, {job.report.failed} failed")
    return job.report.is_complete and not job.report.failed


async def main() -> int:
    """Import the list on the command line; 1 if something is missing."""
    listed = Path(sys.argv[1]) if len(sys.argv) > 1 else make_list()
    credentials = Password(os.environ["VAULTIO_USER"], os.environ["VAULTIO_PASSWORD"])
    async with Vault(os.environ["VAULTIO_URL"], credentials, api_version="v24.3") as vault:
        return 0 if await bring(vault, listed) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
