"""Export: documents out of a vault into a folder, whole, checked, and accounted for.

Two stages with bounded queues between them: documents are found and described while the files of
earlier ones are fetched. Nothing grows with their number but the report file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from contextlib import aclosing
from pathlib import Path
from typing import get_args

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from vaultio.client import Vault
from vaultio.errors import InvalidArgumentError, VaultioError
from vaultio.migration.disk import look, opened
from vaultio.migration.export_events import (
    Ended,
    Event,
    Failed,
    Finished,
    Found,
    Listed,
    Progressed,
    Skipped,
    Started,
)
from vaultio.migration.items import Include, Item, Outcome, State, failed
from vaultio.migration.journal import Journal
from vaultio.migration.report import REPORT_NAME, Counts, ExportReport, line
from vaultio.migration.selection import AllDocuments, Candidate, Meter, Selection, candidates
from vaultio.migration.work import described, fetch, stops_all

_ALL = AllDocuments()
_SOURCE: tuple[Include, ...] = ("source",)
_EVENT: dict[State, Callable[[Outcome], Event]] = {
    "fetched": Finished,
    "kept": Skipped,
    "skipped": Skipped,
    "failed": Failed,
}


async def export(
    vault: Vault,
    to: str | os.PathLike[str],
    *,
    selection: Selection = _ALL,
    include: Collection[Include] = _SOURCE,
    concurrency: int = 8,
    quick: bool = False,
    on_event: Callable[[Event], object] | None = None,
) -> ExportReport:
    """Export documents into the folder *to*, laid out as in `vaultio.migration.layout`.

    Every file is checked against the size and MD5 that Vault knows (renditions have none) and
    appears under its name only when it is whole. Running it again fetches what is missing or
    differs: a file that is whole costs no download call, but is read once for its MD5, unless
    *quick* looks at its size alone. What vaultio cannot see without a call is a rendition that
    Vault made anew.

    Calls: one for 200 documents (`AllDocuments`); one a file that is fetched; with renditions or
    attachments one a document, and one more a document that has attachments. They are `bulk`
    calls. *concurrency* files are fetched at once, 1 to what `Config.concurrency` lets through.

    Binders are skipped, and so are documents without a file. What fails is counted and the rest
    goes on, but an error that would be that of all (the login, the quota's longest wait, a
    downtime, a full disk) ends the run and is raised, as is one of finding the documents. Ended
    in whatever way, cancelled too, it leaves no unfinished file, and ``vaultio-export.jsonl``
    with a line for every item; see `vaultio.migration.report.line` for its keys.

    *on_event* is called in the event loop with each `Event`; what it raises ends the run. One
    export at a time writes to a folder.
    """
    wanted = frozenset(include)
    if not wanted or not wanted <= set(get_args(Include)):
        raise InvalidArgumentError(
            f"include takes {', '.join(get_args(Include))}, not {', '.join(sorted(wanted))!r}"
        )
    if concurrency < 1:
        raise InvalidArgumentError(f"concurrency must be at least 1, not {concurrency}")
    run = _Run(vault, Path(to), wanted, quick, on_event or (lambda _: None))
    return await run.run(selection, concurrency)


class _Run:
    """One export: what it is to do, and what it has done so far."""

    def __init__(
        self,
        vault: Vault,
        folder: Path,
        include: frozenset[Include],
        quick: bool,
        tell: Callable[[Event], object],
    ) -> None:
        self._vault = vault.with_options(priority="bulk")
        self._folder = folder
        self._include = include
        self._quick = quick
        self._tell = tell
        self._meter = Meter()
        self._counts = Counts()
        self._journal = Journal(folder / REPORT_NAME)
        self._begun = anyio.current_time()

    async def run(self, selection: Selection, concurrency: int) -> ExportReport:
        """Do everything; the last event has the report, also of a run that is cut short."""
        error, complete = None, False
        async with opened(self._folder):
            try:
                async with self._journal:
                    await self._stages(selection, concurrency)
                complete = True
            except BaseExceptionGroup as group:
                error = _first(group)
            finally:
                report = self._report(complete=complete)
                self._tell(Ended(report))
        if error is not None:
            raise error
        return report

    async def _stages(self, selection: Selection, concurrency: int) -> None:
        send_found, found = anyio.create_memory_object_stream[Candidate](concurrency)
        send_todo, todo = anyio.create_memory_object_stream[Item](2 * concurrency)
        # The order matters: leaving closes the streams of tasks that never began, too.
        with send_found, found, send_todo, todo:
            async with anyio.create_task_group() as group:
                group.start_soon(self._discover, selection, send_found)
                group.start_soon(self._describe_all, found, send_todo, (concurrency + 1) // 2)
                for _ in range(concurrency):
                    group.start_soon(self._work, todo)

    async def _discover(
        self, selection: Selection, found: MemoryObjectSendStream[Candidate]
    ) -> None:
        async with found, aclosing(candidates(self._vault, selection, self._meter)) as source:
            async for candidate in source:
                self._counts.documents += 1
                self._tell(Listed(self._counts.documents, is_all=False))
                await found.send(candidate)
        self._tell(Listed(self._counts.documents, is_all=True))

    async def _describe_all(
        self,
        found: MemoryObjectReceiveStream[Candidate],
        todo: MemoryObjectSendStream[Item],
        tasks: int,
    ) -> None:
        async with todo, anyio.create_task_group() as group:
            for _ in range(tasks):
                group.start_soon(self._describe, found, todo)

    async def _describe(
        self,
        found: MemoryObjectReceiveStream[Candidate],
        todo: MemoryObjectSendStream[Item],
    ) -> None:
        """Pass on the items of each document; one that cannot be described is one that failed."""
        async for candidate in found:
            try:
                await self._describe_one(candidate, todo)
            except VaultioError as error:
                if stops_all(error):
                    raise
                whole = Item(document_id=candidate.document_id, kind="document")
                await self._settle(failed(whole, error))

    async def _describe_one(self, candidate: Candidate, todo: MemoryObjectSendStream[Item]) -> None:
        async with aclosing(
            described(self._vault, candidate, self._include, self._meter)
        ) as source:
            async for one in source:
                if isinstance(one, Outcome):
                    await self._settle(one)
                else:
                    self._tell(Found(one))
                    await todo.send(one)

    async def _work(self, todo: MemoryObjectReceiveStream[Item]) -> None:
        async for item in todo:
            try:
                outcome = await look(self._folder, item, quick=self._quick)
                outcome = outcome or await self._fetch(item)
            except VaultioError as error:
                if stops_all(error):
                    raise
                outcome = failed(item, error)
            await self._settle(outcome)

    async def _fetch(self, item: Item) -> Outcome:
        def progress(size: int, total: int | None) -> None:
            self._tell(Progressed(item, size, total or item.expected.size))

        self._tell(Started(item))
        return await fetch(self._vault, item, self._folder, progress, self._meter)

    async def _settle(self, outcome: Outcome) -> None:
        """Account for an item that is done with."""
        self._counts.add(outcome)
        self._tell(_EVENT[outcome.state](outcome))
        await self._journal.write(line(outcome))

    def _report(self, *, complete: bool) -> ExportReport:
        counts = self._counts
        return ExportReport(
            path=self._folder / REPORT_NAME,
            tallies=counts.tallies,
            reasons=counts.reasons,
            failures=tuple(counts.failures),
            documents=counts.documents,
            calls=self._meter.calls,
            seconds=anyio.current_time() - self._begun,
            is_complete=complete,
        )


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Take one error out of a group: several tasks may have met the same."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
