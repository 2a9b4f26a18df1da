"""How values are written for Vault: query parameters, forms, CSV and JSON.

Source: Vault's CSV deviates from RFC 4180 in two points: a carriage return inside a value is
not allowed, and a backslash is doubled (supplement to the reference, 7.3).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from attrs import field, frozen

from vaultio.errors import InvalidArgumentError


@frozen
class Body:
    """A request's body, ready to send and to send again; kept out of every repr."""

    content: bytes = field(repr=False)
    content_type: str


def text_of(value: object) -> str:
    """Write one value as Vault reads it.

    Booleans are ``true`` and ``false``, times UTC with milliseconds, and several values of one
    field share one text, separated by commas.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidArgumentError(f"the time {value} has no time zone: give it one")
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, bytes | Mapping):
        return ",".join(text_of(item) for item in value)
    raise InvalidArgumentError(f"Vault has no way to write {type(value).__name__} values")


def sent(values: Mapping[str, object]) -> dict[str, str]:
    """Write the values that are to be sent: None means "not sent"."""
    return {name: text_of(value) for name, value in values.items() if value is not None}


def form(values: Mapping[str, object]) -> Body:
    """Make a form body (``application/x-www-form-urlencoded``)."""
    return Body(urlencode(sent(values)).encode(), "application/x-www-form-urlencoded")


def json_body(value: Any) -> Body:
    """Make a JSON body."""
    text = json.dumps(value, default=text_of, ensure_ascii=False, separators=(",", ":"))
    return Body(text.encode(), "application/json")


def csv_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Write rows in Vault's CSV, with a header line of *columns*; None is an empty cell.

    A carriage return inside a value is an `InvalidArgumentError` that names row and column.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([_cell(name, 0, name) for name in columns])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(row.get(name), number, name) for name in columns])
    return target.getvalue()


def csv_body(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> Body:
    """Make a CSV body (UTF-8)."""
    return Body(csv_text(rows, columns).encode(), "text/csv")


def csv_rows(text: str) -> Iterator[dict[str, str]]:
    """Read Vault's CSV with a header line, a mapping a row; the inverse of `csv_text`."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    for row in reader:
        yield {
            str(name).replace("\\\\", "\\"): (value or "").replace("\\\\", "\\")
            for name, value in row.items()
        }


def _cell(value: object, row: int, column: str) -> str:
    """Write one cell, or say where the value stands that cannot be written."""
    text = "" if value is None else text_of(value)
    if "\r" in text:
        raise InvalidArgumentError(
            f"row {row}, column {column!r}: Vault's CSV takes no carriage return inside a value"
        )
    return text.replace("\\", "\\\\")
