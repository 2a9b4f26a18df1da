"""The fields of what was exported, as files that an import, and Vault's own loader, can read.

They come from the manifest, so they are whole whatever happened, and are written anew at the end
of each run, below ``metadata/``:

``documents.jsonl``, ``documents.csv``
    A line a document version: all fields by Vault's names, ``file`` (the source file below the
    export's folder, empty without one), ``external_id__v``. In CSV lists are joined with commas.
``renditions.csv``, ``attachments.csv``, ``annotations.csv``
    A line a file: ``id``, the version, the type or attachment, ``file``, and what Vault knows.
``roles.csv``
    A line a role of a document: ``id``, ``role``, ``users``, ``groups`` (ids with commas).
``relationships.csv``
    A line a relationship, by Vault's names, with the version that it starts from.
``binders.jsonl``
    A line a binder version: its fields, and ``nodes``, the tree of what is in it; without it if
    binders were not exported.

What there is nothing of has no file.
"""

from __future__ import annotations

import csv
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeAlias

import anyio
from attrs import define, field

from vaultio.migration.disk import in_thread, refusals
from vaultio.migration.entries import Entry, ItemKind
from vaultio.migration.layout import METADATA
from vaultio.migration.manifest import Manifest

Row: TypeAlias = dict[str, Any]
_PAGE = 1_000


@define
class Table:
    """One file in the making: rows are spooled as JSON lines; CSV is made of them at the end.

    The columns of a table are known only when the last row is.
    """

    name: str
    folder: Path
    is_csv: bool
    is_jsonl: bool
    columns: dict[str, None] = field(factory=dict)
    spool: Path | None = None

    def add(self, rows: list[Row]) -> None:
        """Add rows."""
        if not rows:
            return
        if self.spool is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.spool = self.folder / f".vaultio-{secrets.token_hex(8)}.part"
        with self.spool.open("a", encoding="ascii") as file:
            for row in rows:
                self.columns.update(dict.fromkeys(row))
                file.write(json.dumps(row, ensure_ascii=True) + "\n")

    def publish(self) -> None:
        """Give the files their names; a file of an earlier run of which nothing is left goes."""
        csv_path, jsonl = self.folder / f"{self.name}.csv", self.folder / f"{self.name}.jsonl"
        if self.spool is None:
            csv_path.unlink(missing_ok=True)
            jsonl.unlink(missing_ok=True)
            return
        if self.is_csv:
            with _published(csv_path) as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(self.columns)
                for row in _lines(self.spool):
                    writer.writerow(cell(row.get(name)) for name in self.columns)
        if self.is_jsonl:
            self.spool.replace(jsonl)
        self.drop()

    def drop(self) -> None:
        """Leave nothing behind."""
        if self.spool is not None:
            self.spool.unlink(missing_ok=True)


async def write_metadata(manifest: Manifest, folder: Path) -> None:
    """Write all tables of the manifest's items; a disk that refuses is a `TargetError`."""
    where = folder / METADATA
    tables = {
        "document": Table("documents", where, is_csv=True, is_jsonl=True),
        "rendition": Table("renditions", where, is_csv=True, is_jsonl=False),
        "attachment": Table("attachments", where, is_csv=True, is_jsonl=False),
        "annotation": Table("annotations", where, is_csv=True, is_jsonl=False),
        "role": Table("roles", where, is_csv=True, is_jsonl=False),
        "relationship": Table("relationships", where, is_csv=True, is_jsonl=False),
        "binder": Table("binders", where, is_csv=False, is_jsonl=True),
    }
    try:
        for kind, table in tables.items():
            await _fill(manifest, kind, table)
        for table in tables.values():
            await _do(table, table.publish)
    finally:
        with anyio.CancelScope(shield=True):
            await in_thread(lambda _: _drop(tables.values()))


def _drop(tables: Iterable[Table]) -> None:
    for table in tables:
        table.drop()


async def _fill(manifest: Manifest, kind: str, table: Table) -> None:
    page: list[Row] = []
    async for entry, file in manifest.with_files(kind):
        page += _ROWS[entry.kind](entry, file)
        if len(page) >= _PAGE:
            rows, page = page, []
            await _do(table, lambda rows=rows: table.add(rows))  # type: ignore[misc]
    await _do(table, lambda: table.add(page))


async def _do(table: Table, step: Callable[[], None]) -> None:
    def work() -> None:
        with refusals("write", table.folder / table.name):
            step()

    await in_thread(lambda _: work())


def cell(value: Any) -> str:
    """Write one value for CSV: text as it is, nothing as nothing, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ",".join(map(cell, value))
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def _published(path: Path) -> Iterator[TextIO]:
    """Open a part that takes the name *path* once it is whole."""
    part = path.with_name(f".vaultio-{secrets.token_hex(8)}.part")
    try:
        with part.open("x", encoding="utf-8", errors="replace", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="ascii") as file:
        for line in file:
            yield json.loads(line)


def _document(entry: Entry, file: str | None) -> list[Row]:
    fields = entry.data.get("fields")
    if fields is None:  # an id that there is no document for
        return []
    return [{"file": file or "", **fields, "external_id__v": fields.get("external_id__v")}]


def _file(entry: Entry, _: str | None) -> list[Row]:
    if entry.state != "done":
        return []
    row: Row = {"file": entry.path, "id": int(entry.source_id)}
    if entry.kind == "attachment":
        fields: Mapping[str, Any] = entry.data.get("fields", {})
        names = ("filename__v", "description__v", "format__v")
        row |= {"attachment_id": int(entry.detail or 0), "version__v": entry.source_version}
        row |= {name: fields.get(name) for name in names}
    else:
        major, _sep, minor = (entry.source_version or "").partition(".")
        row |= {"major_version_number__v": major, "minor_version_number__v": minor}
    if entry.kind == "rendition":
        row["rendition_type__v"] = entry.detail
    return [{**row, "size__v": entry.size, "md5checksum__v": entry.md5}]


def _role(entry: Entry, _: str | None) -> list[Row]:
    return [
        {
            "id": int(entry.source_id),
            "role": one["name"],
            "users": list(one.get("assignedUsers", ())),
            "groups": list(one.get("assignedGroups", ())),
        }
        for one in entry.data.get("roles", ())
    ]


def _relationship(entry: Entry, _: str | None) -> list[Row]:
    major, _sep, minor = (entry.source_version or "").partition(".")
    start = {"source_major_version__v": major, "source_minor_version__v": minor}
    return [{**entry.data["fields"], **start}]


def _binder(entry: Entry, _: str | None) -> list[Row]:
    nodes = {"nodes": entry.data["nodes"]} if "nodes" in entry.data else {}
    return [{**entry.data["fields"], **nodes}]


_ROWS: dict[ItemKind, Callable[[Entry, str | None], list[Row]]] = {
    "document": _document,
    "rendition": _file,
    "attachment": _file,
    "annotation": _file,
    "role": _role,
    "relationship": _relationship,
    "binder": _binder,
}
