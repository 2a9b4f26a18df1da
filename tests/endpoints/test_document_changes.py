"""Changes of documents: fields, locks, content, renditions and annotations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.endpoints.recording import recorded
from tests.operations import PDF as FILE
from tests.operations import VIEWABLE
from vaultio import (
    InvalidDataError,
    NewVersion,
    NotAllowedError,
    NotFoundError,
    Vault,
    VersionNumber,
)
from vaultio.sandbox import Fault, Sandbox

Call = Callable[[Vault], Awaitable[Any]]


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Make a vault with document 1."""
    sandbox.documents.add("Plan", b"first", file_name="Plan.docx")
    return sandbox


async def test_update(vault: Vault) -> None:
    """Fields are set; the class of a document only with *reclassify*."""
    await vault.documents.update(1, {"title__v": "New"})
    with pytest.raises(InvalidDataError, match="type__v"):
        await vault.documents.update(1, {"type__v": "Claim"})
    await vault.documents.update(1, {"type__v": "Claim"}, reclassify=True)

    document = await vault.documents.retrieve(1)
    assert (document.title, document.type) == ("New", "Claim")


async def test_reclassify_stands_in_the_form(sandbox: Sandbox) -> None:
    """The switch goes with the fields, and only if it is given."""
    async with recorded(sandbox) as (vault, recorder):
        await vault.documents.update(1, {"title__v": "New"})
        await vault.documents.update(1, {"title__v": "New"}, reclassify=True)

    assert [request.content for request in recorder.requests] == [
        b"title__v=New",
        b"reclassify=true&title__v=New",
    ]


async def test_version(vault: Vault) -> None:
    """One version is changed, and deleted, alone."""
    await vault.documents.content(1).update(file=FILE)
    first = vault.documents.version(1, 0, 1)
    await first.update({"title__v": "Old"})
    await vault.documents.version(1, 0, 2).delete()

    assert (await first.retrieve()).title == "Old"
    assert [str(one.number) for one in await vault.documents.retrieve_versions(1)] == ["0.1"]


async def test_delete(vault: Vault) -> None:
    """What is deleted is not found any more."""
    assert await vault.documents.delete(1) == 1

    with pytest.raises(NotFoundError, match="1"):
        await vault.documents.retrieve(1)


async def test_lock(sandbox: Sandbox, vault: Vault) -> None:
    """A lock says who has it, is nobody else's, and can be undone."""
    lock = vault.documents.lock(1)
    await lock.create()
    held = await lock.retrieve()
    await lock.delete()

    assert held is not None
    assert held.locked_by == sandbox.users["ana@example.com"].id
    assert await lock.retrieve() is None


@pytest.mark.parametrize(
    "call",
    [
        lambda vault: vault.documents.lock(1).create(),
        lambda vault: vault.documents.lock(1).delete(),
        lambda vault: vault.documents.content(1).update(file=FILE),
        lambda vault: vault.documents.content(1).create_draft(),
    ],
)
async def test_somebody_elses_lock(sandbox: Sandbox, vault: Vault, call: Call) -> None:
    """A document that another user has checked out is left alone."""
    sandbox.documents[1].locked_by = 1

    with pytest.raises(NotAllowedError, match="locked by another user"):
        await call(vault)


async def test_update_of_the_file(vault: Vault, tmp_path: Path) -> None:
    """A new file makes a version; which one is said where Vault says it."""
    made = await vault.documents.content(1).update(file=FILE, filename="Plan 2.docx")
    saved = await vault.documents.download(1, to=tmp_path)

    assert (made.number, saved.path.name) == (VersionNumber(0, 2), "Plan 2.docx")
    assert [one.name for one in await vault.documents.renditions(1).retrieve_all()] == [VIEWABLE]
    assert NewVersion().number is None


