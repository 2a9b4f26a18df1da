"""A SQLite file that coroutines use: every step in a thread, every change a transaction."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from vaultio.errors import InvalidArgumentError, TargetError

T = TypeVar("T")
_BUSY_S = 10.0
_ERRNO = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_READONLY: errno.EROFS}


class Database:
    """A file that `open` opens and `close` closes. Times out after 10 s behind other writers.

    *prepare* gets the connection before anybody else does. What the disk refuses, and a file that
    is no database, is a `TargetError`, with the number of the disk's error where it is known.
    """

    def __init__(
        self, path: Path, prepare: Callable[[sqlite3.Connection], None], *, read_only: bool
    ) -> None:
        self._path = path
        self._prepare = prepare
        self._is_read_only = read_only
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the file, and make it if it may be written."""
        await self._in_thread(self._open)

    async def close(self) -> None:
        """Close the file; what it kept beside itself goes."""
        await self._in_thread(self._close)

    async def rows(self, query: str, values: Any = ()) -> list[sqlite3.Row]:
        """Read all rows that a query finds."""
        return await self._in_thread(lambda: self._opened.execute(query, values).fetchall())

    async def execute(self, statement: str, values: Any = ()) -> int:
        """Do one statement; return how many rows it changed."""
        return await self.write(lambda connection: connection.execute(statement, values).rowcount)

    async def execute_many(self, statement: str, values: Iterable[Any]) -> None:
        """Do one statement for each of many values, all in one transaction."""

        def change(connection: sqlite3.Connection) -> None:
            # A cursor that outlives an error would keep the file open.
            connection.executemany(statement, values).close()

        await self.write(change)

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Ask several things of the file as it is at one moment, whoever writes meanwhile."""
        return await self._in_thread(lambda: self._seen(query))

    def _seen(self, query: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._opened
        connection.execute("BEGIN")
        try:
            return query(connection)
        finally:
            connection.execute("ROLLBACK")

    async def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Do a change in one transaction: all of it or nothing."""
        return await self._in_thread(lambda: self._changed(change))

    def _changed(self, change: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._opened
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = change(connection)
            connection.execute("COMMIT")
            return result
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    async def _in_thread(self, step: Callable[[], T]) -> T:
        """Run a step in a thread, to its end: what was changed must be known."""
        results: list[T] = []
        with anyio.CancelScope(shield=True):
            results.append(await anyio.to_thread.run_sync(self._alone, step))
        return results[0]

    def _alone(self, step: Callable[[], T]) -> T:
        """Do a step while no other is done, and say in our words why the file cannot be used."""
        try:
            with self._lock:
                return step()
        except (sqlite3.DatabaseError, UnicodeDecodeError, json.JSONDecodeError) as error:
            number = _ERRNO.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
            said = os.strerror(number) if number else error
            raise TargetError(
                f"the manifest {self._path} cannot be used: {said}", number
            ) from error

    def _open(self) -> None:
        if self._is_read_only and not self._path.exists():
            raise InvalidArgumentError(
                f"there is no manifest at {self._path}: a job writes one into its folder"
            )
        self._connection = self._connected()
        try:
            if not self._is_read_only:
                self._connection.execute("PRAGMA journal_mode = WAL")
            # A kill loses nothing; a power cut the last moments, and the book stays whole.
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._prepare(self._connection)
        except BaseException:
            self._close()
            raise

    def _connected(self) -> sqlite3.Connection:
        """Open the file so that it can be read, also on a disk that takes no files beside it."""
        if not self._is_read_only:
            return self._connect("mode=rwc")
        # Not "ro": who looks last at a book in this mode leaves its -wal and -shm behind.
        connection = self._connect("mode=rw")
        connection.execute("PRAGMA query_only = ON")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            if self._has_log():
                raise  # what is in it would be left out
            return self._connect("mode=ro&immutable=1")
        return connection

    def _has_log(self) -> bool:
        """Say whether something was written that is not in the file itself yet."""
        try:
            return self._path.with_name(f"{self._path.name}-wal").stat().st_size > 0
        except FileNotFoundError:
            return False

    def _connect(self, how: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?{how}",
            uri=True,
            timeout=_BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise InvalidArgumentError("the manifest is not open")
        return self._connection
