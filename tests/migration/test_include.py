"""What an export may bring beside source files, what that costs, and what it writes of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.migration.conftest import EVERYTHING, files, items
from vaultio import InvalidArgumentError, Vault
from vaultio.migration import ById, Include, export
from vaultio.sandbox import Sandbox


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """Read a CSV of the metadata."""
    with (folder / "metadata" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def json_lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """Read JSON lines of the metadata."""
    text = (folder / "metadata" / name).read_text("ascii")
    return [json.loads(line) for line in text.splitlines()]


async def test_fields_of_all_documents(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A line a document: all fields by Vault's names, and where its file is."""
    fields = {"external_id__v": "X-1", "country__v": ["DE", "FR"], "note__c": 'a "b",\nc ä'}
    one = sandbox.documents.add("Plan", b"source", file_name="a.txt", fields=fields)
    sandbox.documents.add("Placeholder", None)

    await export(vault, tmp_path)

    first, second = json_lines(tmp_path, "documents.jsonl")
    row, _ = table(tmp_path, "documents.csv")
    assert {name: first[name] for name in fields} == fields
    assert (first["id"], first["file"], second["file"]) == (one, f"{one}/0.1/a.txt", "")
    assert first["md5checksum__v"] == (await vault.documents.retrieve(one)).md5
    assert (row["country__v"], row["note__c"]) == ("DE,FR", fields["note__c"])
    assert row["document_creation_date__v"] == first["document_creation_date__v"]


async def test_all_versions(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Every version has its file and its line, found in pages and not document by document."""
    one = sandbox.documents.add("Plan", b"first", file_name="a.txt")
    sandbox.documents.add_version(one, b"second")
    sandbox.documents.add_version(one, b"third", major=1)

    report = await export(vault, tmp_path, versions="all")

    assert files(tmp_path) == [f"{one}/{number}/a.txt" for number in ("0.1", "0.2", "1.0")]
    assert (tmp_path / f"{one}/0.2/a.txt").read_bytes() == b"second"
    assert len(json_lines(tmp_path, "documents.jsonl")) == 3
    assert report.calls == sandbox.quota.calls == 2 + 3


async def test_all_versions_of_some(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Versions of chosen documents, with attachments asked for once a document."""
    one, _ = sandbox.documents.add("Plan", b"1"), sandbox.documents.add("Other")
    sandbox.documents.add_version(one, b"2")
    attached = sandbox.documents.add_attachment(one, "a.txt", b"old")
    sandbox.documents.add_attachment(one, "a.txt", b"new")

    chosen, kinds = ById([one]), EVERYTHING[::2]
    report = await export(vault, tmp_path, selection=chosen, versions="all", include=kinds)

    folder = f"{one}/attachments/{attached}"
    assert {f"{folder}/1/a.txt", f"{folder}/2/a.txt"} < set(files(tmp_path))
    assert report.calls == 2 + 2 + 1 + 2


async def test_one_type_of_rendition_costs_a_call(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """It is asked for without a look; that there is none is no failure."""
    one, _ = sandbox.documents.add("One"), sandbox.documents.add("Two")
    for name in ("viewable_rendition__v", "other__c"):
        sandbox.documents.add_rendition(one, name, b"pdf", file_name="a.pdf")

    types = {"viewable_rendition__v"}
    report = await export(vault, tmp_path, include=["renditions"], rendition_types=types)

    assert files(tmp_path) == [f"{one}/0.1/renditions/viewable_rendition__v/a.pdf"]
    assert (report.calls, report.reasons) == (1 + 2, {"not there": 1})


async def test_everything_else(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Annotations, roles, relationships and binders: a call each, and a line in their file."""
    one, two = sandbox.documents.add("One"), sandbox.documents.add("Two")
    sandbox.documents.add_annotations(one, b"%PDF notes")
    await vault.documents.roles(one).assign(users={"reviewer__v": [46916]})
    relationships = vault.documents.version(one, 0, 1).relationships
    await relationships.create("supporting_documents__vs", two)
    before = sandbox.quota.calls

    report = await export(vault, tmp_path, include=["annotations", "roles", "relationships"])

    assert files(tmp_path) == [f"{one}/0.1/annotations.pdf"]
    assert report.calls == sandbox.quota.calls - before == 1 + 2 * 3
    assert [row["target_doc_id__v"] for row in table(tmp_path, "relationships.csv")] == [str(two)]
    rows = {(row["id"], row["role"]): row["users"] for row in table(tmp_path, "roles.csv")}
    assert (rows[str(one), "reviewer__v"], rows[str(two), "reviewer__v"]) == ("46916", "")


async def test_binders_have_their_tree(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A binder's sections and documents are written down to the last, for one call."""
    one = sandbox.documents.add("One")
    binder = sandbox.documents.add("Binder", binder=True)
    section = sandbox.binders.add_section(binder, "Section")
    sandbox.binders.add_document(binder, one, parent_id=section)

    report = await export(vault, tmp_path, include=["binders"])

    [line] = json_lines(tmp_path, "binders.jsonl")
    [top] = line["nodes"]
    assert (line["name__v"], top["name__v"]) == ("Binder", "Section")
    assert [node["document_id__v"] for node in top["nodes"]] == [one]
    assert report.calls == 2


async def test_each_version_of_a_binder_has_its_tree(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Of all versions too, down to the last: a call more for each section of an earlier one."""
    binder = sandbox.documents.add("Binder", binder=True)
    section = sandbox.binders.add_section(binder, "Section")
    inner = sandbox.binders.add_section(binder, "Inner", parent_id=section)
    one = sandbox.documents.add("One")
    sandbox.binders.add_document(binder, one, parent_id=inner)
    sandbox.documents.add_version(binder)
    sandbox.binders.add_section(binder, "New", parent_id=section)

    report = await export(vault, tmp_path, include=["binders"], versions="all")

    below = [line["nodes"][0]["nodes"] for line in json_lines(tmp_path, "binders.jsonl")]
    names = [[(node["name__v"], len(node["nodes"])) for node in nodes] for nodes in below]
    assert names == [[("Inner", 1)], [("Inner", 1), ("New", 0)]]
    assert report.calls == 2 + 1 + (1 + 2)


async def test_a_new_attachment_is_found_by_the_next_run(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """A run after one that came to its end looks again, at files that changed too."""
    one = sandbox.documents.add("Plan", b"old", file_name="a.txt")
    await export(vault, tmp_path, include=get_args(Include))
    attached = sandbox.documents.add_attachment(one, "b.txt", b"b")
    sandbox.documents[one].latest.fields |= {"md5checksum__v": "0" * 32, "title__v": "New"}

    report = await export(vault, tmp_path, include=get_args(Include))

    assert f"{one}/attachments/{attached}/1/b.txt" in files(tmp_path)
    assert [item.error_type for item in report.failures] == ["ChecksumError"]
    assert json_lines(tmp_path, "documents.jsonl")[0]["title__v"] == "New"


async def test_another_template_needs_another_folder(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """One folder has one layout."""
    sandbox.documents.add("Plan")
    await export(vault, tmp_path, template="{type__v}/{id}/{version}/{filename}")

    with pytest.raises(InvalidArgumentError, match="laid out by the template"):
        await export(vault, tmp_path)

    assert [item.kind for item in await items(tmp_path)] == ["document", "source"]
