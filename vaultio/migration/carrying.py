"""Files carried from a source to a target: by the program of a copy, or by workers elsewhere.

A worker may die, or be taken for dead, when it has just sent what another one is then asked to
send again. So each batch has a claim (see `vaultio.migration.claims`): who begins one that was
begun before looks with patience at what is there, and whoever lost a claim sends nothing more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import anyio
from attrs import define, evolve, field, frozen

from vaultio.client import Vault
from vaultio.downloads import Progress
from vaultio.errors import TargetError
from vaultio.limiter import Meter
from vaultio.migration.claims import Claim, claimed, new_holder
from vaultio.migration.creating import (
    Excerpt,
    Files,
    Making,
    Settable,
    Target,
    attachments,
    documents,
    renditions,
    versions,
)
from vaultio.migration.crew import Batch, Bench, Done
from vaultio.migration.entries import Entry, Result
from vaultio.migration.fetching import fetched
from vaultio.migration.spool import FOLDER as SPOOL
from vaultio.migration.spool import NoFileError, Spool, removed
from vaultio.migration.trouble import MOST_LINE_ERRORS, Outage

Work = Callable[[Entry], Awaitable[Result]]


class Carrier:
    """Has files in *spool* on their way: *at_once* are fetched while as many are sent."""

    def __init__(self, spool: Spool, at_once: int) -> None:
        self.spool = spool
        self._fetching, self._sending = (anyio.Semaphore(at_once) for _ in range(2))

    def files(self, source: Vault) -> Files:
        """Say where items' files come from."""

        @asynccontextmanager
        async def file(entry: Entry) -> AsyncIterator[Path]:
            async def fetch(folder: Path, progress: Progress) -> Result:
                async with self._fetching:
                    return await fetched(source, there, folder, progress)

            there = evolve(entry, path="./", tries=1)
            async with (
                self.spool.file(entry.number, entry.expected_size, fetch) as path,
                self._sending,
            ):
                yield path

        return file


def or_skip(work: Work) -> Work:
    """Let work skip what the source turns out not to have."""

    async def done(entry: Entry) -> Result:
        try:
            return await work(entry)
        except NoFileError as none:
            return none.result

    return done


async def _renditions(making: Making, entries: list[Entry]) -> list[Result]:
    outcomes = await making.each(entries, or_skip(partial(renditions.rendition, making)))
    return [making.result(*one) for one in zip(entries, outcomes, strict=True)]


_STAGES = {
    documents.STAGE: documents.documents,
    versions.STAGE: versions.versions,
    renditions.STAGE: _renditions,
    attachments.STAGE: attachments.attachments,
}
CARRIED = frozenset(_STAGES)
"""The stages in which files are sent."""


@frozen(kw_only=True)
class Known:
    """What a worker cannot find out by itself of a batch of a copy."""

    books: Excerpt
    settable: Settable
    """Of the target's documents: see `Target.settable`."""


@frozen(kw_only=True)
class CopyTask:
    """The work on the files of a copy whose manifest lies in *folder*.

    Each worker has a spool of *spool_size* bytes there. *identity* and *settle_s* are those of the
    `Target`.
    """

    folder: Path
    identity: str
    settle_s: float
    spool_size: int

    @asynccontextmanager
    async def bench(self, vaults: Sequence[Vault], at_once: int) -> AsyncIterator[Bench]:
        """Make ready on a worker: with a spool of its own."""
        source, target = vaults
        holder = new_holder()
        spool = Spool(self.folder / SPOOL / holder, self.spool_size, at_once=2 * at_once)
        await spool.sweep()
        try:
            yield CopyBench(self, source, target, holder, at_once, Carrier(spool, at_once))
        finally:
            await spool.remove()


@define
class CopyBench:
    """Where a worker, *holder* in claims, brings files from a source into a target."""

    task: CopyTask
    source: Vault
    target: Vault
    holder: str
    at_once: int
    carrier: Carrier
    is_over: bool = False
    """Nothing more is to be begun."""

    _outage: Outage = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._outage = Outage(MOST_LINE_ERRORS + 2 * self.at_once)

    async def work(self, batch: Batch) -> Done:
        """Do a batch, all of one stage; items that were not begun wait."""
        claim = await claimed(self.task.folder, batch.key, self.holder)
        entries = await self._cautious(claim, batch.entries)
        meter = Meter(guard=claim.check)
        making = self._making(batch.known, meter)
        results = await _STAGES[entries[0].stage](making, entries)
        await claim.finish()
        error = None if claim.is_lost else making.trouble
        return Done(
            results=results,
            left_out=frozenset(making.target.left_out),
            calls=meter.calls,
            waited_s=meter.waited_s,
            trouble=None if error is None else f"{type(error).__name__}: {error}",
        )

    def _making(self, known: Known, meter: Meter) -> Making:
        task = self.task
        source = self.source.with_options(priority="bulk", meter=meter, always_md5=True)
        target = Target(
            self.target.with_options(priority="bulk", meter=meter),
            identity=task.identity,
            settle_s=task.settle_s,
            settable=known.settable,
        )
        return Making(
            target=target,
            books=known.books,
            files=self.carrier.files(source),
            concurrency=2 * self.at_once,
            is_stopped=lambda: self.is_over,
            outage=self._outage,
        )

    async def _cautious(self, claim: Claim, entries: Sequence[Entry]) -> list[Entry]:
        """Wait for what others may have sent, and let it be looked for.

        Of documents that were begun in earlier runs the stage itself looks twice.
        """
        is_again = any(one.tries > 1 for one in entries) and entries[0].stage != documents.STAGE
        if claim.before or (claim.before is None and is_again):
            # Whoever it was sends no more; what was sent shows by then.
            await anyio.sleep(self.task.settle_s)
        if claim.before is None:
            return list(entries)
        if claim.before.isdecimal() and claim.before != self.holder:
            with suppress(TargetError):  # it may live: the driver sweeps once more
                await removed(self.carrier.spool.folder.with_name(claim.before))
        return [evolve(one, tries=max(2, one.tries)) for one in entries]
