"""Imports on days when everything that can be wrong is: in the table, in the vault, on the way."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from tests.leaks import PASSWORD
from tests.migration.importing import USER, entries, imported, row, write_copies, write_csv
from vaultio import InvalidArgumentError, Vault
from vaultio.migration import Manifest
from vaultio.migration.creating.places import PLACES, RIVALS
from vaultio.sandbox import Sandbox
from vaultio.sandbox.content import as_content

FOLDER = "list-import-target.veevavault.com"


def write_table(folder: Path, name: str, *rows: object) -> None:
    """Write a table of metadata as an export does."""
    (folder / "metadata").mkdir(exist_ok=True)
    text = "".join(f"{json.dumps(one)}\n" for one in rows)
    (folder / "metadata" / f"{name}.jsonl").write_text(text)


def digest(content: bytes) -> str:
    """Reckon an MD5."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


async def test_a_check_that_fails_loses_nothing(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """What was created is noted with its id, whatever becomes of the query that checks it."""
    source = write_copies(tmp_path, 3)
    target.faults.failure("INVALID_DATA", path="/query", skip=1)

    report = await imported(there, source)

    assert (report.count("done", "document"), report.verified) == (3, 0)
    assert {one.target_id for one in await entries(tmp_path / FOLDER)} != {None}


@pytest.mark.parametrize("known", ["md5checksum__v", "size__v", "neither"])
async def test_a_version_that_is_there_with_another_file(
    known: str, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """Whatever the table knows of a file, it is held against the one in the target."""
    number = target.documents.add("Document 1", b"first", fields={"external_id__v": "X"})
    target.documents.add_version(number, b"other")
    (tmp_path / "1").write_bytes(b"first")
    (tmp_path / "2").write_bytes(b"abcde")
    about = {"md5checksum__v": digest(b"abcde"), "size__v": 5, "neither": ""}
    later = row(1, external_id__v="X", file="2", minor_version_number__v=2)
    table = [row(1, external_id__v="X", file="1"), {**later, known: about[known]}]

    report = await imported(there, write_csv(tmp_path / "list.csv", table))

    assert [one.source_version for one in report.failures] == ["0.2"]


async def test_a_document_that_is_there_with_another_md5(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """A table may know the MD5 of a file and not its size."""
    target.documents.add("Document 1", b"other", fields={"external_id__v": "X"})
    (tmp_path / "1").write_bytes(b"first")
    table = [row(1, external_id__v="X", file="1", md5checksum__v=digest(b"first"))]

    report = await imported(there, write_csv(tmp_path / "list.csv", table))

    assert [one.error_type for one in report.failures] == ["ChecksumError"]


async def test_one_role_in_two_rows(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """All people of a role get into it, however many rows name them."""
    write_table(tmp_path, "documents", row(1))
    other = target.users.add("bob@example.com", PASSWORD).id
    roles = [{"id": 1, "role": "reviewer__v", "users": str(one)} for one in (USER, other)]
    write_table(tmp_path, "roles", *roles)

    report = await imported(there, tmp_path)

    [document] = target.documents
    assert report.failed == 0
    assert sorted(document.roles["reviewer__v"].assigned_users) == sorted([USER, other])


async def test_binders_that_nothing_tells_apart(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """Neither of two binders of one identity is made, nor what a document shares with one."""
    write_table(tmp_path, "documents", row(1, external_id__v="Y"))
    binders = [row(number, external_id__v="Z", nodes=[]) for number in (2, 3)]
    write_table(tmp_path, "binders", *binders, row(4, external_id__v="Y", nodes=[]))

    report = await imported(there, tmp_path)

    assert (len(target.documents), report.failed) == (0, 4 + 3)


async def test_two_files_for_one_thing(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """Two rows for one rendition are refused: one would be lost without a word."""
    write_table(tmp_path, "documents", row(1))
    of_one = {"id": 1, "rendition_type__v": "print__c"}
    write_table(tmp_path, "renditions", {**of_one, "file": "a"}, {**of_one, "file": "b"})

    with pytest.raises(InvalidArgumentError, match="two rows"):
        await imported(there, tmp_path)

    assert len(target.documents) == 0


async def test_a_row_that_was_taken_out(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """What failed and is not in the table any more is not tried again, and stands in no way."""
    table = [row(1, external_id__v="Y"), row(2, external_id__v="Y"), row(3, file="nowhere")]
    source = write_csv(tmp_path / "list.csv", table)
    first = await imported(there, source)

    second = await imported(there, write_csv(source, table[:1]))

    assert (first.failed, second.failed, len(target.documents)) == (3, 0, 1)
    assert second.reasons == {"not in the source any more": 2}


async def test_attachments_of_one_name(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """Vault tells attachments apart by name: of two with the same one is not passed over."""
    write_table(tmp_path, "documents", row(1))
    rows = [{"id": 1, "attachment_id": n, "filename__v": "a", "file": f"{n}"} for n in (1, 2)]
    write_table(tmp_path, "attachments", *rows)
    for number in ("1", "2"):
        (tmp_path / number).write_text(number)

    report = await imported(there, tmp_path)

    assert [one.error_type for one in report.failures] == ["InvalidDataError"]


async def test_an_attachment_that_is_there_with_another_file(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """One that has the name and not the content is not taken for it."""
    number = target.documents.add("Document 1", None, fields={"external_id__v": "X"})
    target.documents.add_attachment(number, "a", b"theirs")
    (tmp_path / "a").write_bytes(b"ours")
    write_table(tmp_path, "documents", row(1, external_id__v="X"))
    write_table(tmp_path, "attachments", {"id": 1, "filename__v": "a", "file": "a"})

    report = await imported(there, tmp_path)

    assert [one.error_type for one in report.failures] == ["ChecksumError"]


async def test_an_attachment_that_fails_leaves_others_alone(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """One whose file is not there fails, and so do its later versions; the others come."""
    write_table(tmp_path, "documents", row(1))
    rows = [("a", 1, "gone"), ("a", 2, "b"), ("b", 1, "b")]
    names = ("filename__v", "version__v", "file")
    write_table(
        tmp_path, "attachments", *({"id": 1, **dict(zip(names, r, strict=True))} for r in rows)
    )
    (tmp_path / "b").write_bytes(b"b")

    report = await imported(there, tmp_path)

    [document] = target.documents
    assert [one.error_type for one in report.failures] == ["UploadError", "MissingReference"]
    assert [one.latest.name for one in document.attachments] == ["b"]


async def test_a_row_that_came_back(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """A row that was taken out and is put in again, mended, is imported."""
    (tmp_path / "a").write_bytes(b"a")
    for file in ("nowhere", None, "a"):
        rows = [row(1), *([row(2, file=file)] if file else [])]
        report = await imported(there, write_csv(tmp_path / "list.csv", rows))

    assert (report.failed, report.reasons, len(target.documents)) == (0, {}, 2)


async def test_a_folder_that_was_moved(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """With its manifest it may be moved: its documents stay those that they are."""
    (tmp_path / "one").mkdir()
    await imported(there, write_csv(tmp_path / "one" / "list.csv", [row(1)]))
    (tmp_path / "one").rename(tmp_path / "two")

    report = await imported(there, tmp_path / "two" / "list.csv")

    assert (report.count("done"), len(target.documents)) == (1, 1)


async def test_two_tables_of_one_name(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """Documents of different tables stay apart, also if both are list.csv and count from 1."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        await imported(there, write_csv(tmp_path / name / "list.csv", [row(1)]))

    assert len(target.documents) == 2


@pytest.mark.parametrize("identity", [" X ", "it's %_\\", "a\nb", "ä" * 250, 7, "x'--"])
async def test_strange_identities(
    identity: object, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """A document is made once, whatever it is called, if its answer is lost."""
    write_table(tmp_path, "documents", row(1, external_id__v=identity))
    target.faults.lost_answer(method="POST", path="/objects/documents/batch")

    report = await imported(there, tmp_path)

    assert (report.failed, len(target.documents)) == (0, 1)


@pytest.mark.parametrize("minor", [2, 4])
async def test_another_version_than_the_target_has(
    minor: int, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """It is not there only because another is: it would be lost without a word."""
    table = row(1, external_id__v="X", major_version_number__v=0)
    source = write_csv(tmp_path / "list.csv", [{**table, "minor_version_number__v": 3}])
    await imported(there, source)

    write_csv(source, [{**table, "minor_version_number__v": minor}])
    report = await imported(there, source, folder=tmp_path / "again")

    assert [one.error_type for one in report.failures] == ["NotAllowedError"]


async def test_a_row_that_cannot_be_written(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """It fails alone: the other 499 of its call are made."""
    write_table(tmp_path, "documents", row(1), row(2, title__v={"no": "value"}), row(3))

    report = await imported(there, tmp_path)

    assert [one.source_id for one in report.failures] == ["2"]
    assert len(target.documents) == 2


@pytest.mark.parametrize("wrong", ["documents", "versions", "renditions"])
async def test_a_staged_file_outside_fails_alone(
    wrong: str, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """A path that leads out of the folder harms nothing else of its call, whatever it is for."""
    paths = dict.fromkeys(("documents", "versions", "renditions"), "a") | {wrong: "../a"}
    target.documents.staging["in/a"] = as_content(b"a")
    (tmp_path / "a").write_bytes(b"a")
    later = {"major_version_number__v": 1, "minor_version_number__v": 0}
    table = [row(1, file="a"), row(1, file=paths["versions"], **later), row(2, file="a")]
    write_table(tmp_path, "documents", *table, row(3, file=paths["documents"]))
    kind = {"rendition_type__v": "print__c"}
    files = {1: paths["renditions"], 2: "a"}
    write_table(tmp_path, "renditions", *({"id": n, **kind, "file": files[n]} for n in files))

    report = await imported(there, tmp_path, staged="in")

    assert len(target.documents) == (2 if wrong == "documents" else 3)
    assert [one.error_type for one in report.failures] == ["InvalidArgumentError"]


async def test_text_that_is_no_text(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """Half a character is refused with its line, before anything is made."""
    write_table(tmp_path, "documents", row(1), row(2, title__v="\ud800"))

    with pytest.raises(InvalidArgumentError, match="line 2"):
        await imported(there, tmp_path)

    assert len(target.documents) == 0


def _asked(text: str, book: sqlite3.Connection) -> list[sqlite3.Row]:
    return book.execute(text, (1, 2)).fetchall()


async def test_no_question_of_a_batch_goes_through_all_items(tmp_path: Path) -> None:
    """What is asked for each batch is found by an index, however many items there are."""
    job = {"kind": "import", "source": "a", "target": "b", "settings": {}}
    async with Manifest(tmp_path / "book.db", job) as manifest:
        for query in (PLACES, RIVALS):
            text = f"EXPLAIN QUERY PLAN {query.format(marks='?, ?')}"
            steps = await manifest.read(partial(_asked, text))
            assert [step["detail"] for step in steps if "SCAN" in step["detail"]] == []
            assert any("SEARCH" in step["detail"] for step in steps)
