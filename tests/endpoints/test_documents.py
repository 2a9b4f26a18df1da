"""Documents: lists in pages, fields, and files checked out once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endpoints.recording import recorded
from vaultio import (
    ChecksumError,
    InvalidArgumentError,
    InvalidDataError,
    NotFoundError,
    UnreadableReplyError,
    Vault,
    VersionNumber,
)
from vaultio.models import Checksum
from vaultio.sandbox import Fault, Sandbox

LIST = "/objects/documents"


def fill(sandbox: Sandbox, count: int) -> None:
    """Add documents with the ids 1, 2, 3, ..."""
    for number in range(count):
        sandbox.documents.add(f"Document {number}")


@pytest.mark.parametrize("size", ["page", "total"])
async def test_401_documents_are_3_pages(sandbox: Sandbox, size: str) -> None:
    """Every document comes once, in three calls, whatever Vault means by ``size``."""
    fill(sandbox, 401)
    sandbox.settings.documents_size = size  # type: ignore[assignment]  # one of the two

    async with recorded(sandbox) as (vault, recorder):
        found = [document.id async for document in vault.documents.retrieve_all()]

    assert found == list(range(1, 402))
    assert [request.url.params.get("start") for request in recorder.requests] == [
        None,
        "200",
        "400",
    ]


async def test_full_last_page(sandbox: Sandbox) -> None:
    """A list that ends with a full page ends, after one look more."""
    fill(sandbox, 400)

    async with recorded(sandbox) as (vault, _):
        pages = [len(page) async for page in vault.documents.retrieve_all().pages()]

    assert pages == [200, 200, 0]


async def test_parameters_go_with_every_page(sandbox: Sandbox) -> None:
    """The search, the order and the size of a page are the same on each."""
    fill(sandbox, 5)
    pages = {"search": "Document", "scope": "all", "sort": "name__v desc", "limit": "2"}

    async with recorded(sandbox) as (vault, recorder):
        await vault.documents.retrieve_all(
            search="Document", scope="all", sort="name__v desc", limit=2, start=1
        ).all()

    sent = [dict(request.url.params) for request in recorder.requests]
    assert sent == [{**pages, "start": "1"}, {**pages, "start": "3"}, {**pages, "start": "5"}]


async def test_page_that_fails_raises(sandbox: Sandbox, vault: Vault) -> None:
    """A failure in the middle never passes for the end of the list."""
    fill(sandbox, 401)
    sandbox.faults.add(Fault(kind="failure", path=LIST, type="INVALID_DATA", skip=1))
    pages = vault.documents.retrieve_all().pages()

    assert len(await anext(pages)) == 200
    with pytest.raises(InvalidDataError):
        await anext(pages)


@pytest.mark.parametrize(
    "arguments",
    [
        {"limit": 201},
        {"limit": 0},
        {"limit": -1},
        {"start": -1},
        {"named_filter": "Favorites", "search": "x"},
    ],
)
async def test_list_that_cannot_be_meant(vault: Vault, arguments: dict[str, int]) -> None:
    """A page beyond Vault's size, a row before the first, or two filters are refused unsent."""
    with pytest.raises(InvalidArgumentError):
        vault.documents.retrieve_all(**arguments)  # type: ignore[arg-type]  # wrong on purpose


async def test_first_page_alone(sandbox: Sandbox) -> None:
    """Awaiting the list fetches one page."""
    fill(sandbox, 201)

    async with recorded(sandbox) as (vault, recorder):
        page = await vault.documents.retrieve_all()

    assert (len(page), len(recorder.requests)) == (200, 1)


async def test_retrieve(sandbox: Sandbox, vault: Vault) -> None:
    """A document comes with its fields, versions, renditions and attachments."""
    sandbox.documents.add("Protocol", document_id=773, fields={"region__c": ["EU"]})
    sandbox.documents.add_version(773, "again")
    sandbox.documents.add_rendition(773)
    sandbox.documents.add_attachment(773, "a.txt", "a")

    document = await vault.documents.retrieve(773)

    assert (document.name, document.version) == ("Protocol", VersionNumber(0, 2))
    assert [str(version.number) for version in document.versions] == ["0.1", "0.2"]
    assert [rendition.name for rendition in document.renditions] == ["viewable_rendition__v"]
    assert document.attachments is not None
    assert [link.id for link in document.attachments] == [566]
    assert document.fields["region__c"] == ["EU"]


