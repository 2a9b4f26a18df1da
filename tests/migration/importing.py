"""What the tests of imports share: a vault full of everything, and how two vaults compare."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from vaultio import Vault
from vaultio.migration import Entry, Import, Include, Manifest, Report, export
from vaultio.migration.manifest import NAME
from vaultio.sandbox import Sandbox
from vaultio.sandbox.stores.documents import Document, StoredFile

USER = 46916
_VIEWABLE = "viewable_rendition__v"
SUPPORT = "supporting_documents__vs"


async def exported(vault: Vault, sandbox: Sandbox, folder: Path) -> None:
    """Fill a vault with one of each, and export it all."""
    filled(sandbox)
    await export(vault, folder, include=get_args(Include), versions="all")


def filled(sandbox: Sandbox) -> None:
    """Fill a vault with one of each."""
    documents = sandbox.documents
    plan = documents.add("Plan", b"first", file_name="a.txt", fields={"external_id__v": "X-1"})
    documents.add_version(plan, b"second")
    documents.add_version(plan, b"third", fields={"title__v": "Third"})
    other, awaited = documents.add("Other", b"other"), documents.add("Awaited", None)
    low = {"subtype__v": "Print", "classification__v": "Poster"}
    documents.add("Poster", b"poster", type_name="Promotional Piece", fields=low)
    documents.add_rendition(plan, _VIEWABLE, b"viewable", file_name="v.pdf")
    documents.add_rendition(other, "print__c", b"print", file_name="p.pdf")
    for content in (b"old", b"new"):
        documents.add_attachment(plan, "note.txt", content)
    documents[awaited].roles["reviewer__v"].assigned_users.append(USER)
    documents[other].roles["legal__c"].assigned_users.append(USER)
    sandbox.relationships.add((plan, 0, 3), SUPPORT, other)
    sandbox.relationships.add((plan, 0, 2), SUPPORT, other, target_version=(0, 1))
    _bind(sandbox, plan, other)


def _bind(sandbox: Sandbox, plan: int, other: int) -> None:
    """Add a binder with sections in one another, and one that lies in it."""
    outer = sandbox.documents.add("Outer", binder=True)
    inner = sandbox.documents.add("Inner", binder=True)
    section = sandbox.binders.add_section(outer, "One", number="1")
    below = sandbox.binders.add_section(outer, "Below", parent_id=section)
    sandbox.binders.add_document(outer, other, parent_id=section)
    sandbox.binders.add_document(outer, plan, parent_id=below, rule="specific", bound=(0, 2))
    sandbox.binders.add_document(outer, plan)
    sandbox.binders.add_document(outer, inner)
    sandbox.binders.add_section(outer, "Two", number="2")


def picture(sandbox: Sandbox) -> dict[str, Any]:
    """Describe a vault by names alone: ids and dates may differ. A name that is twice says so."""
    names = {one.id: one.latest.fields["name__v"] for one in sandbox.documents}
    assert len(set(names.values())) == len(names), f"a document is twice: {names}"
    return {names[one.id]: _document(sandbox, names, one) for one in sandbox.documents}


def _document(sandbox: Sandbox, names: Mapping[int, str], one: Any) -> dict[str, Any]:
    held = [(a.latest.name, [v.content.md5 for v in a.versions]) for a in one.attachments]
    roles = {role.name: role.assigned_users for role in one.roles.values() if role.assigned_users}
    return {
        "versions": [_version(sandbox, names, one, version) for version in one.versions],
        "attachments": held,
        "roles": roles,
        "tree": _tree(names, sandbox.binders.tree(one)) if one.binder else [],
    }


def _version(sandbox: Sandbox, names: Mapping[int, str], one: Any, version: Any) -> Any:
    source = version.source and (version.source.name, version.source.content.md5)
    renditions = {name: kept.content.md5 for name, kept in version.renditions.items()}
    if version.minor != 3:  # Vault makes these itself
        renditions.pop(_VIEWABLE, None)
    related = sandbox.relationships.of(one, version)
    links = [(names[r.target_id], r.type, r.target_version) for r in related]
    said = [version.fields.get(name) for name in ("title__v", "subtype__v", "classification__v")]
    return version.number, source, one.type, said, renditions, links


def _tree(names: Mapping[int, str], node: Any) -> list[Any]:
    return [
        (
            one.kind,
            names.get(one.document_id, one.name),
            one.section_number,
            one.bound,
            _tree(names, one),
        )
        for one in node.children
    ]


def source_of(document: Document) -> StoredFile:
    """Return the source file of a document's latest version."""
    assert document.latest.source is not None
    return document.latest.source


async def imported(vault: Vault, source: Path, **options: Any) -> Report:
    """Run an import that need not wait for an index."""
    return await Import(vault, source, settle_s=0.0, **options).execute(lambda _: None)


def write_csv(path: Path, rows: Iterable[Mapping[str, object]], *, encoding: str = "utf-8") -> Path:
    """Write a table with the columns of all rows."""
    rows = list(rows)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def row(number: int, **more: object) -> dict[str, object]:
    """Make the row of a document."""
    kind = {"type__v": "Reference Document", "lifecycle__v": "General Lifecycle"}
    return {"id": number, "name__v": f"Document {number}", **kind, **more}


def write_copies(folder: Path, count: int) -> Path:
    """Write a table of so many documents that all have one file."""
    (folder / "a.txt").write_bytes(b"content")
    rows = [row(number, file="a.txt") for number in range(1, count + 1)]
    return write_csv(folder / "list.csv", rows)


async def entries(folder: Path) -> list[Entry]:
    """Read the items of a manifest."""
    async with Manifest(folder / NAME) as manifest:
        return [one async for one in manifest.entries()]
