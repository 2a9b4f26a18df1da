"""Export a vault while a program looks on, counts, and ends it if too much goes wrong.

The story: an archive takes in all SOPs of a vault, every night. Nobody watches, so the program
does: it iterates over what the job tells, says each failure as it comes, and has the job stopped
gently when more than a few files have failed, for then something is wrong that a person should look
at. What is in flight is still finished. The next night's run goes on from there: the manifest in
the folder knows what is whole.

Run it::

    export VAULTIO_URL=https://myvault.veevavault.com VAULTIO_USER=ana@example.com
    export VAULTIO_PASSWORD=...
    python export_with_events.py

Without a vault, ``vaultio sandbox`` runs one in memory and prints these settings.
"""

from __future__ import annotations

import asyncio
import os
import sys

from vaultio import Password, Vault
from vaultio.migration import ByQuery, Export, Failed, Finished, Listed, Report

FOLDER = "archive"
MOST_FAILURES = 20
SOPS = ByQuery("SELECT id FROM documents WHERE type__v = 'SOP'")


async def archive(vault: Vault) -> Report:
    """Export the files of the SOPs; the report is there however it ended."""
    job, failures, size = Export(vault, FOLDER, selection=SOPS), 0, 0
    async for event in job.run():
        match event:
            case Listed(documents, is_all=True):
                print(f"{documents} documents found")
            case Finished(_, result):
                size += result.size or 0
            case Failed(item, result):
                failures += 1
                print(f"{item.label}: {result.message!r}", file=sys.stderr)
                if failures == MOST_FAILURES:
                    job.stop()
    assert job.report is not None
    print(f"{size / 1e6:.1f} MB fetched in {job.report.calls} calls")
    return job.report


async def main() -> int:
    """Export, and say what is there; 1 if something failed or was left."""
    credentials = Password(os.environ["VAULTIO_USER"], os.environ["VAULTIO_PASSWORD"])
    async with Vault(os.environ["VAULTIO_URL"], credentials, api_version="v24.3") as vault:
        report = await archive(vault)
    print(f"{report.files} files, {report.verified} of them verified by MD5: {report.path}")
    return 0 if report.is_complete and not report.failed else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
