"""Export: documents out of a vault into a folder, whole, checked, and accounted for.

Finding documents and fetching files overlap. Nothing grows with their number but the manifest and
the files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

from attrs import evolve

from vaultio.client import Vault
from vaultio.errors import InvalidArgumentError, VaultioError
from vaultio.limiter import Meter
from vaultio.migration.crew import Batch, Crew
from vaultio.migration.disk import changed, sweep, unknowable
from vaultio.migration.entries import Entry, Result
from vaultio.migration.events import Event, Progressed
from vaultio.migration.fetching import MISSING, STALE
from vaultio.migration.finding import Finding
from vaultio.migration.job import Job, OnEvent, host_of
from vaultio.migration.layout import DEFAULT, METADATA, Template
from vaultio.migration.manifest import Manifest
from vaultio.migration.metadata import write_metadata
from vaultio.migration.outcome import FILES, Report
from vaultio.migration.plan import SAMPLE, Plan, plan_export
from vaultio.migration.runner import Runner, Step
from vaultio.migration.selection import AllDocuments, Include, Selection
from vaultio.migration.stream import Mailbox
from vaultio.migration.wanted import BINDERS_STAGE, FILES_STAGE, Wanted
from vaultio.migration.working import ExportTask

_ALL = AllDocuments()
_SOURCE: tuple[Include, ...] = ("source",)
_PAGE = 1_000
_BATCH = 16
"""Files that a worker is given at a time, so many that it seldom waits for more."""

Recheck = Literal["size", "md5", "none"]
"""How files of earlier runs are held against the manifest before more are fetched."""


class Export(Job):
    """One export into the folder *to*; ``async for event in Export(...).run()`` does it.

    What is fetched: *include* says what of each document; *versions* ``"all"`` every version
    instead of the latest; *rendition_types* only these renditions. Where it goes: *template*, see
    `vaultio.migration.layout`. The fields of all documents go to ``metadata/``, see
    `vaultio.migration.metadata`.

    Every file is checked against the size and MD5 that Vault knows (renditions and annotations
    have none) and appears under its name only when it is whole. ``vaultio-manifest.db`` in the
    folder has a row for each item. A run that was stopped or killed is gone on with by the next,
    from where it was: what is whole is not fetched again, and nothing is listed again. After one
    that came to its end the next looks for what is new. Files of earlier runs are held against
    their size first (*recheck*: also ``"md5"``, which reads them all, or ``"none"``); with
    *retry_failed* what failed is tried once more.

    Calls: a file costs one. Finding documents costs one for each 200; a selection by ids or
    query, and all versions, cost one more for the names of the fields. A document costs one more
    for its renditions (not if *rendition_types* names one alone), one for its attachments (none
    if the call for the renditions has said that there are none), one each for roles and
    relationships; a binder one, and an earlier version of one another for each section. They are
    `bulk` calls. *concurrency* files are fetched at once.
    """

    def __init__(
        self,
        vault: Vault,
        to: str | os.PathLike[str],
        *,
        selection: Selection = _ALL,
        include: Collection[Include] = _SOURCE,
        rendition_types: Collection[str] | None = None,
        versions: Literal["latest", "all"] = "latest",
        template: str = DEFAULT,
        concurrency: int = 8,
        recheck: Recheck = "size",
        retry_failed: bool = True,
        crew: Crew | None = None,
    ) -> None:
        _check(include, versions, concurrency, recheck)
        meter = Meter()
        super().__init__(Path(to), vault, meter, retry_failed=retry_failed, crew=crew)
        self._vault = vault.with_options(priority="bulk", meter=meter, always_md5=True)
        self._wanted = Wanted.of(include, rendition_types, versions, Template(template))
        self._selection = selection
        self._concurrency = concurrency
        self._recheck = recheck
        self._task = ExportTask(folder=self.folder, wanted=self._wanted)

    async def plan(self, *, sample: int = SAMPLE, exact: bool = False) -> Plan:
        """Say what it will take, from a look at *sample* documents; see `Plan`.

        Costs their calls, and of the list 50 pages (all if *exact*). Nothing is written.
        """
        args = self._vault, self._selection, self._wanted
        return await plan_export(*args, concurrency=self._concurrency, sample=sample, exact=exact)

    def _job(self) -> dict[str, Any]:
        """Say whose manifest it is. The folder may be moved, so it is not part of that."""
        settings = {"template": self._wanted.template.text}
        source = host_of(self._vault)
        return {"kind": "export", "source": source, "target": ".", "settings": settings}

    async def _made(self, manifest: Manifest, on_event: OnEvent, box: Mailbox | None) -> Runner:
        self._finding = finding = Finding(
            self._vault, self._selection, self._wanted, manifest, on_event
        )
        binders = Step(stage=BINDERS_STAGE, work=self._work, concurrency=self._concurrency)
        steps = [self._files_step(), binders]
        return self._running(manifest, steps, on_event, box, finding=finding)

    def _files_step(self) -> Step:
        if self._crew is None:
            return Step(stage=FILES_STAGE, work=self._work, concurrency=self._concurrency)
        return Step(
            stage=FILES_STAGE,
            batch=self._sent_out,
            batch_size=self._crew.batch_size or _BATCH,
            concurrency=self._crew.batches,
        )

    async def _work_through(self, manifest: Manifest, runner: Runner) -> None:
        await self._tidy(manifest)
        await self._look_at_files(manifest)
        task = partial(evolve, self._task, has_twins=True)
        try:
            async with self._gathered([self._vault], lambda place: task(folder=place)):
                await runner.run()
        except VaultioError:
            with suppress(VaultioError):  # the first error says more
                await write_metadata(manifest, self.folder)
            raise
        if runner.is_complete:
            await self._finding.forget()
        await write_metadata(manifest, self.folder)

    async def _tidy(self, manifest: Manifest) -> None:
        """Remove the parts of dead runs: they lie where the items go that those had begun."""
        folders = {self.folder, self.folder / METADATA}
        async for entry in manifest.entries(state="leased"):
            folders.add(_folder_of(self.folder, entry))
        await sweep(folders)

    async def _look_at_files(self, manifest: Manifest) -> None:
        """Let those wait again that are done, but not on the disk any more."""
        if self._recheck == "none":
            return
        page: list[Entry] = []
        async for entry in manifest.entries(state="done"):
            if entry.kind in FILES:
                page.append(entry)
            if len(page) >= _PAGE:
                await self._look_at(manifest, page)
                page = []
        await self._look_at(manifest, page)

    async def _look_at(self, manifest: Manifest, page: list[Entry]) -> None:
        gone = await changed(self.folder, page, by_md5=self._recheck == "md5")
        await manifest.reopen(gone)

    async def _work(self, entry: Entry) -> Result:
        def progress(size: int, total: int | None) -> None:
            self._begun.tell(Progressed(entry, size, total or entry.expected_size))

        return await self._task.do(self._vault, entry, self._begun.add, progress)

    async def _sent_out(self, entries: list[Entry]) -> list[Result]:
        """Let the crew do items."""
        stale = await unknowable(self.folder, entries)
        batch = Batch(
            key=str(entries[0].number),
            entries=[_light(one, is_stale=one.number in stale) for one in entries],
            folders=frozenset(_folder_of(self._place, one) for one in entries),
        )
        return (await self._by_crew(batch)).settled(batch)


def _folder_of(folder: Path, entry: Entry) -> Path:
    """Say where the parts of an item's file lie while it is fetched."""
    path = folder / (entry.path or "")
    return path if (entry.path or "/").endswith("/") else path.parent


