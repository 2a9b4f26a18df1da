"""What an export leaves on the disk, and what it says of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.migration.conftest import EVERYTHING, files, items, top
from vaultio import InvalidArgumentError, UnreadableReplyError, Vault
from vaultio.migration import (
    MANIFEST_NAME,
    ById,
    ByQuery,
    Ended,
    Event,
    Found,
    Listed,
    Progressed,
    Started,
    export,
)
from vaultio.sandbox import Sandbox

OWN = (MANIFEST_NAME, "metadata", *(f"vaultio-report.{name}" for name in ("html", "json", "csv")))


async def test_everything_has_its_place(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Source, renditions and attachments of a document lie where the layout says."""
    one = sandbox.documents.add("Plan", b"source", file_name="Plan.docx", major=1, minor=2)
    sandbox.documents.add_rendition(one, content=b"pdf", file_name="Plan.pdf")
    attached = sandbox.documents.add_attachment(one, "a.txt", b"old")
    sandbox.documents.add_attachment(one, "a.txt", b"latest")

    await export(vault, tmp_path, include=EVERYTHING)

    assert files(tmp_path) == [
        f"{one}/1.2/Plan.docx",
        f"{one}/1.2/renditions/viewable_rendition__v/Plan.pdf",
        f"{one}/attachments/{attached}/2/a.txt",
    ]
    assert (tmp_path / f"{one}/attachments/{attached}/2/a.txt").read_bytes() == b"latest"


