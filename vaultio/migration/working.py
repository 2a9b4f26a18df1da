"""What an export does with one item; here, or in another process, to which this can be sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import frozen

from vaultio.client import Vault
from vaultio.downloads import Progress
from vaultio.migration.crew import Add, Bench, Shift
from vaultio.migration.describing import described, roles, tree, unknown
from vaultio.migration.entries import Entry, Result
from vaultio.migration.fetching import fetched
from vaultio.migration.wanted import Wanted


@frozen(kw_only=True)
class ExportTask:
    """The work on the items of an export into *folder*.

    With *has_twins* another process may be at the same item: a worker that was taken for dead.
    """

    folder: Path
    wanted: Wanted
    has_twins: bool = False

    @asynccontextmanager
    async def bench(self, vaults: Sequence[Vault], at_once: int) -> AsyncIterator[Bench]:
        """Make ready on a worker."""
        [vault] = vaults
        yield Shift(vault, self.do, at_once)

    async def do(self, vault: Vault, entry: Entry, add: Add, progress: Progress) -> Result:
        """Do one item: a file, or a look at what a document or binder has."""
        if entry.source_version is None and entry.kind == "document":
            return await unknown(vault, entry)
        if entry.kind == "document":
            async for drafts in described(vault, entry, self.wanted):
                await add(drafts)
            return Result(number=entry.number, state="done")
        if entry.kind == "role":
            return await roles(vault, entry)
        if entry.kind == "binder":
            return await tree(vault, entry, self.wanted)
        return await fetched(vault, entry, self.folder, progress, has_twins=self.has_twins)
