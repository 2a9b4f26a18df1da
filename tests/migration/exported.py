"""What an export's folder tells, without ids and dates: exports of the same look the same."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VIEWABLE = "viewable_rendition__v"
_FIELDS = (
    *("name__v", "title__v", "type__v", "lifecycle__v", "status__v", "filename__v", "size__v"),
    *("md5checksum__v", "major_version_number__v", "minor_version_number__v", "binder__v"),
)
Facts = dict[str, list[Any]]


def facts(folder: Path) -> Facts:
    """Read what an export wrote beside the files: lists by kind, each in an order of its own."""
    documents = _lines(folder / "metadata/documents.jsonl")
    binders = _lines(folder / "metadata/binders.jsonl")
    names = {str(one["id"]): one["name__v"] for one in (*documents, *binders)}
    return {
        "documents": _sorted([[one.get(name) for name in _FIELDS] for one in documents]),
        "binders": _sorted([[one["name__v"], _tree(one["nodes"])] for one in binders]),
        "renditions": _rows(folder, "renditions", names, "rendition_type__v", "md5checksum__v"),
        "attachments": _rows(
            folder, "attachments", names, "filename__v", "version__v", "md5checksum__v"
        ),
        "roles": [
            one for one in _rows(folder, "roles", names, "role", "users", "groups") if any(one[2:])
        ],
        "relationships": _sorted(
            [
                [names[one[key]] for key in ("source_doc_id__v", "target_doc_id__v")]
                + [one["relationship_type__v"], one["target_minor_version__v"]]
                for one in _table(folder, "relationships")
            ]
        ),
    }


def without_made(first: Facts, second: Facts) -> Facts:
    """Take out of *second* the viewable renditions that Vault made itself: *first* had none."""
    had = {one[0] for one in first["renditions"] if one[1] == VIEWABLE}
    kept = [one for one in second["renditions"] if one[1] != VIEWABLE or one[0] in had]
    return {**second, "renditions": kept}


def _rows(folder: Path, table: str, names: Mapping[str, str], *columns: str) -> list[Any]:
    rows = _table(folder, table)
    return _sorted([[names[one["id"]], *(one[column] for column in columns)] for one in rows])


def _tree(nodes: list[dict[str, Any]]) -> list[Any]:
    told = ("type__v", "name__v", "section_number__v", "minor_version_number__v")
    return [[*(one.get(key) for key in told), _tree(one.get("nodes", []))] for one in nodes]


def _sorted(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=json.dumps)


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"metadata/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