async def test_a_room_says_what_it_is_about(vault: Vault) -> None:
    """At a prompt its name and path are shown, not where it lies in memory."""
    assert repr(vault.documents.version(7, 0, 1)) == "<Version objects/documents/7/versions/0/1>"
    assert repr(vault.workflows) == "<Workflows>"


async def test_retrieve_what_is_not_there(vault: Vault) -> None:
    """Asking for a document that is not there says so, and names it."""
    with pytest.raises(NotFoundError, match="42"):
        await vault.documents.retrieve(42)


@pytest.mark.parametrize("enabled", [True, False])
async def test_attachments_enabled_or_not(sandbox: Sandbox, vault: Vault, enabled: bool) -> None:
    """No attachments, and none possible, are told apart."""
    document_id = sandbox.documents.add(attachments_enabled=enabled)

    links = await vault.documents.retrieve_attachment_links(document_id)

    assert links == (() if enabled else None)


async def test_lock_is_sent_once(sandbox: Sandbox, tmp_path: Path) -> None:
    """A download that is cut goes on without checking out a second time."""
    sandbox.documents.add("Protocol", 50_000, document_id=773)
    sandbox.faults.add(Fault(kind="cut", path="*/773/file", after_bytes=10_000))

    async with recorded(sandbox) as (vault, recorder):
        saved = await vault.documents.download(773, to=tmp_path, lock=True)

    assert (saved.size, sandbox.documents[773].locked_by is None) == (50_000, False)
    assert [str(request.url.params) for request in recorder.requests] == ["lockDocument=true", ""]


async def test_no_lock_is_no_parameter(sandbox: Sandbox, tmp_path: Path) -> None:
    """A plain download leaves the document as it is."""
    sandbox.documents.add(document_id=773)

    async with recorded(sandbox) as (vault, recorder):
        await vault.documents.download(773, to=tmp_path)

    assert sandbox.documents[773].locked_by is None
    assert [str(request.url.params) for request in recorder.requests] == [""]


async def test_verify_costs_one_call(sandbox: Sandbox, tmp_path: Path) -> None:
    """With *verify* Vault is asked for size and MD5, and the file is held against them."""
    sandbox.documents.add(document_id=773)

    async with recorded(sandbox) as (vault, recorder):
        saved = await vault.documents.download(773, to=tmp_path, verify=True)

    assert (saved.verified, len(recorder.requests)) == ("md5", 2)


async def test_known_checksum_costs_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    """A checksum that is given is held against the file without a call, and must be right."""
    sandbox.documents.add(document_id=773)

    async with recorded(sandbox) as (vault, recorder):
        with pytest.raises(ChecksumError):
            await vault.documents.download(773, to=tmp_path, verify=Checksum(md5="0" * 32))

    assert {request.url.path for request in recorder.requests} == {
        "/api/v11.0/objects/documents/773/file"
    }


async def test_steady_state_is_for_documents(vault: Vault, tmp_path: Path) -> None:
    """One version's rendition is that version's; asking for another is refused unsent."""
    renditions = vault.documents.version(773, 0, 1).renditions

    with pytest.raises(InvalidArgumentError, match="steady_state"):
        await renditions.download("viewable_rendition__v", to=tmp_path, steady_state=True)


async def test_unreadable_document_is_named(sandbox: Sandbox, vault: Vault) -> None:
    """A field of another type than documented is named, with the call."""
    sandbox.documents.add(document_id=773, fields={"size__v": "big"})

    with pytest.raises(
        UnreadableReplyError, match=r"GET objects/documents/773: .*document\.size__v"
    ):
        await vault.documents.retrieve(773)
