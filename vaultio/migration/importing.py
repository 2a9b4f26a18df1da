"""Import: what an export brought, or a CSV lists, into a vault; each thing exactly once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from vaultio.client import Vault
from vaultio.errors import InvalidArgumentError
from vaultio.limiter import Meter
from vaultio.migration.bundle import Bundle, is_table, root_of
from vaultio.migration.census import Census
from vaultio.migration.creating import IDENTITY, MISSING, Members, Target, steps
from vaultio.migration.disk import in_thread
from vaultio.migration.drafting import Drafting
from vaultio.migration.entries import Draft, Entry
from vaultio.migration.events import Listed
from vaultio.migration.job import Job, OnEvent, host_of
from vaultio.migration.manifest import NAME, Manifest
from vaultio.migration.outcome import Report
from vaultio.migration.plan import Plan
from vaultio.migration.plan_import import plan_import
from vaultio.migration.runner import Runner
from vaultio.migration.stream import Mailbox

_NOBODY: Mapping[int, int] = MappingProxyType({})


class Import(Job):
    """One import of *source* into *vault*; ``async for event in Import(...).run()`` does it.

    *source* is the folder of an export, or a CSV with a row for each document: its fields by
    Vault's names, and ``file``, the path of its file below the CSV's folder. Documents are
    created first, then their later versions, renditions, attachments, roles, binders with what
    is in them, and relationships. ids are mapped on the way; what needs something that failed
    fails with its name, and is tried again by the next run.

    Nothing is made twice: each document has an *identity*, by default ``external_id__v``, of
    its own or made of where it came from and its id. It is looked up before it is created, and
    again where an answer was lost; what was created and not found at once is looked for a second
    time *settle_s* seconds later. What is there already counts as done, if its file is the same.
    After the upload the size and MD5 that the vault has are held against those of the file.

    The manifest lies in *folder*, by default ``import-{host}`` beside the files; a run that was
    stopped or killed is gone on with by the next, and with *retry_failed* what failed is tried
    once more. *users* and *groups* map ids in roles, those that are not in them stay as they are.

    Calls: a document with a file costs one, 500 without a file cost one, and each 200 cost two
    queries; a version one, and one more if fields changed with it; a rendition or attachment
    one, an attachment's description one; the roles of 1,000 documents one; a binder two, and one
    for each node; a relationship one. With *staged*, the path on the vault's staging server
    where a copy of the folder lies, documents cost one for 500, and versions may have any number.
    *migration_mode* lets bulk calls set states too; the user needs a permission for that.
    """

    def __init__(
        self,
        vault: Vault,
        source: str | os.PathLike[str],
        *,
        folder: str | os.PathLike[str] | None = None,
        identity: str = IDENTITY,
        users: Mapping[int, int] = _NOBODY,
        groups: Mapping[int, int] = _NOBODY,
        staged: str | None = None,
        migration_mode: bool = False,
        concurrency: int = 8,
        settle_s: float = 5.0,
        retry_failed: bool = True,
    ) -> None:
        if concurrency < 1:
            raise InvalidArgumentError(f"concurrency must be at least 1, not {concurrency}")
        if settle_s < 0:
            raise InvalidArgumentError(f"settle_s must not be negative, but is {settle_s}")
        self._source = Path(source)
        self._host = host_of(vault)
        meter = Meter()
        place = Path(folder) if folder is not None else self._default()
        super().__init__(place, vault, meter, retry_failed=retry_failed)
        self._target = Target(
            vault.with_options(priority="bulk", meter=meter),
            identity=identity,
            settle_s=settle_s,
            staged=staged,
            migration_mode=migration_mode,
        )
        self._members = Members(users, groups)
        self._concurrency = concurrency
        self._bundle = Bundle(self._source, Drafting("", identity))

    async def plan(self) -> Plan:
        """Say what it will take, by what lies there; no call is made, and nothing is written.

        A vault that has some of it already needs fewer calls.
        """
        origin = await _origin(self._source, self.folder)
        bundle = Bundle(self._source, Drafting(origin, self._target.identity))
        return await plan_import(self._target.vault, bundle, concurrency=self._concurrency)

    async def execute(self, on_event: OnEvent, box: Mailbox | None = None) -> Report:
        """Do it with *on_event* called for each event; what that raises ends the run."""
        origin = await _origin(self._source, self.folder)
        self._bundle = Bundle(self._source, Drafting(origin, self._target.identity))
        self._origin = origin
        return await super().execute(on_event, box)

    def _default(self) -> Path:
        name = f"import-{self._host}"
        if is_table(self._source):
            name = f"{self._source.stem}-{name}"
        return root_of(self._source) / name

    def _job(self) -> dict[str, Any]:
        """Say whose manifest it is. The folder may be moved, so it is not part of that."""
        settings = {"identity": self._target.identity}
        return {
            "kind": "import",
            "source": self._origin,
            "target": self._host,
            "settings": settings,
        }

    async def _made(self, manifest: Manifest, on_event: OnEvent, box: Mailbox | None) -> Runner:
        making = self._making(manifest, self._target, self._file, concurrency=self._concurrency)
        return self._running(manifest, steps(making, self._members), on_event, box)

    async def _work_through(self, manifest: Manifest, runner: Runner) -> None:
        await self._enter(manifest, runner)
        await manifest.retry_failed(MISSING)
        await runner.run()

    async def _enter(self, manifest: Manifest, runner: Runner) -> None:
        """Read all that is to be imported before anything is: a row that is wrong says so now."""
        documents, is_new = 0, not await manifest.has_items()
        census = Census(manifest)
        await census.begin()
        async with aclosing(self._bundle.pages()) as pages:
            async for page in pages:
                if runner.is_stopping:
                    return
                await census.count(page)
                if not is_new:
                    await manifest.revise(page)
                await runner.add(page)
                documents += sum(map(_is_document, page))
                runner.tell(Listed(documents, is_all=False))
        await census.end()
        runner.tell(Listed(documents, is_all=True))

    @asynccontextmanager
    async def _file(self, entry: Entry) -> AsyncIterator[Path]:
        yield await in_thread(lambda _: self._bundle.path_of(entry))


def _is_document(draft: Draft) -> bool:
    return draft.kind in {"document", "binder"} and draft.detail is None


async def _origin(source: Path, folder: Path) -> str:
    """Say where a bundle came from: the vault that it was exported from, or its own place.

    Its name alone would not do: many tables are called documents.csv. Where the import has begun
    it is as it was then, for all may have been moved since.
    """
    if not await in_thread(lambda _: source.exists()):
        raise InvalidArgumentError(f"there is nothing at {source} to import")
    path = source / NAME
    if await in_thread(lambda _: path.is_file()):
        async with Manifest(path) as manifest:
            return str((await manifest.job())["source"])
    place = await in_thread(lambda _: source.resolve())
    digest = hashlib.sha256(os.fsencode(place.parent)).hexdigest()
    begun = folder / NAME
    if await in_thread(lambda _: begun.is_file()):
        async with Manifest(begun) as manifest:
            before = str((await manifest.job())["source"])
        if before.rpartition(":")[0] == place.name:
            return before
    return f"{place.name}:{digest[:12]}"


async def import_documents(
    vault: Vault,
    source: str | os.PathLike[str],
    *,
    folder: str | os.PathLike[str] | None = None,
    identity: str = IDENTITY,
    users: Mapping[int, int] = _NOBODY,
    groups: Mapping[int, int] = _NOBODY,
    staged: str | None = None,
    migration_mode: bool = False,
    concurrency: int = 8,
    settle_s: float = 5.0,
    retry_failed: bool = True,
    on_event: OnEvent | None = None,
) -> Report:
    """Import the folder of an export, or what a CSV lists, into *vault*; see `Import`.

    What fails is counted and the rest goes on, but an error that would be that of all ends the
    run and is raised. *on_event* is called in the event loop with each `Event`; what it raises
    ends the run.
    """
    job = Import(
        vault,
        source,
        folder=folder,
        identity=identity,
        users=users,
        groups=groups,
        staged=staged,
        migration_mode=migration_mode,
        concurrency=concurrency,
        settle_s=settle_s,
        retry_failed=retry_failed,
    )
    return await job.execute(on_event or (lambda _: None))
