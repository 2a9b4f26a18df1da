"""Copy: documents out of one vault into another, each file checked on both sides.

Files stay on the disk only between the two: no more at once than the spool is large.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import anyio
from attrs import evolve

from vaultio.client import Vault
from vaultio.downloads import Progress
from vaultio.limiter import Meter
from vaultio.migration.creating import (
    IDENTITY,
    MISSING,
    RENDITIONS,
    VERSIONS,
    Members,
    Target,
    steps,
)
from vaultio.migration.drafting import Drafting
from vaultio.migration.entries import Entry, Result
from vaultio.migration.fetching import fetched
from vaultio.migration.job import Job, OnEvent, host_of
from vaultio.migration.layout import Template
from vaultio.migration.manifest import Manifest
from vaultio.migration.outcome import Report
from vaultio.migration.plan import SAMPLE, Plan, plan_copy
from vaultio.migration.runner import Runner, Step
from vaultio.migration.selection import AllDocuments, Include, Selection
from vaultio.migration.sides import are_same, check
from vaultio.migration.sourcing import LOOKING, CopyFinding, Sourcing, listed
from vaultio.migration.spool import NoFileError, Spool
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
    ) -> None:
        check(include, versions, concurrency, settle_s)
        is_same = are_same(source_vault, target_vault, may_be=same_vault)
        super().__init__(Path(spool), target_vault, Meter(), retry_failed=retry_failed)
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
        self._spool = Spool(self.folder, spool_size, at_once=2 * concurrency)
        self._fetching, self._sending = (anyio.Semaphore(concurrency) for _ in range(2))

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
        making = self._making(manifest, self._target, self._file, concurrency=at_once)
        finding = CopyFinding(self._sourcing, self._selection, manifest, on_event)
        self._finding = finding
        all_steps = self._steps(steps(making, self._members))
        return self._running(manifest, all_steps, on_event, box, finding=finding)

    def _steps(self, of_import: list[Step]) -> list[Step]:
        """Add to the steps of an import the look at what documents have."""
        look = Step(stage=LOOKING, work=self._look, concurrency=self._concurrency)
        at = next(at for at, one in enumerate(of_import) if one.stage == VERSIONS) + 1
        all_steps = [*of_import[:at], look, *of_import[at:]]
        return [_skipping(one) if one.stage == RENDITIONS else one for one in all_steps]

    async def _work_through(self, manifest: Manifest, runner: Runner) -> None:
        await self._spool.sweep()
        await manifest.retry_failed(MISSING)
        await runner.run()
        if runner.is_complete:
            await self._finding.forget()

    async def _look(self, entry: Entry) -> Result:
        return await self._sourcing.look(entry, self._begun.add)

    @asynccontextmanager
    async def _file(self, entry: Entry) -> AsyncIterator[Path]:
        """Have an item's file in the spool: others are fetched while it is sent."""

        async def fetch(folder: Path, progress: Progress) -> Result:
            async with self._fetching:
                return await fetched(self._source, there, folder, progress)

        there = evolve(entry, path="./", tries=1)
        async with (
            self._spool.file(entry.number, entry.expected_size, fetch) as path,
            self._sending,
        ):
            yield path

    async def _usage(self) -> tuple[int, int]:
        """Say how much of the burst quota is used, of the vault that has less of it left."""
        usages = [await vault.quota() for vault in (self._source, self._target.vault)]
        bursts = [one.burst for one in usages if one.burst]
        said = [(one.used + one.others, one.limit) for one in bursts]
        return max(said, key=lambda one: one[0] / one[1], default=(0, 0))


def _skipping(step: Step) -> Step:
    """Let a step skip what the source turns out not to have."""
    work = step.work
    assert work is not None

    async def or_skip(entry: Entry) -> Result:
        try:
            return await work(entry)
        except NoFileError as none:
            return none.result

    return evolve(step, work=or_skip)


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
    )
    return await job.execute(on_event or (lambda _: None))