async def test_the_manifest_has_a_row_for_each_item(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The row of a file says which, where, and what it was held against."""
    one = sandbox.documents.add("Plan", b"source", file_name="Plan.docx")

    await export(vault, tmp_path)

    document, source = await items(tmp_path)
    md5 = hashlib.md5(b"source").hexdigest()
    assert (document.key, document.state) == (f"document/{one}/0.1", "done")
    assert document.data["fields"]["name__v"] == "Plan"
    assert (source.key, source.path) == (f"document/{one}/0.1/source", f"{one}/0.1/Plan.docx")
    assert (source.size, source.md5, source.verified) == (6, md5, "md5")


async def test_numbers_add_up(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """The report counts files, bytes and exactly the calls that the vault saw."""
    for number in range(5):
        sandbox.documents.add(f"Plan {number}", bytes(1000))

    report = await export(vault, tmp_path)

    assert (report.documents, report.files, report.verified, report.size) == (5, 5, 5, 5000)
    assert report.calls == sandbox.quota.calls == 1 + 5
    assert report.is_complete


async def test_a_document_costs_two_calls_beside_its_files(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """One to describe it, one to list its attachments if it has any."""
    with_both, plain = sandbox.documents.add("Both"), sandbox.documents.add("Plain")
    sandbox.documents.add_rendition(with_both)
    sandbox.documents.add_attachment(with_both, "a.txt", b"a")

    report = await export(vault, tmp_path, include=EVERYTHING)

    calls = {"list": 1, with_both: 2 + 3, plain: 1 + 1}
    assert report.calls == sandbox.quota.calls == sum(calls.values())


async def test_binders_and_placeholders_are_no_failures(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """What has no file is named with the reason."""
    sandbox.documents.add("Binder", binder=True)
    sandbox.documents.add("Placeholder", None)

    report = await export(vault, tmp_path, include=EVERYTHING)

    assert report.reasons == {"binder": 1, "no file": 1}
    assert (report.skipped, report.failed, report.files) == (2, 0, 0)


async def test_ids_cost_a_call_for_all(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Only the documents asked for are exported, each once; one call names the fields."""
    one, two, _ = (sandbox.documents.add(name) for name in ("One", "Two", "Three"))

    report = await export(vault, tmp_path, selection=ById([two, one, two]))

    assert files(tmp_path) == [f"{one}/0.1/One.docx", f"{two}/0.1/Two.docx"]
    assert report.calls == 2 + 2


async def test_ids_from_a_file(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A CSV says which documents; what is no id is refused before anything is sent."""
    _, two = sandbox.documents.add("One"), sandbox.documents.add("Two")
    (tmp_path / "ids.csv").write_text(f"name,id\nx,{two}\n", "utf-8")
    (tmp_path / "wrong.csv").write_text("id\n7a\n", "utf-8")

    await export(vault, tmp_path / "to", selection=ById.from_csv(tmp_path / "ids.csv"))

    assert files(tmp_path / "to") == [f"{two}/0.1/Two.docx"]
    for column, what in (("id", "whole number"), ("number", "no column")):
        with pytest.raises(InvalidArgumentError, match=what):
            ById.from_csv(tmp_path / "wrong.csv", column=column)


async def test_a_query_that_says_enough_costs_nothing_more(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Rows with version, name and checksum save the calls that describe the documents."""
    for name in ("One", "Two", "Three"):
        sandbox.documents.add(name)
    fields = "id, major_version_number__v, minor_version_number__v, filename__v, md5checksum__v"

    known = await export(vault, tmp_path, selection=ByQuery(f"SELECT {fields} FROM documents"))
    bare = await export(vault, tmp_path / "b", selection=ByQuery("SELECT id FROM documents"))

    assert (known.calls, bare.calls) == (1 + 3, 3 + 3)
    assert (known.verified, bare.verified) == (3, 3)


async def test_a_query_without_ids(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Rows that name no document end the export, and say what to write."""
    sandbox.documents.add("One")

    with pytest.raises(UnreadableReplyError, match="SELECT id"):
        await export(vault, tmp_path, selection=ByQuery("SELECT name__v FROM documents"))


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "..", "a/../../b\\c:d", "renditions"])
async def test_a_hostile_name_stays_inside(
    vault: Vault, sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    """Whatever a file is called, it lies in its document's folder and clashes with nothing."""
    one = sandbox.documents.add("Evil", b"evil", file_name=name)
    sandbox.documents.add_rendition(one, content=b"pdf", file_name=name)
    sandbox.documents.add_attachment(one, name, b"attached")

    report = await export(vault, tmp_path / "to", include=EVERYTHING)

    assert report.files == 3
    assert len(files(tmp_path / "to" / str(one))) == 3
    assert top(tmp_path) == {"to"}
    assert top(tmp_path / "to") == {str(one), *OWN}


async def test_one_version_is_exported_as_it_was_listed(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """A version made between the list and the download does not slip in."""
    one = sandbox.documents.add("Plan", b"old", file_name="Plan.docx")

    def check_in(event: Event) -> None:
        if isinstance(event, Found):
            sandbox.documents.add_version(one, b"new")

    await export(vault, tmp_path, on_event=check_in)

    assert (tmp_path / f"{one}/0.1/Plan.docx").read_bytes() == b"old"


async def test_events_tell_the_story(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """Items are found, started, progress in bytes and end; the last event is the report."""
    sandbox.documents.add("Plan", bytes(600_000))
    events: list[Event] = []

    report = await export(vault, tmp_path, on_event=events.append)

    kinds = dict.fromkeys(type(one).__name__ for one in events if not isinstance(one, Listed))
    assert list(kinds) == ["Stage", "Found", "Started", "Progressed", "Finished", "Ended"]
    steps = [(one.size, one.total) for one in events if isinstance(one, Progressed)]
    assert steps[-1] == (600_000, 600_000)
    assert events[-1] == Ended(report)


async def test_downloads_begin_before_the_list_has_ended(
    vault: Vault, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Finding and fetching overlap."""
    sandbox.settings.documents_limit, sandbox.settings.documents_size = 10, "total"
    for number in range(60):
        sandbox.documents.add(f"Plan {number}")
    events: list[Event] = []

    await export(vault, tmp_path, concurrency=2, on_event=events.append)

    last = max(at for at, one in enumerate(events) if isinstance(one, Listed))
    assert any(isinstance(one, Started) for one in events[:last])
    assert len(files(tmp_path)) == 60


@pytest.mark.parametrize(
    "wrong", [{"include": []}, {"include": ["x"]}, {"concurrency": 0}, {"recheck": "x"}]
)
async def test_wrong_arguments(vault: Vault, tmp_path: Path, wrong: dict[str, object]) -> None:
    """What cannot be meant is refused before anything is touched."""
    with pytest.raises(InvalidArgumentError):
        await export(vault, tmp_path / "to", **wrong)  # type: ignore[arg-type]

    assert not (tmp_path / "to").exists()
