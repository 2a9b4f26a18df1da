"""What a source has now: nothing twice, and what it has no more is not brought."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from vaultio.errors import InvalidArgumentError
from vaultio.migration.entries import Draft, storable
from vaultio.migration.manifest import Manifest

GONE = "not in the source any more"
"""The reason of items that were to be brought, and whose rows were taken out before they were."""

_BEGIN = (
    "CREATE TEMP TABLE IF NOT EXISTS census (key TEXT PRIMARY KEY) WITHOUT ROWID",
    "DELETE FROM census",
    # A row may come back: all are asked for again.
    f"UPDATE items SET state = 'found', reason = NULL"
    f" WHERE state = 'skipped' AND reason = '{GONE}'",
)
_END = (
    f"UPDATE items SET state = 'skipped', reason = '{GONE}', error_type = NULL, message = NULL"
    " WHERE state IN ('found', 'leased', 'failed') AND key NOT IN (SELECT key FROM temp.census)",
    "DROP TABLE temp.census",
)


class Census:
    """Counts the items of a source, from `begin` to `end`; their keys stay on the disk."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    async def begin(self) -> None:
        """Begin to count."""
        await self._do(_BEGIN)

    async def count(self, drafts: Iterable[Draft]) -> None:
        """Count items; one that was counted before is an `InvalidArgumentError`."""
        keys = [(storable(draft.key),) for draft in drafts]

        def count(database: sqlite3.Connection) -> None:
            for key in keys:
                if not database.execute(
                    "INSERT OR IGNORE INTO temp.census VALUES (?)", key
                ).rowcount:
                    raise InvalidArgumentError(
                        f"two rows are for {key[0]!r}, and one of them would be lost: take one out"
                    )

        await self._manifest.change(count)

    async def end(self) -> None:
        """Let what was not counted, and is not done, be."""
        await self._do(_END)

    async def _do(self, statements: Iterable[str]) -> None:
        def do(database: sqlite3.Connection) -> None:
            for statement in statements:
                database.execute(statement)

        await self._manifest.change(do)
