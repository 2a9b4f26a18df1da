"""Where what was in the source is in the target: old ids to new, as the manifest has them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from vaultio.migration.entries import Entry, Result
from vaultio.migration.manifest import Manifest

MISSING = "MissingReference"
"""The type of failure of what has to wait until something else is there."""

WAS_THERE = "was there"
"""The reason of a document that is done without having been created: so may be what it has."""

_MOST = 500
_QUERY = """
SELECT source_id, source_version, stage, state, target_id, target_version, reason
FROM items
WHERE source_id IN ({marks}) AND kind IN ('document', 'binder')
  AND stage IN ('documents', 'versions', 'binders') ORDER BY number
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
        """Return the latest version of a document that is there."""
        places = [one for key, one in self.versions.items() if key[0] == str(source_id) and one]
        return max(places, key=lambda one: (one.major, one.minor), default=None)

    def version(self, source_id: object, number: str | None) -> Place | None:
        """Return one version of a document; None if it is not there (yet)."""
        return self.versions.get((str(source_id), number or ""))


async def places(manifest: Manifest, source_ids: Iterable[object]) -> Places:
    """Look up where documents and binders are."""
    wanted = list(dict.fromkeys(map(str, source_ids)))

    def read(database: sqlite3.Connection) -> list[sqlite3.Row]:
        rows: list[sqlite3.Row] = []
        for at in range(0, len(wanted), _MOST):
            some = wanted[at : at + _MOST]
            rows += database.execute(_QUERY.format(marks=", ".join("?" * len(some))), some)
        return rows

    first: dict[str, Place | None] = {}
    versions: dict[tuple[str, str], Place | None] = {}
    for row in await manifest.read(read):
        place = _place(dict(row)) if row["state"] == "done" else None
        versions[row["source_id"], row["source_version"] or ""] = place
        if row["stage"] != "versions" and first.get(row["source_id"]) is None:
            first[row["source_id"]] = place
    return Places(first, versions)


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
