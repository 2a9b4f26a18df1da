"""A database file that holds quotas' books: how it is opened, and what may be wrong with it.

Everything here blocks, and belongs to one thread.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from attrs import define, field

from vaultio.errors import QuotaStoreError

BUSY_S = 1.0
"""Who cannot have the file within so many seconds is told so; an exchange takes a millisecond."""

_READ_S = 4.0

_FORMAT = 1
_APPLICATION_ID = 0x56_51_75_6F  # "VQuo": tells such a file from other databases

_SCHEMA = """
CREATE TABLE books (
    vault TEXT PRIMARY KEY, rules TEXT NOT NULL, state TEXT NOT NULL, clock TEXT NOT NULL
);
CREATE TABLE cells (
    vault TEXT, name TEXT, idx INTEGER, latest REAL NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (vault, name, idx)
) WITHOUT ROWID;
"""

_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL})
"""Others are at it. The second comes when a log is begun on a machine that is very busy."""

_BROKEN = (
    "it is damaged. End all programs that use it and move it away; the first call then asks "
    "Vault what is left"
)
_TROUBLES = {
    **dict.fromkeys(_HELD, "another process holds it; look for one that hangs"),
    sqlite3.SQLITE_READONLY: "it cannot be written; this user must be allowed to write the file "
    "and its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; its folder must be there, and this user be "
    "allowed to write the file and the folder",
    sqlite3.SQLITE_PERM: "this user is not allowed to write it",
    sqlite3.SQLITE_FULL: "the disk is full; make room",
    sqlite3.SQLITE_IOERR: "the disk failed to read or write it; is it full, or gone?",
    sqlite3.SQLITE_NOTADB: "it is something else, not a quotas' file; name another one",
    sqlite3.SQLITE_CORRUPT: _BROKEN,
}


class FileHeldError(QuotaStoreError):
    """Others have the file at the moment; nothing was read or written."""


@define(eq=False)
class QuotaFile:
    """One connection to a file; it is opened when it is first used, and again after a failure.

    Raises `QuotaStoreError` for whatever is wrong, and never begins anew in the place of a file
    that was there.
    """

    path: Path
    _connection: sqlite3.Connection | None = field(init=False, default=None)
    _place: tuple[int, int] | None = field(init=False, default=None)
    """Device and inode of the file that was opened first: no other will do."""

    _log_place: tuple[int, int] | None = field(init=False, default=None)
    """The same of its log, while there is a connection: without it others see old books."""

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Have the file alone; what is written in the block counts as a whole or not at all."""
        try:
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            if code_of(error) not in _HELD:
                self.close()
            raise self.trouble(error) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Look at the file as it is at one moment, without changing or making anything."""
        try:
            address = f"{self.path.as_uri()}?mode=ro"
            with closing(sqlite3.connect(address, _READ_S, isolation_level=None, uri=True)) as one:
                one.execute("BEGIN")
                if not _is_ours(self.path, one):
                    raise QuotaStoreError(f"the quotas' file {self.path} is empty yet")
                yield one
        except sqlite3.Error as error:
            raise self.trouble(error) from error

    def close(self) -> None:
        """Let go of the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def trouble(self, error: sqlite3.Error) -> QuotaStoreError:
        """Say what is the matter with the file, and what to do."""
        kind = FileHeldError if code_of(error) in _HELD else QuotaStoreError
        return kind(f"the quotas' file {self.path}: {_said(error)} ({error})")

    def broken(self, what: object) -> QuotaStoreError:
        """Say that the file does not hold what it must."""
        return QuotaStoreError(f"the quotas' file {self.path}: {_BROKEN} ({what!r})")

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._check_place()
            self._connection = connection = _connect(self.path)
            try:
                _prepare(self.path, connection)
                self._log_place = _place_of(self._log)
            except BaseException:
                self.close()
                raise
        self._check_place()
        if _place_of(self._log) != self._log_place:
            raise self._gone("has lost its log (-wal)")
        return self._connection

    @property
    def _log(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    def _check_place(self) -> None:
        """See that the file of this name is still the one that was opened.

        Another one knows nothing of the calls that this process, and others, have made.
        """
        try:
            found = self.path.stat()
        except OSError as error:
            if self._place is None:
                return  # the database library says it better, or makes the file
            raise self._gone("was taken away") from error
        if self._place is None and self._connection is not None:
            self._place = found.st_dev, found.st_ino
        elif self._place not in {None, (found.st_dev, found.st_ino)}:
            raise self._gone("was replaced by another one")

    def _gone(self, what: str) -> QuotaStoreError:
        return QuotaStoreError(
            f"the quotas' file {self.path} {what} while it was in use: end all programs that use "
            "it, and start them again"
        )


def _place_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_ours(path: Path, connection: sqlite3.Connection) -> bool:
    """Say whether the file is a quotas' file, or one that is yet to be made; refuse others."""
    kind = _pragma(connection, "application_id")
    if kind != _APPLICATION_ID:
        if kind or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise QuotaStoreError(
                f"{path} is a database of something else, not a quotas' file: name another one"
            )
        return False
    if (version := _pragma(connection, "user_version")) != _FORMAT:
        raise QuotaStoreError(
            f"the quotas' file {path} has format {version}, this vaultio knows {_FORMAT}: use the "
            "same version everywhere, or name another file"
        )
    return True


def code_of(error: sqlite3.Error) -> int:
    """Say which kind of error it is, by SQLite's primary codes; 0 if it is none of SQLite's."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _said(error: sqlite3.Error) -> str:
    return _TROUBLES.get(code_of(error), "it cannot be used")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)


def _prepare(path: Path, connection: sqlite3.Connection) -> None:
    """Make the tables, if nobody has, and see that the file is sound."""
    # In one transaction: between two looks another process may make the tables, and they would
    # seem to be somebody else's.
    connection.execute("BEGIN")
    _is_ours(path, connection)
    connection.execute("COMMIT")
    _write_ahead(connection)
    # NORMAL: a commit does not wait for the disk. A killed process loses nothing by that. A power
    # cut may lose the last commits, but then the machine starts anew; the books notice that and
    # take all for used until one call has asked the server (see `Books.doubt`).
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    if not _is_ours(path, connection):
        for statement in filter(str.strip, _SCHEMA.split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
    connection.execute("COMMIT")
    if (said := _pragma(connection, "quick_check(1)")) != "ok":
        broken = sqlite3.DatabaseError(said)
        broken.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise broken


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; of those who do it at once SQLite lets all but one fail."""
    end_s = time.monotonic() + BUSY_S
    while True:
        try:
            mode = _pragma(connection, "journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            if code_of(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end_s:
                raise
            time.sleep(0.01)
    if mode != "wal":
        raise QuotaStoreError(f"this disk cannot hold a quotas' file (journal mode {mode})")


def _pragma(connection: sqlite3.Connection, said: str) -> object:
    return connection.execute(f"PRAGMA {said}").fetchone()[0]
