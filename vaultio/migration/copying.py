"""Copy: documents out of one vault into another, each file checked on both sides.

Files stay on the disk only between the two: no more at once than the spool is large.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import anyio
from attrs import evolve

from vaultio.client import Vault
from vaultio.errors import TargetError
from vaultio.limiter import Meter
from vaultio.migration import claims
from vaultio.migration.carrying import CARRIED, Carrier, CopyTask, Known, or_skip
from vaultio.migration.creating import (
    IDENTITY,
    MISSING,
    RENDITIONS,
    VERSIONS,
    Making,
    Members,
    Target,
    excerpt,
    steps,
)
from vaultio.migration.creating.target import CHUNK
from vaultio.migration.crew import Batch, Crew
from vaultio.migration.drafting import Drafting
from vaultio.migration.entries import Entry, Result
from vaultio.migration.job import Job, OnEvent, host_of
from vaultio.migration.layout import Template
from vaultio.migration.manifest import Manifest
from vaultio.migration.outcome import Report
from vaultio.migration.plan import SAMPLE, Plan, plan_copy
from vaultio.migration.runner import Runner, Step
from vaultio.migration.selection import AllDocuments, Include, Selection
from vaultio.migration.sides import are_same, check
from vaultio.migration.sourcing import LOOKING, CopyFinding, Sourcing, listed
from vaultio.migration.spool import FOLDER, Spool
from vaultio.migration.stream import Mailbox
from vaultio.migration.wanted import Wanted

SPOOL_BYTES = 1024**3

_ALL = AllDocuments()
_SOURCE: tuple[Include, ...] = ("source",)
_NOBODY: Mapping[int, int] = MappingProxyType({})


class Copy(Job):
    """One copy from vault to vault; ``async for event in Copy(...).run()`` does it.

    What is copied: *include* says what of each document beside its fields and file (all that an
    export takes, but annotations: Vault makes no notes of a PDF), *versions* ``"all"`` every
    version instead of the latest, *rendition_types* only these renditions. Of a binder it is the
    latest version. ids in relationships and binders are mapped on the way, those in roles by
    *users* and *groups*.

    A file is fetched into the folder *spool*, held against the size and MD5 that the source
    knows, sent, and removed; what the target then says it has is held against that in pages of
    200. At most *spool_size* bytes lie there at once; a larger file goes alone. *concurrency*
    files are fetched while as many are sent. The manifest lies there too: a run that was stopped
    or killed is gone on with by the next, and with *retry_failed* what failed is tried once more.
    A *crew* of workers elsewhere does what has files; each has a spool of that size in the folder.

    Nothing is made twice: see `Import`, also for *identity* and *settle_s*. Both vaults may be
    the same only if *same_vault* says that this is meant: then every document gets an identity
    made of its id.

    Calls: in the source those of an export, in the target those of an import. Each vault has its
    own quota: give each `Vault` its own limiter, as it has by default.
    """

    def __init__(
        self,
        source_vault: Vault,
        target_vault: Vault,
        *,
        spool: str | os.PathLike[str],
        selection: Selection = _ALL,
        include: Collection[Include] = _SOURCE,
        rendition_types: Collection[str] | None = None,
        versions: Literal["latest", "all"] = "latest",
        identity: str = IDENTITY,
        users: Mapping[int, int] = _NOBODY,
        groups: Mapping[int, int] = _NOBODY,
        spool_size: int = SPOOL_BYTES,
        concurrency: int = 8,
        settle_s: float = 5.0,
        retry_failed: bool = True,
        same_vault: bool = False,
        crew: Crew | None = None,
    ) -> None:
        check(include, versions, concurrency, settle_s)
        is_same = are_same(source_vault, target_vault, may_be=same_vault)
        folder = Path(spool)
        super().__init__(folder, target_vault, Meter(), retry_failed=retry_failed, crew=crew)
        bulk = partial(Vault.with_options, priority="bulk", meter=self._meter)
        self._source = bulk(source_vault, always_md5=True)
        self._target = Target(bulk(target_vault), identity=identity, settle_s=settle_s)
        self._sourcing = Sourcing(
            vault=self._source,
            wanted=Wanted.of(include, rendition_types, versions, Template()),
            drafting=Drafting(host_of(source_vault), identity),
            is_same=is_same,
        )
        self._selection = listed(selection, all_versions=versions == "all")
        self._members = Members(users, groups)
        self._concurrency = concurrency
        self._settle_s = settle_s
        self._spool = Spool(folder / FOLDER, spool_size, at_once=2 * concurrency)
        self._files = Carrier(self._spool, concurrency).files(self._source)
        self._numbers = count(1)

    async def plan(self, *, sample: int = SAMPLE, exact: bool = False) -> Plan:
        """Say what it will take in both vaults; see `Export.plan`. Nothing is written."""
        return await plan_copy(
            self._source,
            self._target.vault,
            self._selection,
            self._sourcing.wanted,
            concurrency=self._concurrency,
            sample=sample,
            exact=exact,
        )

    def _job(self) -> dict[str, Any]:
        return {
            "kind": "copy",
            "source": host_of(self._source),
            "target": host_of(self._target.vault),
            "settings": {"identity": self._target.identity},
        }

    async def _made(self, manifest: Manifest, on_event: OnEvent, box: Mailbox | None) -> Runner:
        # While some are sent as many are fetched.
        at_once = 2 * self._concurrency
        making = self._making(manifest, self._target, self._files, concurrency=at_once)
        finding = CopyFinding(self._sourcing, self._selection, manifest, on_event)
        self._finding = finding
        all_steps = self._steps(making, steps(making, self._members))
        return self._running(manifest, all_steps, on_event, box, finding=finding)

    def _steps(self, making: Making, of_import: list[Step]) -> list[Step]:
        """Add to the steps of an import the look at what documents have, and call the crew."""
        look = Step(stage=LOOKING, work=self._look, concurrency=self._concurrency)
        at = next(at for at, one in enumerate(of_import) if one.stage == VERSIONS) + 1
        all_steps = [*of_import[:at], look, *of_import[at:]]
        if self._crew is None:
            return [_skipping(one) if one.stage == RENDITIONS else one for one in all_steps]
        return [self._crewed(making, one) if one.stage in CARRIED else one for one in all_steps]

    def _crewed(self, making: Making, step: Step) -> Step:
        """Let the crew do a step, all that one document has of it in one batch."""
        assert self._crew is not None

        async def batch(entries: list[Entry]) -> Sequence[Result]:
            key = f"{step.stage}-{next(self._numbers)}"
            known = Known(
                books=await excerpt(making.books, entries), settable=await self._target.settable()
            )
            sent = Batch(key=key, entries=entries, known=known)
            async with claims.offered(self.folder, key):
                done = await self._by_crew(sent)
            self._target.left_out |= done.left_out
            await making.note_left_out()
            return done.settled(sent)

        return Step(
            stage=step.stage,
            batch=batch,
            batch_size=self._crew.batch_size or CHUNK,
            is_whole=True,
            concurrency=self._crew.batches,
        )

    async def _work_through(self, manifest: Manifest, runner: Runner) -> None:
        await self._spool.sweep()
        await manifest.retry_failed(MISSING)
        task = partial(
            CopyTask,
            identity=self._target.identity,
            settle_s=self._settle_s,
            spool_size=self._spool.space.size,
        )
        vaults = [self._source, self._target.vault]
        async with self._tidied(), self._gathered(vaults, lambda place: task(folder=place)):
            await runner.run()
        if runner.is_complete:
            await self._finding.forget()

    @asynccontextmanager
    async def _tidied(self) -> AsyncIterator[None]:
        """Have a place for what a crew claims, and leave nothing of it, or of who died."""
        if self._crew is None:
            yield
            return
        await claims.begin(self.folder)
        try:
            yield
        finally:
            await claims.end(self.folder)
            # What a worker puts there that nobody can reach is swept by the next run.
            with anyio.CancelScope(shield=True), suppress(TargetError):
                await self._spool.sweep()

    async def _look(self, entry: Entry) -> Result:
        return await self._sourcing.look(entry, self._begun.add)

    async def _usage(self) -> tuple[int, int]:
        """Say how much of the burst quota is used, of the vault that has less of it left."""
        usages = [await vault.quota() for vault in (self._source, self._target.vault)]
        bursts = [one.burst for one in usages if one.burst]
        said = [(one.used + one.others, one.limit) for one in bursts]
        return max(said, key=lambda one: one[0] / one[1], default=(0, 0))


def _skipping(step: Step) -> Step:
    """Let a step skip what the source turns out not to have."""
    assert step.work is not None
    return evolve(step, work=or_skip(step.work))


async def copy(
    source_vault: Vault,
    target_vault: Vault,
    *,
    spool: str | os.PathLike[str],
    selection: Selection = _ALL,
    include: Collection[Include] = _SOURCE,
    rendition_types: Collection[str] | None = None,
    versions: Literal["latest", "all"] = "latest",
    identity: str = IDENTITY,
    users: Mapping[int, int] = _NOBODY,
    groups: Mapping[int, int] = _NOBODY,
    spool_size: int = SPOOL_BYTES,
    concurrency: int = 8,
    settle_s: float = 5.0,
    retry_failed: bool = True,
    same_vault: bool = False,
    crew: Crew | None = None,
    on_event: OnEvent | None = None,
) -> Report:
    """Copy, with *on_event* called for each event, and return what was done; see `Copy`."""
    job = Copy(
        source_vault,
        target_vault,
        spool=spool,
        selection=selection,
        include=include,
        rendition_types=rendition_types,
        versions=versions,
        identity=identity,
        users=users,
        groups=groups,
        spool_size=spool_size,
        concurrency=concurrency,
        settle_s=settle_s,
        retry_failed=retry_failed,
        same_vault=same_vault,
        crew=crew,
    )
    return await job.execute(on_event or (lambda _: None))