def _light(entry: Entry, *, is_stale: bool) -> Entry:
    """Take of a file's item only what fetching it needs."""
    data = dict(entry.data)
    if entry.kind in FILES:
        data = {name: value for name, value in data.items() if name == MISSING}
    return evolve(entry, data={**data, STALE: True} if is_stale else data)


async def export(
    vault: Vault,
    to: str | os.PathLike[str],
    *,
    selection: Selection = _ALL,
    include: Collection[Include] = _SOURCE,
    rendition_types: Collection[str] | None = None,
    versions: Literal["latest", "all"] = "latest",
    template: str = DEFAULT,
    concurrency: int = 8,
    recheck: Recheck = "size",
    retry_failed: bool = True,
    crew: Crew | None = None,
    on_event: Callable[[Event], object] | None = None,
) -> Report:
    """Export documents into the folder *to*, and return what was done; see `Export`.

    What fails is counted and the rest goes on, but an error that would be that of all ends the
    run and is raised. *on_event* is called in the event loop with each `Event`; what it raises
    ends the run. One job at a time writes to a folder.
    """
    job = Export(
        vault,
        to,
        selection=selection,
        include=include,
        rendition_types=rendition_types,
        versions=versions,
        template=template,
        concurrency=concurrency,
        recheck=recheck,
        retry_failed=retry_failed,
        crew=crew,
    )
    return await job.execute(on_event or (lambda _: None))


def _check(include: Collection[Include], versions: str, concurrency: int, recheck: str) -> None:
    """Refuse what cannot be meant, before anything is touched."""
    if not set(include) <= set(get_args(Include)):
        raise InvalidArgumentError(
            f"include takes {', '.join(get_args(Include))}, not {', '.join(sorted(include))!r}"
        )
    if not include:
        raise InvalidArgumentError(f"include takes one or more of {', '.join(get_args(Include))}")
    if versions not in {"latest", "all"} or recheck not in get_args(Recheck):
        raise InvalidArgumentError("versions is latest or all, recheck is size, md5 or none")
    if concurrency < 1:
        raise InvalidArgumentError(f"concurrency must be at least 1, not {concurrency}")
