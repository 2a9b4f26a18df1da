"""Reads a list of documents out of a CSV file, a few at a time: it may have millions of lines."""

from __future__ import annotations

import csv
from collections.abc import AsyncGenerator, Generator

import anyio
import anyio.to_thread
from attrs import frozen

from vaultio.errors import InvalidArgumentError
from vaultio.migration.selection import ByCsv

CHUNK = 200
"""Values that come at once, each once."""

LONGEST_VALUE = 100_000
"""Characters of one value that are read; Vault allows far fewer, and says so."""

_MOST_CHARACTERS = 20_000  # of a query Vault takes 50,000, and the fields are in it too


@frozen(kw_only=True)
class Chunk:
    """Some values of the list, and the row at which the next begins (None: there is none)."""

    values: tuple[str, ...]
    following: int | None


async def chunks(selection: ByCsv, start: int) -> AsyncGenerator[Chunk, None]:
    """Read the list from a row on, counted from 0; the file is read in a thread."""
    reading = _read(selection, start)
    try:
        while True:
            chunk = await anyio.to_thread.run_sync(next, reading, None)
            if chunk is None:
                return
            yield chunk
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(reading.close)


async def fingerprint(selection: ByCsv) -> str:
    """Tell one state of the file from another; a file that is away is told by the reading."""
    try:
        found = await anyio.Path(selection.path).stat()
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"


def _read(selection: ByCsv, start: int) -> Generator[Chunk, None, None]:
    try:
        yield from _chunks(selection, start)
    except (OSError, UnicodeError, csv.Error) as error:
        raise InvalidArgumentError(f"{selection.path}: {error}") from error


def _chunks(selection: ByCsv, start: int) -> Generator[Chunk, None, None]:
    values, characters = dict[str, None](), 0
    with selection.path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if selection.column not in (rows.fieldnames or ()):
            raise InvalidArgumentError(f"{selection.path} has no column {selection.column!r}")
        for number, row in enumerate(rows):
            text = (row[selection.column] or "").strip()
            if number < start or not text or text in values:
                continue
            if len(text) > LONGEST_VALUE:  # a quotation mark that is never closed, mostly
                raise InvalidArgumentError(
                    f"{selection.path}: row {number + 1} has a value of {len(text):,} characters"
                )
            if len(values) >= CHUNK or characters + len(text) > _MOST_CHARACTERS:
                yield Chunk(values=tuple(values), following=number)
                values, characters = {}, 0
            values[text] = None
            characters += len(text) + len("'', ")
    yield Chunk(values=tuple(values), following=None)
