"""Bulk calls: rows in, one answer a row out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid, missing
from vaultio.sandbox.routing import JSON

Row = dict[str, Any]
CSV, JSON_TYPE, FORM = "text/csv", "application/json", "application/x-www-form-urlencoded"


async def read_rows(call: Call, most: int, *kinds: str) -> list[Row]:
    """Read the rows of a call in CSV or one of *kinds*; refuses none at all, or too many."""
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (CSV, *kinds):
        raise invalid(f"Content-Type [{kind}] is not supported here.")
    if kind == FORM:
        rows = _of_form((await call.form()).values)
    else:
        try:
            text = (await call.request.read()).decode()
        except ValueError as error:
            raise invalid(f"The input cannot be read: {error}") from None
        rows = _of_csv(text) if kind == CSV else _of_json(text)
    if not rows:
        raise invalid("The input has no rows.")
    if len(rows) > most:
        raise invalid(f"The input has {len(rows)} rows, more than the batch size [{most}].")
    return rows


async def answer_rows(
    rows: list[Row],
    operation: Callable[[Row], Awaitable[JSON]],
    said_anyway: Callable[[Row], JSON] = lambda _: {},
) -> JSON:
    """Carry out one row after the other; one that is refused fails alone, SUCCESS stays on top.

    *said_anyway* is what the answer has of a row even if it failed.
    """
    data = []
    for row in rows:
        extra = said_anyway(row)
        try:
            data.append({"responseStatus": "SUCCESS", **await operation(row)})
        except RefusedError as refusal:
            data.append({**refusal.envelope(), **extra})
    return {"data": data}


def take(row: Row, *names: str) -> list[str]:
    """Take columns out of a row that it must have, in their order, as texts."""
    for name in names:
        if row.get(name) in (None, ""):
            raise missing(name)
    return [str(row.pop(name)) for name in names]


def switched_on(call: Call, header: str) -> bool:
    """Whether a switch such as X-VaultAPI-MigrationMode is set."""
    return call.request.headers.get(header, "").lower() == "true"


def require_migration_mode(call: Call) -> None:
    """Refuse a call that only migrations may make."""
    if not switched_on(call, "X-VaultAPI-MigrationMode"):
        raise RefusedError("OPERATION_NOT_ALLOWED", "X-VaultAPI-MigrationMode must be true.")


def _of_csv(text: str) -> list[Row]:
    """Read Vault's CSV, in which a backslash is doubled; an empty cell is no value."""
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    header = [name.replace("\\\\", "\\") for name in lines[0]] if lines else []
    rows = []
    for cells in lines[1:]:
        if len(cells) != len(header):
            raise invalid(f"A row has {len(cells)} cells and not {len(header)}.")
        if any("\r" in cell for cell in cells):
            raise invalid("A value holds a carriage return.")
        values = [cell.replace("\\\\", "\\") or None for cell in cells]
        rows.append(dict(zip(header, values, strict=True)))
    return rows


def _of_json(text: str) -> list[Row]:
    try:
        rows = json.loads(text)
    except ValueError as error:
        raise invalid(f"The input is not JSON: {error}") from None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise invalid("The input is not a list of objects.")
    return [dict(row) for row in rows]


def _of_form(values: Mapping[str, str]) -> list[Row]:
    """Read a form: the same values for all of its ``docIds``."""
    fields = dict(values)
    ids = fields.pop("docIds", "")
    if not ids:
        raise missing("docIds")
    return [{**fields, "id": one.strip()} for one in ids.split(",")]
