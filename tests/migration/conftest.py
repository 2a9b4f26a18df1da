"""What the tests of exports share: the order of one, a small disk, a look at what is left."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.tools.disks import small_disk
from tests.leaks import PASSWORD
from vaultio import Password, Vault
from vaultio.migration import MANIFEST_NAME, Entry, Include, Manifest
from vaultio.sandbox import Sandbox

__all__ = ["small_disk"]

EVERYTHING: tuple[Include, ...] = ("source", "renditions", "attachments")


def files(folder: Path) -> list[str]:
    """Name all files below *folder* but manifest and metadata, with ``/``, sorted."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    beside = (MANIFEST_NAME, "metadata/", "vaultio-report.")
    return sorted(name for name in found if not name.startswith(beside))


def top(folder: Path) -> set[str]:
    """Name what lies in *folder* itself."""
    return {path.name for path in folder.iterdir()}


def died(folder: Path) -> None:
    """Make the manifest look as if the run had been killed with all its files in its hands."""
    with closing(sqlite3.connect(folder / MANIFEST_NAME)) as database, database:
        database.execute(
            "UPDATE items SET state = 'leased', holder = 'dead', lease_until = 1e12, size = NULL"
            " WHERE kind = 'source'"
        )


async def items(folder: Path, kind: str | None = None) -> list[Entry]:
    """Read the items of a manifest, all or of one kind, ordered by document."""
    async with Manifest(folder / MANIFEST_NAME) as manifest:
        found = [one async for one in manifest.entries() if kind in {None, one.kind}]
    return sorted(found, key=lambda one: (int(one.source_id), one.number))


@pytest.fixture
def target() -> Sandbox:
    """An empty vault to bring things into, with the same user."""
    sandbox = Sandbox()
    sandbox.users["ana@example.com"].password = PASSWORD
    return sandbox


@pytest.fixture
async def there(target: Sandbox) -> AsyncIterator[Vault]:
    """A client of that vault."""
    address, credentials = "https://target.veevavault.com", Password("ana@example.com", PASSWORD)
    async with Vault(
        address, credentials, api_version="v11.0", transport=target.transport()
    ) as vault:
        yield vault
