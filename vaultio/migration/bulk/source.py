"""The rows of a CSV, each with a key by which it is known again in a later run. All here blocks.

The key is made of what is in the row, so rows may be moved, removed and added between two runs; of
rows that are the same, each has its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from pathlib import Path

from attrs import frozen

from vaultio.errors import InvalidArgumentError
from vaultio.migration.disk import refusals
from vaultio.protocol.forms import csv_lines, csv_text

_DIGEST_BYTES = 12


@frozen
class SourceRow:
    """A row: its number in the file, from 1 without the header; its key; its cells by column."""

    number: int
    key: str
    cells: dict[str, str]


def rows(path: Path) -> Generator[SourceRow, None, None]:
    """Read a file in Vault's CSV, UTF-8, row by row.

    What cannot be read, or not be sent, is an `InvalidArgumentError` that names the file and, where
    it is about a row, its number.
    """
    met = dict[bytes, int]()
    with refusals("read", path), path.open(encoding="utf-8-sig", newline="") as file:
        try:
            for number, cells in enumerate(csv_lines(file, InvalidArgumentError), start=1):
                csv_text([cells], list(cells), first=number)  # says what cannot be sent
                yield SourceRow(number, _key(cells, met), cells)
        except (InvalidArgumentError, UnicodeDecodeError) as error:
            said = f"not UTF-8 ({error.reason})" if isinstance(error, UnicodeDecodeError) else error
            raise InvalidArgumentError(f"{path}: {said}") from error


def _key(cells: dict[str, str], met: dict[bytes, int]) -> str:
    """Name a row by what is in it, in whatever order its columns come."""
    text = "\0".join(f"{name}\1{cells[name]}" for name in sorted(cells))
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES)
    number = met.get(digest.digest(), 0) + 1
    met[digest.digest()] = number
    # The letter keeps a spreadsheet from taking it for a number.
    return f"r{digest.hexdigest()}" + (f".{number}" if number > 1 else "")
