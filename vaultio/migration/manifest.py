"""The book of a migration: one row an item, in a SQLite file beside what it accounts for.

Every change is a transaction, so a process that is killed at any moment leaves a book that is
true: at most the items that it had in its hands are done again. Schema and meaning of the columns
are in `vaultio.migration.schema`.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from vaultio.errors import InvalidArgumentError
from vaultio.migration.database import Database
from vaultio.migration.entries import Draft, Entry, Result, Run, Sample, State, Tally
from vaultio.migration.schema import prepare
from vaultio.migration.statements import (
    BEGIN_RUN,
    CLAIM,
    CLAIM_WHOLE,
    GIVE_BACK,
    INSERT,
    KEEP_RUN,
    KILLED,
    REAP,
    REFRESH,
    RELEASE,
    RETRY,
    REVISE,
    SETTLE,
    TALLIES,
    WITH_FILES,
)

NAME = "vaultio-manifest.db"
_PAGE = 1_000
T = TypeVar("T")


class Manifest:
    """An open book. Use it as ``async with``.

    *job* says what is to be done (``kind``, ``source``, ``target``, ``settings``); None only looks
    at a book that is there. *wall_clock* returns seconds since 1970; leases go by it. Raises
    `TargetError` if the disk refuses, `InvalidArgumentError` for a file that is no manifest, is
    that of another job, or of a later vaultio.
    """

    def __init__(
        self,
        path: Path,
        job: Mapping[str, Any] | None = None,
        *,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = path
        self._clock = wall_clock
        self._database = Database(
            path, lambda database: prepare(database, job), read_only=job is None
        )

    async def __aenter__(self) -> Manifest:
        await self._database.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._database.close()

    async def add(self, drafts: Iterable[Draft]) -> int:
        """Enter items that were found; return how many are new. See `enter`."""
        return len(await self.enter(drafts))

    async def enter(self, drafts: Iterable[Draft], *, since: float = 0.0) -> list[Draft]:
        """Enter items that were found, all in one transaction; return those to be worked on anew.

        An item that is known stays as it is, but: one that is done waits again if the source has
        another MD5 for it now, or if it is a document, binder or role and was done before *since*
        (seconds since 1970); and what is only noted, ``done`` or ``skipped``, is replaced.
        """
        now = self._clock()
        rows = [(draft, {**draft.row(), "now": now, "since": since}) for draft in drafts]

        def enter(database: sqlite3.Connection) -> list[Draft]:
            new = [draft for draft, row in rows if database.execute(INSERT, row).rowcount]
            fresh = {draft.key for draft in new}
            noted = (row for draft, row in rows if draft.state != "found")
            database.executemany(REFRESH, [row for row in noted if row["key"] not in fresh])
            return new

        return await self._database.write(enter)

    async def claim(
        self, stage: str, holder: str, count: int, lease_s: float, *, is_whole: bool = False
    ) -> list[Entry]:
        """Hand out items of a stage that wait, oldest first, for so many seconds.

        With *is_whole* also all else that waits of their documents. Items whose lease has ended
        wait again: who had them has died.
        """
        now, statement = self._clock(), CLAIM_WHOLE if is_whole else CLAIM
        names = {"stage": stage, "holder": holder, "count": count, "now": now}

        def claim(database: sqlite3.Connection) -> list[sqlite3.Row]:
            database.execute(REAP, {"now": now})
            return database.execute(statement, {**names, "until": now + lease_s}).fetchall()

        found = map(Entry.of, await self._database.write(claim))
        return sorted(found, key=lambda entry: entry.number)

    async def renew(self, holder: str, lease_s: float) -> int:
        """Let a holder keep all that it has for so many seconds more; return how many that are."""
        until = self._clock() + lease_s
        return await self._database.execute(
            "UPDATE items SET lease_until = ? WHERE state = 'leased' AND holder = ?",
            (until, holder),
        )

    async def release(self, holder: str | None = None) -> int:
        """Let what a holder has wait again; return how many items those are.

        None is anybody: only one run at a time has the folder, and workers of a cluster have
        their items through it.
        """
        return await self._database.execute(RELEASE, {"holder": holder})

    async def give_back(self, numbers: Iterable[int]) -> None:
        """Let items wait again that were claimed and never begun: it was no try."""
        await self._database.execute_many(GIVE_BACK, [(number,) for number in numbers])

    async def settle(self, results: Sequence[Result]) -> None:
        """Note what became of items, all in one transaction."""
        now = self._clock()
        rows = [{**result.row(), "now": now} for result in results]
        await self._database.execute_many(SETTLE, rows)

    async def retry_failed(
        self,
        error_type: str | None = None,
        *,
        but: str | None = None,
        before: float | None = None,
    ) -> int:
        """Let what failed wait again; return how many items those are.

        All of it, or what failed with that type, with any *but* that, *before* that time.
        """
        names = {"type": error_type, "but": but, "before": before}
        return await self._database.execute(RETRY, names)

    async def revise(self, drafts: Iterable[Draft]) -> None:
        """Let items that are not done be as they are found now."""
        await self._database.execute_many(REVISE, [draft.row() for draft in drafts])

    async def reopen(self, numbers: Iterable[int]) -> None:
        """Let items wait again that are done: what they brought is not there any more."""
        rows = [(number,) for number in numbers]
        statement = (
            "UPDATE items SET state = 'found', tries = 0 WHERE number = ? AND state = 'done'"
        )
        await self._database.execute_many(statement, rows)

    def now(self) -> float:
        """Return the time by which rows are stamped: seconds since 1970."""
        return self._clock()

    async def waiting(self, stage: str, most: int) -> int:
        """Count the items of a stage that wait for somebody to claim them, up to *most*."""
        query = (
            "SELECT count(*) FROM (SELECT 1 FROM items WHERE stage = ? AND state = 'found' LIMIT ?)"
        )
        return int((await self._database.rows(query, (stage, most)))[0][0])

    async def has_items(self) -> bool:
        """Say whether anything was ever entered."""
        return bool(await self._database.rows("SELECT 1 FROM items LIMIT 1"))

    async def tallies(self) -> list[Tally]:
        """Count all items, by stage, kind and state."""
        return [Tally(**dict(row)) for row in await self._database.rows(TALLIES)]

    async def reasons(self) -> dict[str, int]:
        """Count what was skipped, by the reason."""
        query = "SELECT reason, count(*) FROM items WHERE state = 'skipped' GROUP BY reason"
        return {str(reason): int(number) for reason, number in await self._database.rows(query)}

    async def entry(self, key: str) -> Entry | None:
        """Look an item up by its key."""
        rows = await self._database.rows("SELECT * FROM items WHERE key = ?", (key,))
        return Entry.of(rows[0]) if rows else None

    async def of_source(self, source_id: str) -> list[Entry]:
        """List all items of one document or binder of the source."""
        query = "SELECT * FROM items WHERE source_id = ? ORDER BY number"
        return [Entry.of(row) for row in await self._database.rows(query, (source_id,))]

    async def failures(self, most: int) -> list[Entry]:
        """Return the first items that failed, so many at most."""
        query = "SELECT * FROM items WHERE state = 'failed' ORDER BY number LIMIT ?"
        return [Entry.of(row) for row in await self._database.rows(query, (most,))]

    async def entries(
        self, *, state: State | None = None, stage: str | None = None
    ) -> AsyncIterator[Entry]:
        """Yield items in their order, a thousand in memory at a time."""
        last = 0
        query = (
            "SELECT * FROM items WHERE number > :last AND (:state IS NULL OR state = :state)"
            " AND (:stage IS NULL OR stage = :stage) ORDER BY number LIMIT :page"
        )
        while True:
            names = {"last": last, "state": state, "stage": stage, "page": _PAGE}
            rows = await self._database.rows(query, names)
            for row in rows:
                yield Entry.of(row)
            if len(rows) < _PAGE:
                return
            last = rows[-1]["number"]

    async def with_files(self, kind: str) -> AsyncIterator[tuple[Entry, str | None]]:
        """Yield the items of a kind, each with the path of its source file if that is done."""
        last = 0
        while True:
            rows = await self._database.rows(
                WITH_FILES, {"kind": kind, "last": last, "page": _PAGE}
            )
            for row in rows:
                values = dict(row)
                file = values.pop("file")
                yield Entry.of(values), file
            if len(rows) < _PAGE:
                return
            last = rows[-1]["number"]

    async def note(self, name: str, value: Any) -> None:
        """Keep a value of the job, such as how far a listing has come."""
        await self._database.execute(
            "INSERT INTO job VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json.dumps(value)),
        )

    async def job(self) -> dict[str, Any]:
        """Return all values of the job."""
        rows = await self._database.rows("SELECT name, value FROM job")
        try:
            return {name: json.loads(value) for name, value in rows}
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError("the manifest is damaged: what its job is") from error

    async def begin_run(self, holder: str) -> int:
        """Note that a run begins, and that those before it are over; return its number."""
        row = {"holder": holder, "now": self._clock()}

        def begin(database: sqlite3.Connection) -> int:
            database.execute(KILLED)
            named = {**row, "vaultio": version("vaultio")}  # which is on the disk
            return int(database.execute(BEGIN_RUN, named).fetchall()[0][0])

        return await self._database.write(begin)

    async def keep_run(self, number: int, values: Mapping[str, Any]) -> None:
        """Note what a run has done so far, and with an ``outcome`` that it is over."""
        row = {"number": number, "now": self._clock(), "outcome": None, "message": None, **values}
        await self._database.execute(KEEP_RUN, row)

    async def runs(self) -> list[Run]:
        """Return all runs, oldest first."""
        query = "SELECT * FROM runs ORDER BY number"
        return [Run(**dict(row)) for row in await self._database.rows(query)]

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Ask several things of the book as it is at one moment; *query* runs in a thread."""
        return await self._database.read(query)

    async def change(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Change the book in one transaction; *change* runs in a thread."""
        return await self._database.write(change)

    async def sample(self, sample: Sample) -> None:
        """Keep how far the job is now."""
        row = tuple(getattr(sample, name) for name in Sample.__annotations__)
        await self._database.execute(
            "INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row
        )

    async def samples(self, *, last: int | None = None) -> list[Sample]:
        """Return the samples, or the last ones, oldest first."""
        query = "SELECT * FROM samples ORDER BY at DESC LIMIT ?"
        rows = await self._database.rows(query, (-1 if last is None else last,))
        return [Sample(**dict(row)) for row in reversed(rows)]
