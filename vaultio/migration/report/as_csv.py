"""The report as CSV for people: a line an item, with what became of it and what to do.

Columns are those of the manifest (`vaultio.migration.schema`), and ``advice``. Times are ISO 8601
in UTC. A cell that a spreadsheet would take for a formula has an apostrophe before it, and what
could play tricks on a terminal is an escape, so this is no file to read back: ``metadata/`` is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any

from vaultio.migration.manifest import Manifest
from vaultio.migration.report.hints import hint
from vaultio.migration.report.rows import COLUMNS, Items, Row, pages
from vaultio.migration.report.wording import guarded, plain

_TIMES = frozenset({"found_at", "updated_at"})


async def csv_text(manifest: Manifest, *, items: Items = "all") -> AsyncIterator[str]:
    """Yield the file in pieces: a header, then the lines."""
    yield _lines([(*COLUMNS, "advice")])
    async for page in pages(manifest, items=items):
        yield _lines(map(_cells, page))


def cell(value: Any) -> str:
    """Write a value so that a spreadsheet shows it and does not reckon it.

    >>> cell("=1+1"), cell(-1), cell(None)
    ("'=1+1", '-1', '')
    """
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return guarded(plain(value))


def _cells(row: Row) -> Iterable[str]:
    for name in COLUMNS:
        value = row[name]
        yield cell(_time(value) if name in _TIMES else value)
    yield hint(row["error_type"]) if row["state"] == "failed" else ""


def _lines(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
