"""Tables of metadata as they lie on the disk, JSON lines or CSV: read row by row, in any order.

All here blocks, and is called in threads.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from attrs import frozen

from vaultio.errors import InvalidArgumentError
from vaultio.migration.disk import refusals

Row = dict[str, Any]
_BOM = b"\xef\xbb\xbf"
_LONGEST_CELL = 10_000_000


@frozen
class Key:
    """What rows are put into order by: whose they are, which version, and what stands for that."""

    owner: str
    major: int = 0
    minor: int = 0
    identity: str | None = None


def rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Read a table, each row with the place in bytes where it begins; empty cells are left out.

    Blank rows are passed over. What cannot be read is an `InvalidArgumentError` with its line.
    """
    with refusals("read", path), path.open("rb") as file:
        source = _Lines(file)
        read = _json_rows if path.suffix == ".jsonl" else _csv_rows
        try:
            for at, row in read(source):
                kept = {str(name).strip(): value for name, value in row.items() if name}
                there = {name: one for name, one in kept.items() if name and one not in ("", None)}
                if there:
                    yield at, there
        except (ValueError, csv.Error) as error:
            raise InvalidArgumentError(f"{path}, line {source.number}: {error}") from error


class _Lines:
    """The lines of a file, and where the next one begins."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.number = 0
        self.place = len(_BOM) if file.read(len(_BOM)) == _BOM else 0
        file.seek(self.place)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline()
        if not line:
            raise StopIteration
        self.number += 1
        self.place += len(line)
        return line.decode()

    def seek(self, place: int) -> None:
        """Go to where a row begins."""
        self._file.seek(place)
        self.place = place


def _json_rows(lines: _Lines) -> Iterator[tuple[int, Mapping[str, Any]]]:
    at = lines.place
    for line in lines:
        if line.strip():
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("an object was expected")
            if "\\ud" in line.lower():  # half a character may be written so, and can go nowhere
                json.dumps(row, ensure_ascii=False).encode()
            yield at, row
        at = lines.place


def _csv_rows(lines: _Lines) -> Iterator[tuple[int, Mapping[str, Any]]]:
    # The module knows one limit for the process: it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    reader = csv.reader(lines, strict=True)
    columns = next(reader, [])
    if len({one.strip() for one in columns if one.strip()}) < sum(map(bool, columns)):
        raise ValueError("two columns have one name")
    at = lines.place
    for cells in reader:
        if len(cells) > len(columns):
            raise ValueError(f"{len(cells)} cells, but {len(columns)} columns")
        yield at, dict(zip(columns, (one.strip() for one in cells), strict=False))
        at = lines.place


class Ordered:
    """A table put into order by the *key* of its rows: owners as they come, versions upwards.

    Only places are kept, and those on the disk; each row is read again when it is its turn.
    """

    def __init__(self, path: Path, key: Callable[[Row], Key]) -> None:
        self._path = path
        self._index = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._index.execute(
            "CREATE TABLE rows (owner TEXT, major INTEGER, minor INTEGER, identity TEXT,"
            " place INTEGER)"
        )
        self._index.execute("BEGIN")
        found = ((self._keyed(key, row), at) for at, row in rows(path))
        self._index.executemany(
            "INSERT INTO rows VALUES (?, ?, ?, ?, ?)",
            ((one.owner, one.major, one.minor, one.identity, at) for one, at in found),
        )
        self._index.execute("CREATE INDEX by_identity ON rows (identity, owner)")
        self._index.execute("CREATE INDEX by_owner ON rows (owner, place)")

    def _keyed(self, key: Callable[[Row], Key], row: Row) -> Key:
        try:
            return key(row)
        except ValueError as error:
            raise InvalidArgumentError(f"{self._path}: {error}") from error

    def close(self) -> None:
        """Let the index go."""
        self._index.close()

    def groups(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield all rows of each owner, by version; owners in the order of their first rows."""
        order = (
            "SELECT owner, place FROM rows JOIN (SELECT owner, min(place) AS first FROM rows"
            " GROUP BY owner) USING (owner) ORDER BY first, major, minor, place"
        )
        with refusals("read", self._path), self._path.open("rb") as file:
            lines = _Lines(file)
            read = self._reader(lines)
            for owner, places in groupby(self._index.execute(order), lambda one: str(one[0])):
                yield owner, [read(place) for _, place in places]

    def rival(self, identity: str, owner: str) -> str | None:
        """Name another owner that has the same identity, if there is one."""
        query = "SELECT owner FROM rows WHERE identity = ? AND owner <> ? LIMIT 1"
        found = self._index.execute(query, (identity, owner)).fetchone()
        return None if found is None else str(found[0])

    def _reader(self, lines: _Lines) -> Callable[[int], Row]:
        """Make what reads the row at a place."""
        if self._path.suffix == ".jsonl":
            columns: list[str] = []
        else:
            columns = next(csv.reader(lines, strict=True))

        def read(place: int) -> Row:
            lines.seek(place)
            if not columns:
                row = json.loads(next(lines))
            else:
                cells = next(csv.reader(lines, strict=True))
                row = dict(zip(columns, (one.strip() for one in cells), strict=False))
            kept = {str(name).strip(): value for name, value in row.items()}
            return {name: one for name, one in kept.items() if name and one not in ("", None)}

        return read
