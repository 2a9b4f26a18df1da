"""Make a controlled copy of a document and keep the archive, proved to be whole.

The story: a batch record goes to the shop floor as a controlled copy, which Vault keeps account of.
A user action on one version starts a job; when the job has ended, it says where its ZIP archive is.
Vault knows no checksum of that archive, so the archive has to prove itself: every file in it is
unpacked into nothing and held against its CRC.

Run it::

    export VAULTIO_URL=https://myvault.veevavault.com VAULTIO_USER=ana@example.com
    export VAULTIO_PASSWORD=...
    python controlled_copy.py

Without a vault, ``vaultio sandbox`` runs one in memory and prints these settings.
``vault.controlled_copies.create`` takes the three steps in the middle in one call.
"""

from __future__ import annotations

import asyncio
import os

from vaultio import Password, Vault, VersionNumber
from vaultio.downloads import verify_zip

QUERY = """
    SELECT id, major_version_number__v, minor_version_number__v
    FROM documents WHERE type__v = 'Batch Record'
"""
USUALLY_TAKES_S = 5.5


async def find(vault: Vault) -> tuple[int, VersionNumber]:
    """Find a batch record and its version."""
    row = (await vault.query(QUERY)).items[0]
    return row["id"], VersionNumber(row["major_version_number__v"], row["minor_version_number__v"])


async def copy(vault: Vault, document_id: int, number: VersionNumber) -> None:
    """Start the action, wait for its job, fetch the archive, look into it."""
    version = vault.documents.version(document_id, number.major, number.minor)
    actions = await version.lifecycle_actions.retrieve_all()
    action = next(one for one in actions if one.type == "controlledCopy")
    print(f"{action.label!r} of document {document_id}, version {number}")

    job_id = await vault.controlled_copies.start(version, action.name)
    # Vault answers about a job once in 10 s: who asks too early waits 10 s more.
    await asyncio.sleep(USUALLY_TAKES_S)
    job = await vault.jobs.wait(job_id, timeout_s=600)
    saved = await vault.controlled_copies.download(job, to="copies/", on_exists="unique")

    files = await verify_zip(saved.path)
    print(f"{saved.path}: {saved.size:,} bytes, {files} files, every CRC is right")


async def main() -> None:
    """Make one controlled copy."""
    credentials = Password(os.environ["VAULTIO_USER"], os.environ["VAULTIO_PASSWORD"])
    async with Vault(os.environ["VAULTIO_URL"], credentials, api_version="v24.3") as vault:
        await copy(vault, *await find(vault))


if __name__ == "__main__":
    asyncio.run(main())