@pytest.mark.parametrize("call", ["update", "create_draft"])
async def test_suppressed_rendition(vault: Vault, call: str) -> None:
    """Vault makes no viewable rendition where none is wanted."""
    await getattr(vault.documents.content(1), call)(file=FILE, suppress_rendition=True)

    assert await vault.documents.renditions(1).retrieve_all() == ()


@pytest.mark.parametrize(("file", "expected"), [(None, b"first"), (FILE, FILE)])
async def test_draft(
    sandbox: Sandbox, vault: Vault, tmp_path: Path, file: bytes | None, expected: bytes
) -> None:
    """A draft of an approved document has its content, or the one that is uploaded."""
    sandbox.documents.add_version(1, major=1, state="Approved")

    made = await vault.documents.content(1).create_draft(file=file, description="Why")
    saved = await vault.documents.download(1, to=tmp_path)

    assert (made.number, saved.path.read_bytes()) == (VersionNumber(1, 1), expected)
    assert (await vault.documents.retrieve(1)).status == "Draft"


@pytest.mark.parametrize("of_version", [False, True])
async def test_renditions(vault: Vault, tmp_path: Path, of_version: bool) -> None:
    """A rendition is uploaded, replaced and deleted; each only where that makes sense."""
    documents = vault.documents
    renditions = documents.version(1, 0, 1).renditions if of_version else documents.renditions(1)
    await renditions.upload(VIEWABLE, file=b"one", filename="a.pdf")
    with pytest.raises(NotAllowedError):
        await renditions.upload(VIEWABLE, file=b"two")
    await renditions.replace(VIEWABLE, file=b"three", filename="b.pdf")
    saved = await renditions.download(VIEWABLE, to=tmp_path)
    await renditions.delete(VIEWABLE)

    assert (saved.path.name, saved.path.read_bytes()) == ("b.pdf", b"three")
    with pytest.raises(NotFoundError, match=VIEWABLE):
        await renditions.delete(VIEWABLE)


@pytest.mark.parametrize("version", ["v11.0", "v23.3", "v24.1"])
@pytest.mark.parametrize("of_version", [False, True])
async def test_annotations(
    sandbox: Sandbox, tmp_path: Path, version: str, of_version: bool
) -> None:
    """The PDF goes up and comes down, wherever the API version has its address."""
    async with recorded(sandbox, version) as (vault, recorder):
        owner = vault.documents.version(1, 0, 1)
        annotations = owner.annotations if of_version else vault.documents.annotations(1)
        await annotations.upload(file=FILE, filename="a.pdf")
        saved = await annotations.download(to=tmp_path)

    assert saved.path.read_bytes() == FILE
    ending = "annotations/file" if version == "v24.1" else "annotations"
    assert all(request.url.path.endswith(ending) for request in recorder.requests)


@pytest.mark.parametrize("call", ["lock", "content", "renditions", "annotations"])
async def test_document_that_is_not_there(vault: Vault, call: str) -> None:
    """Everything about a document that is gone says so, and names it."""
    calls: dict[str, Call] = {
        "lock": lambda vault: vault.documents.lock(42).create(),
        "content": lambda vault: vault.documents.content(42).create_draft(),
        "renditions": lambda vault: vault.documents.renditions(42).upload("x__c", file=FILE),
        "annotations": lambda vault: vault.documents.annotations(42).upload(file=FILE),
    }

    with pytest.raises(NotFoundError, match="42"):
        await calls[call](vault)


async def test_lost_answer_replaces_again(sandbox: Sandbox) -> None:
    """A rendition whose replacing was not answered is sent again, whole."""
    sandbox.documents.add_rendition(1)
    sandbox.faults.add(Fault(kind="lost_answer", method="PUT"))

    async with recorded(sandbox) as (vault, recorder):
        await vault.documents.renditions(1).replace(VIEWABLE, file=FILE)

    assert len(recorder.requests) == 2
    assert sandbox.documents[1].latest.renditions[VIEWABLE].content.read() == FILE
