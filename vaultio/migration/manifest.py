"""The book of a migration: one row an item, in a SQLite file beside what it accounts for.

Every change is a transaction, so a process that is killed at any moment leaves a book that is
true: at most the items that it had in its hands are done again. Schema and meaning of the columns
are in `vaultio.migration.schema`.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from vaultio.errors import InvalidArgumentError, TargetError
from vaultio.migration.entries import Draft, Entry, Result, Sample, State, Tally
from vaultio.migration.schema import prepare
from vaultio.migration.statements import CLAIM, INSERT, REAP, SETTLE, TALLIES

T = TypeVar("T")
_PAGE = 1_000
_BUSY_S = 10.0


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
        self._job = job
        self._clock = wall_clock
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    async def __aenter__(self) -> Manifest:
        await self._in_thread(self._open)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._in_thread(self._close)

    async def add(self, drafts: Iterable[Draft]) -> int:
        """Enter items that were found; return how many are new. Known ones stay as they are."""
        now = self._clock()
        rows = [draft.row(now) for draft in drafts]

        def add(database: sqlite3.Connection) -> int:
            before = database.total_changes
            database.executemany(INSERT, rows)
            return database.total_changes - before

        return await self._write(add)

    async def claim(self, stage: str, holder: str, count: int, lease_s: float) -> list[Entry]:
        """Hand out items of a stage that wait, oldest first, for so many seconds.

        Items whose lease has ended wait again: who had them has died.
        """
        now = self._clock()
        names = {"stage": stage, "holder": holder, "count": count}

        def claim(database: sqlite3.Connection) -> list[sqlite3.Row]:
            database.execute(REAP, {"now": now})
            return database.execute(CLAIM, {**names, "until": now + lease_s, "now": now}).fetchall()

        rows = await self._write(claim)
        return sorted(map(Entry.of, rows), key=lambda entry: entry.number)

    async def renew(self, holder: str, lease_s: float) -> int:
        """Let a holder keep all that it has for so many seconds more; return how many that are."""
        until = self._clock() + lease_s
        return await self._execute(
            "UPDATE items SET lease_until = ? WHERE state = 'leased' AND holder = ?",
            (until, holder),
        )

    async def release(self, holder: str | None = None) -> int:
        """Let what a holder (None: anybody) has wait again; return how many items those are."""
        return await self._execute(
            "UPDATE items SET state = 'found', holder = NULL, lease_until = NULL"
            " WHERE state = 'leased' AND (:holder IS NULL OR holder = :holder)",
            {"holder": holder},
        )

    async def settle(self, results: Sequence[Result]) -> None:
        """Note what became of items, all in one transaction."""
        now = self._clock()
        rows = [{**_values(result), "now": now} for result in results]

        def settle(database: sqlite3.Connection) -> None:
            database.executemany(SETTLE, rows)

        await self._write(settle)

    async def retry_failed(self) -> int:
        """Let everything that failed wait again; return how many items those are."""
        return await self._execute("UPDATE items SET state = 'found' WHERE state = 'failed'")

    async def annotate(self, number: int, data: Mapping[str, Any]) -> None:
        """Replace what a step keeps of an item beside the columns."""
        text = json.dumps(data, ensure_ascii=True)
        await self._execute("UPDATE items SET data = ? WHERE number = ?", (text, number))

    async def waiting(self, stage: str) -> int:
        """Count the items of a stage that wait or are in somebody's hands."""
        query = "SELECT count(*) FROM items WHERE stage = ? AND state IN ('found', 'leased')"
        return int((await self._rows(query, (stage,)))[0][0])

    async def tallies(self) -> list[Tally]:
        """Count all items, by stage, kind and state."""
        return [Tally(**dict(row)) for row in await self._rows(TALLIES)]

    async def entry(self, key: str) -> Entry | None:
        """Look an item up by its key."""
        rows = await self._rows("SELECT * FROM items WHERE key = ?", (key,))
        return Entry.of(rows[0]) if rows else None

    async def of_source(self, source_id: str) -> list[Entry]:
        """List all items of one document or binder of the source."""
        query = "SELECT * FROM items WHERE source_id = ? ORDER BY number"
        return [Entry.of(row) for row in await self._rows(query, (source_id,))]

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
            rows = await self._rows(query, names)
            for row in rows:
                yield Entry.of(row)
            if len(rows) < _PAGE:
                return
            last = rows[-1]["number"]

    async def note(self, name: str, value: Any) -> None:
        """Keep a value of the job, such as how far a listing has come."""
        await self._execute(
            "INSERT INTO job VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json.dumps(value)),
        )

    async def job(self) -> dict[str, Any]:
        """Return all values of the job."""
        rows = await self._rows("SELECT name, value FROM job")
        return {name: json.loads(value) for name, value in rows}

    async def sample(self, sample: Sample) -> None:
        """Keep how far the job is now."""
        row = tuple(getattr(sample, name) for name in Sample.__annotations__)
        await self._execute("INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    async def samples(self) -> list[Sample]:
        """Return all samples, oldest first."""
        return [Sample(**dict(row)) for row in await self._rows("SELECT * FROM samples")]

    async def _execute(self, statement: str, values: Any = ()) -> int:
        return await self._write(lambda database: database.execute(statement, values).rowcount)

    async def _rows(self, query: str, values: Any = ()) -> list[sqlite3.Row]:
        def read() -> list[sqlite3.Row]:
            with self._refusals():
                rows = self._opened.execute(query, values).fetchall()
            return rows

        return await self._in_thread(read)

    async def _write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Do a change in one transaction: all of it or nothing."""

        def write() -> T:
            with self._refusals(), self._transaction() as database:
                result = change(database)
            return result

        return await self._in_thread(write)

    async def _in_thread(self, step: Callable[[], T]) -> T:
        """Run a step in a thread, to its end: what was changed must be known."""

        def locked() -> T:
            with self._lock:
                return step()

        with anyio.CancelScope(shield=True):
            return await anyio.to_thread.run_sync(locked)

    def _open(self) -> None:
        mode = "ro" if self._job is None else "rwc"
        if self._job is None and not self.path.exists():
            raise InvalidArgumentError(f"there is no manifest at {self.path}")
        with self._refusals():
            self._database = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=_BUSY_S,
                isolation_level=None,
                check_same_thread=False,
            )
            self._database.row_factory = sqlite3.Row
            if self._job is not None:
                self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            try:
                prepare(self._database, self._job)
            except BaseException:
                self._close()
                raise

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._opened.execute("BEGIN IMMEDIATE")
        try:
            yield self._opened
            self._opened.execute("COMMIT")
        except BaseException:
            if self._opened.in_transaction:
                self._opened.execute("ROLLBACK")
            raise

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    @property
    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            raise InvalidArgumentError("the manifest is not open")
        return self._database

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Say in our words that the file cannot be used, and what for."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise TargetError(f"the manifest {self.path} cannot be used: {error}") from error


def _values(result: Result) -> dict[str, Any]:
    return {name: getattr(result, name) for name in Result.__annotations__}
