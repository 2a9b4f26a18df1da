"""Versions, what is on the staging server, roles, binders and relationships."""

from __future__ import annotations

import json
from pathlib import Path

from tests.migration.importing import SUPPORT, USER, entries, imported, picture, row, write_csv
from vaultio import Vault
from vaultio.migration import export
from vaultio.sandbox import Sandbox
from vaultio.sandbox.content import as_content


def versions_of(sandbox: Sandbox) -> list[list[tuple[str, int]]]:
    """Return the versions of each document with the size of their files; -1 is no file."""
    return [
        [(one.number, one.source.content.size if one.source else -1) for one in document.versions]
        for document in sandbox.documents
    ]


def stage(sandbox: Sandbox, folder: Path, prefix: str) -> None:
    """Put the files of an export onto the staging server."""
    for path in (one for one in folder.rglob("*") if one.is_file()):
        name = f"{prefix}/{path.relative_to(folder).as_posix()}"
        sandbox.documents.staging[name] = as_content(path.read_bytes())


async def test_versions_in_order(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """Whatever order they are listed in; a call each, and one more where fields changed."""
    for name in ("One", "Two"):
        one = sandbox.documents.add(name, b"1", major=1, minor=9)
        sandbox.documents.add_version(one, b"22", fields={"title__v": f"{name} changed"})
        sandbox.documents.add_version(one, b"333")
    await export(vault, tmp_path, versions="all")
    lines = (tmp_path / "metadata/documents.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "metadata/documents.jsonl").write_text("".join(reversed(lines)))

    report = await imported(there, tmp_path)

    assert versions_of(target) == versions_of(sandbox)
    assert [one.latest.fields["title__v"][4:] for one in target.documents] == ["changed"] * 2
    assert (report.verified, report.calls) == (6, 1 + 2 + 2 + 2 + 4 + 2)


async def test_a_version_that_vault_would_number_otherwise(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """From a file here only the next minor version can be made; those behind it wait."""
    one = sandbox.documents.add("One", b"1")
    for major, minor in ((0, 2), (1, 0), (1, 1)):
        sandbox.documents.add_version(one, b"22", major=major, minor=minor)
    await export(vault, tmp_path, versions="all")

    report = await imported(there, tmp_path)

    assert versions_of(target) == [[("0.1", 1), ("0.2", 2)]]
    assert [one.error_type for one in report.failures] == ["NotAllowedError", "MissingReference"]
    assert "only files on the staging server" in str(report.failures[0].message)


async def test_files_on_the_staging_server(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """They go in bulk, 500 documents a call, and versions have the numbers they had."""
    for number in range(30):
        one = sandbox.documents.add(f"Document {number}", b"1" * number)
        sandbox.documents.add_version(one, b"22", major=1, minor=0)
        sandbox.documents.add_rendition(one, "print__c", b"print", file_name="p.pdf")
    await export(vault, tmp_path, versions="all", include=["source", "renditions"])
    stage(target, tmp_path, "u1/export")

    report = await imported(there, tmp_path, staged="u1/export/", migration_mode=True)

    assert (report.failures, picture(target)) == ((), picture(sandbox))
    # The fields; documents and versions with two queries each; renditions.
    assert (report.verified, report.calls) == (60, 1 + 3 + 3 + 1)


async def test_staged_files_and_lost_answers(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """Bulk calls that are carried out and not answered are looked at before they are repeated."""
    one = sandbox.documents.add("Document", b"1")
    sandbox.documents.add_version(one, b"22", major=1, minor=0)
    sandbox.documents.add_rendition(one, "print__c", b"print", file_name="p.pdf")
    await export(vault, tmp_path, versions="all", include=["source", "renditions"])
    stage(target, tmp_path, "in")
    for path in ("documents/batch", "documents/versions/batch", "documents/renditions/batch"):
        target.faults.lost_answer(method="POST", path=f"/objects/{path}")

    report = await imported(there, tmp_path, staged="in")

    assert (report.failures, picture(target)) == ((), picture(sandbox))
    assert {fault.hits for fault in target.faults} == {1}


async def test_people_have_other_ids_elsewhere(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """Users and groups are mapped by their ids; who is not taken is no silent loss."""
    one = sandbox.documents.add("One")
    sandbox.documents[one].roles["reviewer__v"].assigned_users += [7, 8]
    sandbox.documents[one].roles["legal__c"].assigned_groups.append(9)
    await export(vault, tmp_path, include=["source", "roles"])
    group = target.groups.add("People", [USER])

    report = await imported(there, tmp_path, users={7: USER}, groups={9: group})

    [document] = target.documents
    assert document.roles["reviewer__v"].assigned_users == [USER]
    assert document.roles["legal__c"].assigned_groups == [group]
    assert [one.message for one in report.failures] == ["Vault passed over reviewer__v.users 8"]


async def test_what_is_missing_in_a_binder_gets_its_place(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """A document that comes later goes between those that are there already."""
    ids = [sandbox.documents.add(name, name.encode()) for name in ("One", "Two", "Three")]
    binder = sandbox.documents.add("Binder", binder=True)
    for one in (*ids, ids[0]):
        sandbox.binders.add_document(binder, one)
    await export(vault, tmp_path, include=["source", "binders"])
    file = next((tmp_path / f"{ids[1]}").rglob("*.docx"))
    content = file.read_bytes()
    file.unlink()
    report = await imported(there, tmp_path)
    assert {one.error_type for one in report.failures} == {"UploadError", "MissingReference"}

    file.write_bytes(content)
    report = await imported(there, tmp_path)

    assert (report.failures, picture(target)) == ((), picture(sandbox))


async def test_an_older_version_of_a_binder(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """It is passed over, with a reason; so is one whose content was not exported."""
    one = sandbox.documents.add("Binder", binder=True)
    await vault.binders.create_draft(one)
    await export(vault, tmp_path / "a", include=["binders"], versions="all")
    await export(vault, tmp_path / "b", include=["source"])

    report = await imported(there, tmp_path / "a")
    other = await imported(there, tmp_path / "b")

    assert report.reasons == {"older version of a binder": 1}
    assert other.reasons == {"content of the binder not exported": 1}
    assert len(target.documents) == 1


async def test_relationships_written_by_hand(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """Without ids and versions of their own, and to documents that are listed later."""
    (tmp_path / "metadata").mkdir()
    write_csv(tmp_path / "metadata/documents.csv", [row(1), row(2)])
    link = {"source_doc_id__v": 1, "target_doc_id__v": 2, "relationship_type__v": SUPPORT}
    write_csv(tmp_path / "metadata/relationships.csv", [link, {**link, "target_doc_id__v": 3}])

    report = await imported(there, tmp_path)

    one, two = target.documents
    [found] = target.relationships.of(one, one.latest)
    assert (found.target_id, found.target_version) == (two.id, None)
    assert [item.message for item in report.failures] == [
        "needs document 3: tried again once that is there"
    ]
    kinds = [item.key for item in await entries(report.path.parent) if item.kind == "relationship"]
    assert kinds[0] == f"relationship/1/None.None/{SUPPORT}/2//"


async def test_what_would_become_something_else(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """A CrossLink does not become a placeholder, nor a document without type one without name."""
    (tmp_path / "a.txt").write_bytes(b"content")
    loose = {"type__v": "Undefined", "lifecycle__v": "Unclassified", "file": "a.txt"}
    table = [row(1, crosslink__v="true"), {**row(2), **loose}]

    report = await imported(there, write_csv(tmp_path / "list.csv", table))

    assert [one.error_type for one in report.failures] == ["NotAllowedError"] * 2
    assert (len(target.documents), target.quota.calls) == (0, report.calls)


async def test_json_lines_too(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """A table by itself may be JSON lines."""
    text = json.dumps(row(1, country__v=["DE", "FR"])) + "\n"
    (tmp_path / "list.jsonl").write_text(text)

    report = await imported(there, tmp_path / "list.jsonl")

    [document] = target.documents
    assert (report.failed, document.latest.fields["country__v"]) == (0, "DE,FR")
