"""What changes attachments: one class, two owners; each promise holds for both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.endpoints.recording import examples, recorded
from tests.endpoints.test_attachments import DOCUMENT, LISTS, attachments_of, owners
from vaultio import (
    AddedAttachment,
    InvalidDataError,
    NotAllowedError,
    NotFoundError,
    OutcomeUnknownError,
    ParameterRequiredError,
    VaultError,
)
from vaultio.endpoints.parts import Attachments
from vaultio.sandbox import Sandbox

Call = Callable[[Attachments], Awaitable[object]]


@owners
async def test_added_file(owner: str, tmp_path: Path) -> None:
    """A file is there under its name, byte by byte, and Vault knows what it is."""
    (tmp_path / "Plan.pdf").write_bytes(b"%PDF-1.7 a plan")
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        added = await attachments.add(tmp_path / "Plan.pdf")
        found = await attachments.retrieve(added.id)
        saved = await attachments.download(added.id, to=tmp_path / "again", verify=True)

    assert (added.version, found.filename, found.format) == (1, "Plan.pdf", "application/pdf")
    assert (saved.path.read_bytes(), saved.verified) == (b"%PDF-1.7 a plan", "md5")


@owners
async def test_added_under_a_known_name(owner: str) -> None:
    """A file named like an attachment is its next version."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        name = (await attachments.retrieve(LISTS[owner])).filename
        added = await attachments.add(b"something else", filename=name)

    assert added == AddedAttachment(id=LISTS[owner], version=4)


@owners
async def test_the_same_bytes_are_not_added(owner: str) -> None:
    """A file with the MD5 of an attachment adds nothing, whatever it is called."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        first = await attachments.add(b"the same", filename="a.txt")
        second = await attachments.add(b"the same", filename="b.txt")
        found = await attachments.retrieve_all()

    assert first == second
    assert "b.txt" not in [one.filename for one in found]


@owners
async def test_restored_version(owner: str) -> None:
    """An old version becomes the latest, as a new one; the others stay."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        old = await attachments.retrieve_version(LISTS[owner], 2)
        restored = await attachments.restore_version(LISTS[owner], 2)
        latest = await attachments.retrieve(LISTS[owner])

    assert restored == AddedAttachment(id=LISTS[owner], version=4)
    assert (latest.version, len(latest.versions), latest.md5) == (4, 4, old.md5)


@owners
async def test_description(owner: str) -> None:
    """The latest version is described anew; the one before keeps what it had."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        await attachments.update_description(LISTS[owner], "Überblick, 概要")
        latest = await attachments.retrieve(LISTS[owner])
        before = await attachments.retrieve_version(LISTS[owner], 2)

    assert (latest.description, before.description) == ("Überblick, 概要", None)


@owners
async def test_deleted_version(owner: str) -> None:
    """One version goes and the others stay."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        await attachments.delete_version(LISTS[owner], 2)
        left = await attachments.retrieve_versions(LISTS[owner])

    assert [one.version for one in left] == [1, 3]


@owners
async def test_deleted_attachment(owner: str) -> None:
    """It goes with all its versions, and cannot be deleted twice."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        await attachments.delete(LISTS[owner])

        with pytest.raises(NotFoundError, match=rf"\[{LISTS[owner]}\] does not exist"):
            await attachments.delete(LISTS[owner])
        assert LISTS[owner] not in [one.id for one in await attachments.retrieve_all()]


@owners
async def test_no_more_than_fifty(owner: str) -> None:
    """The fifty-first attachment is refused; a version of one that is there is not."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        for number in range(48):
            added = await attachments.add(f"file {number}".encode(), filename=f"{number}.txt")
        with pytest.raises(NotAllowedError, match=r"number of allowed attachments .*\[50\]"):
            await attachments.add(b"one too many")

        assert (await attachments.add(b"another", filename="47.txt")).id == added.id


@owners
async def test_description_that_is_too_long(owner: str) -> None:
    """A thousand characters are taken and one more is not."""
    async with examples("v11.0") as (vault, _, _):
        attachments = attachments_of(vault, owner)
        await attachments.update_description(LISTS[owner], "ü" * 1000)
        with pytest.raises(InvalidDataError, match=r"exceeds max length \[1000\]"):
            await attachments.update_description(LISTS[owner], "ü" * 1001)


@pytest.mark.parametrize(
    ("method", "path", "error", "name"),
    [
        ("POST", "", ParameterRequiredError, "file"),
        ("PUT", "/566", ParameterRequiredError, "description__v"),
    ],
)
async def test_missing_parameter(
    method: str, path: str, error: type[VaultError], name: str
) -> None:
    """What a call of one's own leaves out is named."""
    async with examples("v11.0") as (vault, _, _):
        with pytest.raises(error, match=rf"\[{name}\]"):
            await vault.request(method, f"{DOCUMENT}/attachments{path}")  # type: ignore[call-overload]  # any


async def test_lost_answer_is_not_sent_again(sandbox: Sandbox) -> None:
    """An upload whose answer is lost may have been carried out: that is said, and no more."""
    sandbox.documents.add(document_id=565)
    sandbox.faults.lost_answer(method="POST", path="*/attachments")
    async with recorded(sandbox) as (vault, recorder):
        with pytest.raises(OutcomeUnknownError, match="may have been carried out"):
            await vault.documents.attachments(565).add(b"new")

    assert len(recorder.requests) == 1
