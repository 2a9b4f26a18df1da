"""Where what was in the source is in the target: old ids to new, as the manifest has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from vaultio.errors import InvalidDataError, VaultioError
from vaultio.migration.entries import Entry, Result
from vaultio.migration.manifest import Manifest
from vaultio.models import VersionNumber

MISSING = "MissingReference"
"""The type of failure of what has to wait until something else is there."""

WAS_THERE = "was there"
"""The reason of a document that is done without having been created: so may be what it has."""

_MOST = 500
PLACES = """
SELECT source_id, source_version, stage, state, target_id, target_version, reason
FROM items
WHERE source_id IN ({marks}) AND kind IN ('document', 'binder')
  AND stage IN ('documents', 'versions', 'binders') AND state <> 'skipped' ORDER BY number
"""

RIVALS = """
SELECT mine.number, other.kind, other.source_id FROM items AS mine JOIN items AS other
  ON json_extract(other.data, '$.identity') = json_extract(mine.data, '$.identity')
WHERE mine.number IN ({marks}) AND other.stage IN ('documents', 'binders')
  AND other.state <> 'skipped'
  AND (other.source_id <> mine.source_id OR other.kind <> mine.kind)
  AND (mine.target_id IS NULL OR mine.target_id = other.target_id)
"""


@frozen
class Place:
    """A document, or a version of one, in the target; `was_there` if it was found there."""

    id: int
    major: int
    minor: int
    was_there: bool = False


@frozen
class Places:
    """Some documents and binders by their ids in the source; `first` says how each began."""

    first: Mapping[str, Place | None] = field(factory=dict)
    versions: Mapping[tuple[str, str], Place | None] = field(factory=dict)

    def document(self, source_id: object) -> Place | None:
        """Return a document or binder; None if it is not there (yet)."""
        return self.first.get(str(source_id))

    def latest(self, source_id: object) -> Place | None:
        """Return the latest version of a document; None if that is not there (yet)."""
        own = str(source_id)
        places = ((key[1], one) for key, one in self.versions.items() if key[0] == own)
        mine = {VersionNumber.parse(number or "0.0"): place for number, place in places}
        return mine[max(mine)] if mine else None

    def version(self, source_id: object, number: str | None) -> Place | None:
        """Return one version of a document; None if it is not there (yet)."""
        return self.versions.get((str(source_id), number or ""))


async def places(manifest: Manifest, source_ids: Iterable[object]) -> Places:
    """Look up where documents and binders are."""
    wanted = list(dict.fromkeys(map(str, source_ids)))

    first: dict[str, Place | None] = {}
    versions: dict[tuple[str, str], Place | None] = {}
    for row in await _rows(manifest, PLACES, wanted):
        place = _place(dict(row)) if row["state"] == "done" else None
        versions[row["source_id"], row["source_version"] or ""] = place
        if row["stage"] != "versions" and first.get(row["source_id"]) is None:
            first[row["source_id"]] = place
    return Places(first, versions)


async def rivals(manifest: Manifest, entries: Iterable[Entry]) -> dict[int, str]:
    """Name, by items' numbers, another document or binder that would be called the same."""
    rows = await _rows(manifest, RIVALS, [entry.number for entry in entries])
    return {row["number"]: f"{row['kind']} {row['source_id']}" for row in rows}


async def _rows(manifest: Manifest, query: str, values: Sequence[object]) -> list[sqlite3.Row]:
    """Ask a query with a list of values in it, some at a time."""

    def read(database: sqlite3.Connection) -> list[sqlite3.Row]:
        rows: list[sqlite3.Row] = []
        for at in range(0, len(values), _MOST):
            some = values[at : at + _MOST]
            rows += database.execute(query.format(marks=", ".join("?" * len(some))), some)
        return rows

    return await manifest.read(read)


def clash(entry: Entry, rival: str | None) -> VaultioError | None:
    """Say what is wrong with an item that is called as another is: nothing tells them apart."""
    other = entry.data.get("clash") or rival
    if not other:
        return None
    said = f"{identity_of(entry)!r} stands for {other} too: give one of them another"
    return InvalidDataError(said)


def missing(entry: Entry, *needed: str) -> Result:
    """Make the result of an item that needs what is not there."""
    said = ", ".join(dict.fromkeys(needed))
    message = f"needs {said}: tried again once that is there"
    return Result(number=entry.number, state="failed", error_type=MISSING, message=message)


def _place(row: Mapping[str, Any]) -> Place | None:
    if row["target_id"] is None:
        return None
    major, _, minor = (row["target_version"] or "0.0").partition(".")
    was_there = row["reason"] == WAS_THERE
    return Place(int(row["target_id"]), int(major), int(minor or 0), was_there)


def identity_of(entry: Entry) -> str:
    """Return what an item's document is called by in the target, whatever its id."""
    return str(entry.data["identity"])
