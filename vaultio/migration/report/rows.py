"""Items for the lists of a report, page by page: a few thousand are in memory at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal, TypeAlias

from vaultio.migration.manifest import Manifest

Items = Literal["all", "failed"]
"""Which items a list has."""

Row: TypeAlias = dict[str, Any]

COLUMNS = (
    *("number", "key", "stage", "kind", "source_id", "source_version", "detail", "state", "path"),
    *("size", "expected_size", "md5", "expected_md5", "verified", "target_id", "target_version"),
    *("tries", "error_type", "message", "reason", "found_at", "updated_at"),
)
_PAGE = 2_000


async def pages(
    manifest: Manifest, *, items: Items, columns: Sequence[str] = COLUMNS
) -> AsyncIterator[list[Row]]:
    """Yield the items of a manifest in their order, as they are when their page is read."""
    wanted = " AND state = 'failed'" if items == "failed" else ""
    names = ", ".join(dict.fromkeys(("number", *columns)))
    query = f"SELECT {names} FROM items WHERE number > ?{wanted} ORDER BY number LIMIT {_PAGE}"
    last = 0
    while True:

        def page(database: sqlite3.Connection, last: int = last) -> list[Row]:
            return [dict(row) for row in database.execute(query, (last,))]

        rows = await manifest.read(page)
        if rows:
            yield rows
        if len(rows) < _PAGE:
            return
        last = rows[-1]["number"]
