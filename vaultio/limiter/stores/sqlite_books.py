"""Books that lie in a file: read when others wrote, written as far as they changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from math import floor
from sqlite3 import Connection
from typing import Any

from attrs import define, field

from vaultio.errors import QuotaStoreError
from vaultio.limiter.books import Books
from vaultio.limiter.cooling import ROUNDING_S, Cooling
from vaultio.limiter.reports import Grant, Report
from vaultio.limiter.rules import Priority, Rules
from vaultio.limiter.stores.book_clock import BookClock, Clocks
from vaultio.limiter.stores.sqlite_file import QuotaFile
from vaultio.limiter.stores.stored_rules import difference, dump_rules, load_rules
from vaultio.limiter.usage import Usage

_AT_ONCE = 64
"""Cells read at once: few are of interest, and a cursor left open would hold the file."""

_ADD = """
INSERT INTO cells (vault, name, idx, latest, count) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (vault, name, idx)
DO UPDATE SET latest = max(latest, excluded.latest), count = count + excluded.count
"""
_LIST = """
SELECT idx, latest, count FROM cells WHERE vault = ? AND name = ? AND idx > ? ORDER BY idx LIMIT ?
"""
_UPDATE = "UPDATE books SET state = ?, clock = ? WHERE vault = ?"
_BEGIN = "INSERT OR REPLACE INTO books (vault, rules, state, clock) VALUES (?, ?, ?, ?)"
_DROP = "DELETE FROM cells WHERE vault = ? AND name = ? AND idx <= ?"

_json = json.JSONEncoder(separators=(",", ":")).encode


@define(eq=False)
class Cells:
    """The cells of one vault's books."""

    vault: str
    connection: Connection | None = None
    coolings: dict[str, FileCooling] = field(factory=dict)

    def run(self, statement: str, *values: object) -> list[Any]:
        """Run one statement; return all rows."""
        assert self.connection is not None
        return self.connection.execute(statement, (self.vault, *values)).fetchall()


@define(eq=False)
class FileCooling:
    """A `Cooling` whose cells are rows."""

    cells: Cells
    name: str
    after_s: float
    cell_s: float
    count: int = field(init=False, default=0)
    first_s: float = field(init=False, default=0.0)
    """An instant before which no token was put in."""

    _first: list[Any] | None = field(init=False, default=None)
    """The first rows, as long as they are known."""

    def add(self, at_s: float, count: int = 1) -> None:
        """Put in so many tokens as of the instant *at_s*, in seconds."""
        self.cells.run(_ADD, self.name, floor(at_s / self.cell_s), at_s, count)
        self._first = None
        self.first_s = min(self.first_s, at_s) if self.count else at_s
        self.count += count

    def release(self, now: float) -> int:
        """Let go of the tokens whose time has come; say how many that were."""
        if not self.count or self.first_s + self.after_s > now + ROUNDING_S:
            return 0
        before, last = self.count, None
        for index, latest_s, tokens in self._rows():
            if latest_s + self.after_s > now + ROUNDING_S:
                self.first_s = latest_s
                break
            self.count, last = self.count - tokens, index
        if last is not None:
            self._first = None
            self.cells.run(_DROP, self.name, last)
        return before - self.count

    def returns(self) -> Iterator[tuple[float, int]]:
        """Yield (instant in seconds, tokens that come back then), soonest first."""
        return ((latest_s + self.after_s, tokens) for _, latest_s, tokens in self._rows())

    def _rows(self) -> Iterator[tuple[int, float, int]]:
        if self._first is None:
            self._first = self._after(-(2**62))
        rows = self._first
        yield from rows
        while len(rows) == _AT_ONCE:
            rows = self._after(rows[-1][0])
            yield from rows

    def _after(self, index: int) -> list[Any]:
        return self.cells.run(_LIST, self.name, index, _AT_ONCE)


@define(eq=False)
class FileBooks:
    """The books of one vault, as one process reads and writes them.

    Each operation is one transaction, at the time of the books. What was read stays in memory,
    and is read again only after another process has written.
    """

    file: QuotaFile
    rules: Rules
    vault: str
    clocks: Clocks
    _boot: tuple[str, str] = field(init=False)
    _cells: Cells = field(init=False)
    _books: Books = field(init=False)
    _clock: BookClock = field(init=False)
    _written: str = field(init=False, default="")
    _version: int | None = field(init=False, default=None)
    _has_rules: bool = field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        self._boot = self.clocks.boot()
        self._empty()

    def exchange(self, report: Report) -> Grant:
        """Do what `Books.exchange` does."""
        with self._opened() as now:
            return self._books.exchange(report, now)

    def wait_s(self, priority: Priority, ahead: int) -> float:
        """Do what `Books.wait_s` does."""
        with self._opened() as now:
            return self._books.wait_s(priority, ahead, now)

    def usage(self) -> Usage:
        """Do what `Books.usage` does."""
        with self._opened() as now:
            return self._books.usage(now)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    @contextmanager
    def _opened(self) -> Iterator[float]:
        try:
            with self.file.transaction() as connection:
                self._read(connection)
                now, went_down = self._clock.read()
                if went_down:
                    self._books.doubt(now)
                yield now
                self._write(connection)
        except BaseException:
            self._version = None  # what is in memory is not what is in the file
            raise

    def _empty(self) -> None:
        self._cells = cells = Cells(self.vault)

        def make(name: str, after_s: float, cell_s: float) -> Cooling:
            cooling = cells.coolings[name] = FileCooling(cells, name, after_s, cell_s)
            return cooling

        # A new file does not mean an unused quota: the first call asks the server.
        self._books = Books(self.rules, make, is_volatile=True)
        self._clock = BookClock(self.clocks, self._boot)
        self._written = ""

    def _read(self, connection: Connection) -> None:
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version == self._version and connection is self._cells.connection:
            return
        self._empty()
        self._cells.connection, self._version = connection, version
        found = self._cells.run("SELECT rules, state, clock FROM books WHERE vault = ?")
        if not found and self._cells.run("SELECT 1 FROM cells WHERE vault = ? LIMIT 1"):
            raise self.file.broken("tokens without books")
        for row in found:
            self._restore(*row)

    def _restore(self, rules: str, state: str, clock: str) -> None:
        try:
            theirs = load_rules(rules)
            books, heads = json.loads(state)
            self._clock.restore(json.loads(clock))
        except (ValueError, TypeError, KeyError) as error:
            raise self.file.broken(error) from error
        if found := difference(self.rules, theirs):
            raise QuotaStoreError(
                f"{self.file.path} keeps the quotas of {self.vault} by other rules: {found}. Give "
                "all programs that share it the same, or name another file"
            )
        try:
            self._books.restore(books)
            for name, cooling in self._cells.coolings.items():
                cooling.count, cooling.first_s = heads[name]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self.file.broken(error) from error
        self._written = state

    def _write(self, connection: Connection) -> None:
        coolings = self._cells.coolings.items()
        heads = {name: (cooling.count, cooling.first_s) for name, cooling in coolings}
        state = _json([self._books.dump(), heads])
        if state == self._written:
            return
        clock = _json(self._clock.dump())
        if self._has_rules:
            connection.execute(_UPDATE, (state, clock, self.vault))
        else:
            rules = dump_rules(self.rules)
            connection.execute(_BEGIN, (self.vault, rules, state, clock))
        self._written, self._has_rules = state, True
