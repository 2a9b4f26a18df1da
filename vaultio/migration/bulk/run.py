"""A run: every row that is not done yet is sent once, hundreds a call, and its result noted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from itertools import islice
from pathlib import Path

import anyio
from anyio.to_thread import run_sync
from attrs import define, field, frozen

from vaultio.errors import (
    ApiLimitError,
    AuthenticationError,
    ClosedError,
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    InvalidDataError,
    NotAllowedError,
    NotFoundError,
    QuotaStoreError,
    QuotaWaitError,
    SessionExpiredError,
    TargetError,
    VaultError,
    VaultServerError,
)
from vaultio.migration.bulk.book import Book, Line, RowState, results_path
from vaultio.migration.bulk.source import SourceRow, rows
from vaultio.migration.lock import FolderLock
from vaultio.models import RowResult
from vaultio.protocol.rows import Row

Send = Callable[[Sequence[Row]], AsyncIterator[RowResult]]
"""Sends rows in one call, and yields a result for each, in their order."""

BATCH = 500
MOST_REFUSED = 3
"""So many calls in succession that were refused as a whole: the next would be, too."""

_REFUSED = (InvalidDataError, NotAllowedError, NotFoundError, ConflictError)
_NOT_DONE = (
    *(ConnectionFailedError, QuotaWaitError, QuotaStoreError, InvalidArgumentError, ClosedError),
    *(AuthenticationError, SessionExpiredError, ApiLimitError),
)


@frozen(kw_only=True)
class BulkReport:
    """What became of the rows of a source, in all runs; *before* were done before this one."""

    rows: int
    done: int
    failed: int
    unknown: int
    untried: int
    before: int
    path: Path

    @property
    def is_complete(self) -> bool:
        """Whether every row is done."""
        return self.done == self.rows


@define
class _Survey:
    """What a first look at the source finds."""

    rows: int = 0
    states: Counter[str] = field(factory=Counter)
    again: set[str] = field(factory=set)


class Bulk:
    """Sends the rows of the CSV *source* by *send*, *concurrency* calls at once.

    Results go to *results*, by default `results_path`. Done rows are never sent again. With *once*,
    as for creates, a row whose answer was lost is not either: it is ``unknown`` until somebody has
    looked and says *retry_unknown*. Without *keep* nothing is written to the disk: a rehearsal.
    """

    def __init__(
        self,
        source: Path,
        send: Send,
        *,
        results: Path | None = None,
        once: bool,
        retry_unknown: bool = False,
        concurrency: int = 4,
        keep: bool = True,
    ) -> None:
        self._source = source
        self._send = send
        self._once = once
        self._retry: frozenset[RowState] = frozenset(
            {"failed", "unknown"} if retry_unknown or not once else {"failed"}
        )
        self._concurrency = concurrency
        self._keep = keep
        self.path = results or results_path(source)
        self._book = Book(self.path)
        self._writing = anyio.Lock()
        self._refused = 0
        self._error: Exception | None = None
        self.report: BulkReport | None = None
        self._is_stopping = False

    def stop(self) -> None:
        """Begin no further call; those under way are waited for."""
        self._is_stopping = True

    async def execute(self, on_row: Callable[[Line], object] = lambda _: None) -> BulkReport:
        """Do it; *on_row* gets what became of each row.

        Raises what ended it, if anything did; what is noted by then is true all the same.
        """
        lock, survey, source = FolderLock(self._source), _Survey(), rows(self._source)
        try:
            await run_sync(self._prepare, lock, survey)
            await self._all(source, survey, on_row)
        finally:
            with anyio.CancelScope(shield=True):
                await run_sync(source.close)
                await run_sync(self._book.end)
                lock.release()
            self.report = self._summed(survey)
        if self._error is not None:
            raise self._error
        return self.report

    def _prepare(self, lock: FolderLock, survey: _Survey) -> None:
        """Look at the source and at what is known, and make ready to write. Blocks."""
        if not self._source.is_file():
            raise InvalidArgumentError(f"there is no CSV at {self._source}")
        lock.acquire()
        self._survey(survey)
        if self._keep:
            self._book.begin(survey.again)

    def _summed(self, survey: _Survey) -> BulkReport:
        states = survey.states
        known = states["done"] + states["failed"] + states["unknown"]
        return BulkReport(
            rows=survey.rows,
            done=states["done"],
            failed=states["failed"],
            unknown=states["unknown"],
            untried=survey.rows - known,
            before=states["before"],
            path=self.path,
        )

    def _survey(self, survey: _Survey) -> None:
        """Read the source through and hold it against what is known."""
        book, new, met = self._book, 0, 0
        book.look()
        for row in rows(self._source):
            survey.rows += 1
            state = book.states.get(row.key)
            new += state is None
            met += state == "done"
            if state in self._retry:
                survey.again.add(row.key)
            elif state is not None:
                survey.states[state] += 1
        survey.states["before"] = met
        gone = sum(state == "done" for state in book.states.values()) - met
        if self._once and new and gone:
            raise InvalidArgumentError(
                f"{gone} rows that are done are not in {self._source} any more, and {new} are new: "
                f"were done rows changed? They would be made twice. Put new rows into a CSV of "
                f"their own, or say where its results go"
            )

    async def _all(
        self,
        source: Generator[SourceRow, None, None],
        survey: _Survey,
        on_row: Callable[[Line], object],
    ) -> None:
        """Send what is to be sent, so many calls at once."""
        reading = anyio.Lock()

        async def work() -> None:
            while self._error is None and not self._is_stopping:
                async with reading:
                    batch = await run_sync(self._next, source)
                if not batch:
                    return
                try:
                    lines = await self._one_call(batch)
                except TargetError as error:  # the disk: others end what they have begun
                    self._error = self._error or error
                    return
                for line in lines:
                    survey.states[line.state] += 1
                    on_row(line)

        async with asyncio.TaskGroup() as group:
            for _ in range(self._concurrency):
                group.create_task(work())

    def _next(self, source: Generator[SourceRow, None, None]) -> list[SourceRow]:
        """Read the rows of the next call."""
        states = self._book.states
        wanted = (one for one in source if states.get(one.key) in {None, *self._retry})
        return list(islice(wanted, BATCH))

    async def _one_call(self, batch: list[SourceRow]) -> list[Line]:
        """Send a batch, and note what became of it; what ends the run is kept for its end."""
        if self._keep:
            async with self._writing:
                await run_sync(self._book.sending, batch)
        try:
            found = [one async for one in self._send([row.cells for row in batch])]
            lines = [_line(row, one) for row, one in zip(batch, found, strict=True)]
            self._refused = 0
        except Exception as error:  # whatever it is, the rows are accounted for
            lines = self._lost(batch, error)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._settle([_unknown(row, "given up on") for row in batch])
            raise
        await self._settle(lines)
        return lines

    def _lost(self, batch: list[SourceRow], error: Exception) -> list[Line]:
        """Say what became of rows whose call failed as a whole."""
        is_refusal = isinstance(error, VaultError) and not isinstance(error, VaultServerError)
        if isinstance(error, _REFUSED):
            self._refused += 1
        if not isinstance(error, _REFUSED) or self._refused >= MOST_REFUSED:
            self._error = self._error or error
        if isinstance(error, VaultError) and is_refusal and not isinstance(error, _NOT_DONE):
            return [
                Line(
                    row=row.number,
                    key=row.key,
                    state="failed",
                    error_type=error.type,
                    message=f"the call with this row was refused: {error.message}",
                )
                for row in batch
            ]
        if isinstance(error, _NOT_DONE) or not self._once:
            return []
        return [_unknown(row, str(error)) for row in batch]

    async def _settle(self, lines: list[Line]) -> None:
        if self._keep:
            async with self._writing:
                await run_sync(self._book.settle, lines)


def _line(row: SourceRow, result: RowResult) -> Line:
    return Line(
        row=row.number,
        key=row.key,
        state="done" if result.succeeded else "failed",
        id=result.id,
        error_type=result.error_type,
        message=result.message,
    )


def _unknown(row: SourceRow, why: str) -> Line:
    message = f"it may have been done: {why}"
    return Line(row=row.number, key=row.key, state="unknown", message=message)
