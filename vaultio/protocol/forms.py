"""How values are written for Vault: query parameters, forms, CSV and JSON.

Source: Vault's CSV deviates from RFC 4180 in two points: a carriage return inside a value is
not allowed, and a backslash is doubled (supplement to the reference, 7.3).
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from attrs import field, frozen

from vaultio.errors import InvalidArgumentError, UnreadableReplyError, VaultioError


@frozen
class Body:
    """A request's body, ready to send and to send again; kept out of every repr."""

    content: bytes = field(repr=False)
    content_type: str


def text_of(value: object) -> str:
    """Write one value as Vault reads it.

    Booleans are ``true`` and ``false``, times UTC with milliseconds, and several values of one
    field share one text, separated by commas; so none of several may hold a comma.
    """
    if isinstance(value, Enum):
        return text_of(value.value)  # str() of one that is a text too is its name in Python
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidArgumentError(f"the time {value} has no time zone: give it one")
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, int | float) and math.isfinite(value):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray | Mapping):
        return ",".join(_without_comma(text_of(item)) for item in value)
    raise InvalidArgumentError(f"Vault has no way to write {type(value).__name__} values")


def _whole(text: str) -> str:
    """Refuse a text that UTF-8 cannot hold, without showing it: it may be a secret."""
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise InvalidArgumentError("a text holds half a character (a lone surrogate)")
    return text


def _without_comma(text: str) -> str:
    if "," in text:
        raise InvalidArgumentError(f"{text!r} is one of several values and holds a comma")
    return text


def sent(values: Mapping[str, object]) -> dict[str, str]:
    """Write the values that are to be sent: None means "not sent"."""
    return {name: text_of(value) for name, value in values.items() if value is not None}


def form(values: Mapping[str, object]) -> Body:
    """Make a form body (``application/x-www-form-urlencoded``)."""
    return Body(urlencode(sent(values)).encode(), "application/x-www-form-urlencoded")


def json_body(value: Any) -> Body:
    """Make a JSON body."""
    try:
        text = json.dumps(
            value, default=text_of, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgumentError(f"this cannot be written as JSON: {error}") from error
    return Body(_whole(text).encode(), "application/json")


def csv_text(
    rows: Iterable[Mapping[str, object]], columns: Sequence[str], *, first: int = 1
) -> str:
    """Write rows in Vault's CSV, with a header line of *columns*; None is an empty cell.

    A carriage return inside a value, or a key that is no column, is an `InvalidArgumentError`
    that names column and row, counted from *first*.
    """
    target, known = io.StringIO(newline=""), set(columns)
    writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([_cell(name, 0, name) for name in columns])
    for number, row in enumerate(rows, start=first):
        if not row.keys() <= known:
            raise InvalidArgumentError(f"row {number}: {sorted(row.keys() - known)} is no column")
        writer.writerow([_cell(row.get(name), number, name) for name in columns])
    return target.getvalue()


def csv_body(
    rows: Iterable[Mapping[str, object]], columns: Sequence[str], *, first: int = 1
) -> Body:
    """Make a CSV body (UTF-8); *first* is the number of the first row, for messages."""
    return Body(csv_text(rows, columns, first=first).encode(), "text/csv")


def csv_rows(text: str) -> Iterator[dict[str, str]]:
    """Read Vault's CSV with a header line, a mapping a row; the inverse of `csv_text`.

    A row with more or fewer cells than the header is an `UnreadableReplyError`: which cell is
    whose would be a guess.
    """
    return csv_lines(io.StringIO(text.removeprefix("\ufeff"), newline=""), UnreadableReplyError)


def csv_lines(lines: Iterable[str], wrong: type[VaultioError]) -> Iterator[dict[str, str]]:
    """Read Vault's CSV line by line, as from a file; what cannot be read is raised as *wrong*."""
    reader = csv.reader(lines, strict=True)
    try:
        columns = [_read_cell(name) for name in next(reader, [])]
        if len(set(columns)) < len(columns):
            raise wrong("the CSV names a column twice")
        for number, cells in enumerate(reader, start=1):
            if cells and len(cells) != len(columns):
                raise wrong(f"CSV row {number} has {len(cells)} cells, not {len(columns)}")
            if cells:
                yield dict(zip(columns, map(_read_cell, cells), strict=True))
    except csv.Error as error:
        raise wrong(f"the CSV cannot be read: {error}") from error


def _read_cell(text: str) -> str:
    return text.replace("\\\\", "\\")


def _cell(value: object, row: int, column: str) -> str:
    """Write one cell, or say where the value stands that cannot be written."""
    text = "" if value is None else text_of(value)
    if "\r" in text:
        raise InvalidArgumentError(
            f"row {row}, column {column!r}: Vault's CSV takes no carriage return inside a value"
        )
    return text.replace("\\", "\\\\")
