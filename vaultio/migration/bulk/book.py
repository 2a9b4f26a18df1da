"""What became of each row: a CSV for people and for the next run. All here blocks.

Columns are ``row`` (its number in the source when it was tried), ``state``, ``id``, ``error_type``,
``message`` and ``key``. Cells that a spreadsheet would take for formulas have an apostrophe before
them. Beside it, while calls are under way, lies a journal: whoever is killed then leaves in it
which rows he had sent.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, TextIO

from attrs import define, field, frozen

from vaultio.errors import InvalidArgumentError
from vaultio.migration.bulk.source import SourceRow
from vaultio.migration.disk import refusals
from vaultio.migration.report.as_csv import cell

RowState = Literal["done", "failed", "unknown"]
"""``unknown``: sent, and the answer was lost: it may have been done."""

COLUMNS = ("row", "state", "id", "error_type", "message", "key")
_LOST = "sent, and the answer never came: look whether it was done"


@frozen(kw_only=True)
class Line:
    """What became of one row."""

    row: int
    key: str
    state: RowState
    id: int | str | None = None
    error_type: str | None = None
    message: str | None = None

    def cells(self) -> list[str]:
        """Write it out, safe for a spreadsheet."""
        values = (self.row, self.state, self.id, self.error_type, self.message, self.key)
        return [cell(value) for value in values]


def results_path(source: Path) -> Path:
    """Say where the results of a source go: ``plans.csv`` has them in ``plans.results.csv``."""
    return source.with_name(f"{source.stem}.results.csv")


@define
class Book:
    """The results so far, by the keys of rows, and the journal of what is under way."""

    path: Path
    states: dict[str, RowState] = field(factory=dict)
    _file: TextIO | None = None
    _journal: TextIO | None = None
    _open_calls: int = 0

    @property
    def _journal_path(self) -> Path:
        return self.path.with_name(f".vaultio-{self.path.name}.journal")

    def look(self) -> None:
        """Read what is known, also from the journal of a run that was killed; change nothing."""
        with refusals("read", self.path):
            for line in _lines(self.path):
                self.states[line[-1]] = _state(line[1], self.path)
            for _, key in self._left():
                self.states.setdefault(key, "unknown")

    def begin(self, again: set[str]) -> None:
        """Make ready to write: the lines of rows that are tried *again* go."""
        with refusals("write", self.path):
            known = {line[-1] for line in _lines(self.path)}
            lost = [
                Line(row=row, key=key, state="unknown", message=_LOST)
                for row, key in self._left()
                if key not in known and key not in again
            ]
            kept = [line for line in _lines(self.path) if line[-1] not in again]
            _replace(self.path, [*kept, *(one.cells() for one in lost)])
            self._journal = self._journal_path.open("w", encoding="utf-8")
            self._file = self.path.open("a", encoding="utf-8", newline="")

    def sending(self, rows: Sequence[SourceRow]) -> None:
        """Note that these are about to be sent; on the disk when this returns."""
        assert self._journal is not None
        self._open_calls += 1
        with refusals("write", self._journal_path):
            self._journal.write("".join(f"{row.number} {row.key}\n" for row in rows))
            _flush(self._journal)

    def settle(self, lines: Iterable[Line]) -> None:
        """Note what became of the rows of a call, if anything; on the disk when this returns."""
        assert self._file is not None
        text, lines = io.StringIO(newline=""), list(lines)
        csv.writer(text, lineterminator="\n").writerows(one.cells() for one in lines)
        with refusals("write", self.path):
            self._file.write(text.getvalue())
            _flush(self._file)
        self._open_calls -= 1
        self.states.update({one.key: one.state for one in lines})

    def end(self) -> None:
        """Close it; the journal stays if a result could not be noted: its rows were sent."""
        for file in filter(None, (self._file, self._journal)):
            with suppress(OSError):  # what could not be written was told of already
                file.close()
        if self._journal is not None and not self._open_calls:
            with suppress(OSError):
                self._journal_path.unlink()

    def _left(self) -> list[tuple[int, str]]:
        """Read the journal of a run that did not end; its last line may be cut."""
        try:
            text = self._journal_path.read_text("utf-8")
        except FileNotFoundError:
            return []
        words = [line.split(" ") for line in text.split("\n")[:-1]]
        return [(int(one[0]), one[1]) for one in words if len(one) == 2 and one[0].isdigit()]


def _lines(path: Path) -> list[list[str]]:
    """Read the lines below the header; what is no file of results is refused."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        if tuple(next(reader, COLUMNS)) != COLUMNS:
            raise InvalidArgumentError(
                f"{path} is there, and holds no results: choose another name"
            )
        lines = [line for line in reader if len(line) == len(COLUMNS)]
    # A line that was cut by a kill says nothing: its row is in the journal.
    return lines if path.read_bytes()[-1:] == b"\n" else lines[:-1]


def _state(text: str, path: Path) -> RowState:
    if text not in ("done", "failed", "unknown"):
        raise InvalidArgumentError(f"{path}: there is no state {text!r}")
    return text  # type: ignore[return-value] # it is one of them


def _replace(path: Path, lines: Iterable[Sequence[str]]) -> None:
    """Write the file anew, whole or not at all."""
    part = path.with_name(f".vaultio-{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(lines)
        _flush(file)
    part.replace(path)


def _flush(file: TextIO) -> None:
    file.flush()
    os.fsync(file.fileno())
