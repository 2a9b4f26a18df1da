"""Imports: what comes into a vault, what it costs, and what is said of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from tests.migration.importing import (
    entries,
    exported,
    imported,
    picture,
    row,
    source_of,
    write_copies,
    write_csv,
)
from vaultio import InvalidArgumentError, Vault
from vaultio.migration import (
    Ended,
    Event,
    Import,
    Include,
    Manifest,
    Progressed,
    export,
    import_documents,
    summarise,
)
from vaultio.migration.report.telling import skipped_lines
from vaultio.sandbox import Sandbox

HOST = "import-target.veevavault.com"


async def test_an_export_comes_into_an_empty_vault(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """All that was exported is there, once, with its ids mapped; and exports again as it was."""
    await exported(vault, sandbox, tmp_path / "first")

    report = await imported(there, tmp_path / "first")
    await export(there, tmp_path / "second", include=get_args(Include), versions="all")

    assert (report.failures, report.reasons) == ((), {"nobody in a role": 2})
    assert picture(target) == picture(sandbox)
    assert (report.files, report.verified, report.documents) == (9, 5, 8)


async def test_a_second_run_makes_nothing_new(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """It costs no call; and one that knows nothing of the first looks everything up."""
    await exported(vault, sandbox, tmp_path)
    await imported(there, tmp_path)

    again = await imported(there, tmp_path)
    elsewhere = await imported(there, tmp_path, folder=tmp_path / "elsewhere")

    assert (again.calls, elsewhere.failures) == (0, ())
    assert picture(target) == picture(sandbox)


async def test_what_documents_cost(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """One call with a file, one for 500 without, two queries for 200, one for the fields."""
    rows = [row(number, file=f"{number}.txt") for number in range(1, 41)]
    for one in rows:
        (tmp_path / str(one["file"])).write_bytes(f"content {one['id']}".encode())
    rows += [row(number) for number in range(41, 451)]

    report = await imported(there, write_csv(tmp_path / "list.csv", rows))

    assert report.calls == target.quota.calls == 1 + 3 + 40 + 1 + 1
    assert (report.failed, report.count("done"), report.verified) == (0, 450, 40)


async def test_files_are_held_against_the_vault(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """The manifest says that size and MD5 of the file are those that the vault tells."""
    (tmp_path / "a.txt").write_bytes(b"content")
    source = write_csv(tmp_path / "list.csv", [row(7, file="a.txt")])

    await imported(there, source)

    [item] = await entries(tmp_path / f"list-{HOST}")
    [document] = target.documents
    assert (item.verified, item.size, item.md5) == ("md5", 7, source_of(document).content.md5)
    assert (item.target_id, item.target_version) == (str(document.id), "0.1")
    assert re.fullmatch("vaultio:list.csv:[0-9a-f]{12}:7", document.latest.fields["external_id__v"])


async def test_another_file_in_the_vault_is_a_failure(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """A document that has the identity, but other content, is neither touched nor made again."""
    target.documents.add("Other", b"another content", fields={"external_id__v": "X"})
    (tmp_path / "a.txt").write_bytes(b"content")
    source = write_csv(tmp_path / "list.csv", [row(1, file="a.txt", external_id__v="X")])

    report = await imported(there, source)

    assert [one.error_type for one in report.failures] == ["ChecksumError"]
    assert len(target.documents) == 1


async def test_a_file_that_is_not_the_one_exported(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """One that lost bytes since is not sent."""
    one = sandbox.documents.add("Plan", b"source", file_name="a.txt")
    await export(vault, tmp_path)
    (tmp_path / f"{one}/0.1/a.txt").write_bytes(b"sour")

    report = await imported(there, tmp_path)

    assert "has 4 bytes, but 6 were expected" in str(report.failures[0].message)
    assert len(target.documents) == 0


async def test_a_document_without_its_file_is_not_created(
    vault: Vault, sandbox: Sandbox, there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """What had a file that was not exported does not become a placeholder."""
    sandbox.documents.add("Plan", b"source")
    await export(vault, tmp_path, include=["roles"])

    report = await imported(there, tmp_path)

    assert "was not exported" in str(report.failures[0].message)
    assert len(target.documents) == 0


async def test_fields_that_the_target_does_not_know(
    there: Vault, target: Sandbox, tmp_path: Path
) -> None:
    """They are left out, and manifest and report name them."""
    source = write_csv(tmp_path / "list.csv", [row(1, title__v="T", strange__c="x", id__v="")])

    report = await imported(there, source)

    [document] = target.documents
    assert (report.failed, document.latest.fields["title__v"]) == (0, "T")
    assert "strange__c" not in document.latest.fields
    async with Manifest(report.path) as manifest:
        assert (await manifest.job())["left_out"] == ["strange__c"]
    assert report.left_out == ("strange__c",)
    said = skipped_lines(await summarise(report.path.parent))
    assert said == ["1 field that the target does not know: strange__c"]


async def test_events_and_a_gentle_stop(there: Vault, target: Sandbox, tmp_path: Path) -> None:
    """Documents in flight are finished; the next run makes the rest, and none twice."""
    source = write_copies(tmp_path, 30)
    job = Import(there, source, concurrency=2, settle_s=0.0)

    def stop(event: Event) -> None:
        if isinstance(event, Progressed) and len(target.documents) >= 5:
            job.stop()

    report = await job.execute(stop)
    assert (report.is_complete, 5 <= report.count("done") < 30) == (False, True)

    events = [one async for one in Import(there, source, settle_s=0.0).run()]

    assert isinstance(events[-1], Ended)
    assert (events[-1].report.count("done"), len(target.documents)) == (30, 30)


async def test_what_cannot_be_imported(there: Vault, tmp_path: Path) -> None:
    """A source that is none is refused before anything is made, also on the disk."""
    with pytest.raises(InvalidArgumentError, match="nothing at"):
        await import_documents(there, tmp_path / "nowhere")
    with pytest.raises(InvalidArgumentError, match="metadata/documents"):
        await import_documents(there, tmp_path)

    assert not (tmp_path / "nowhere").exists()


async def test_another_identity_needs_another_folder(there: Vault, tmp_path: Path) -> None:
    """What was named by one field is not looked for by another."""
    source = write_csv(tmp_path / "list.csv", [row(1)])
    await imported(there, source)

    with pytest.raises(InvalidArgumentError, match="identity"):
        await imported(there, source, identity="title__v")
