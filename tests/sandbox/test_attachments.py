"""Attachments of documents and of object records: the same operations on two owners."""

from __future__ import annotations

import hashlib
import io
import zipfile

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

OWNERS = ["document", "record"]


def attach(sandbox: Sandbox, owner: str) -> str:
    """Make an owner with two attachments, one in two versions; return its attachments' path."""
    if owner == "document":
        key = str(sandbox.documents.add(document_id=565, number="VV-02839"))
        store, path = sandbox.documents[565].attachments, f"{API}/objects/documents/{key}"
    else:
        sandbox.records.add_object("site__v", label="Study Site")
        key = sandbox.records.add("site__v", "Graz")
        record = sandbox.records["site__v"].records[key]
        store, path = record.attachments, f"{API}/vobjects/site__v/{key}"
    store.add("Map.png", b"first")
    store.add("Map.png", b"second")
    store.add("Contacts.docx", b"words", description="Who is who")
    return f"{path}/attachments"


@pytest.mark.parametrize("owner", OWNERS)
async def test_list(client: httpx.AsyncClient, sandbox: Sandbox, owner: str) -> None:
    """Each row describes the latest version and links to all; no description is no key."""
    root = attach(sandbox, owner)

    first, second = (await client.get(root)).json()["data"]

    assert first["md5checksum__v"] == hashlib.md5(b"second").hexdigest()
    assert (first["filename__v"], first["format__v"], first["size__v"]) == (
        "Map.png",
        "image/png",
        6,
    )
    links = [link["url"] for link in first["versions"]]
    assert links[1] == f"https://myvault.veevavault.com{root}/566/versions/2"
    assert "description__v" not in first
    assert second["description__v"] == "Who is who"


@pytest.mark.parametrize("owner", OWNERS)
async def test_metadata_comes_in_a_list_of_one(
    client: httpx.AsyncClient, sandbox: Sandbox, owner: str
) -> None:
    """One attachment, or one version of it, is a list with one row."""
    root = attach(sandbox, owner)

    (latest,) = (await client.get(f"{root}/566")).json()["data"]
    (old,) = (await client.get(f"{root}/566/versions/1")).json()["data"]
    listed = (await client.get(f"{root}/566/versions")).json()["data"]

    assert (latest["version__v"], old["version__v"], old["size__v"]) == (2, 1, 5)
    assert "versions" in latest
    assert "versions" not in old
    assert [row["version__v"] for row in listed] == [1, 2]


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("word", ["versions", "version"])
async def test_download(client: httpx.AsyncClient, sandbox: Sandbox, owner: str, word: str) -> None:
    """The latest version or an old one; the reference prints two words for the old one."""
    root = attach(sandbox, owner)

    latest = await client.get(f"{root}/566/file")
    old = await client.get(f"{root}/566/{word}/1/file")

    assert (latest.content, old.content) == (b"second", b"first")
    assert latest.headers["content-disposition"] == 'attachment;filename="Map.png"'
    assert latest.headers["content-type"] == "application/octet-stream;charset=UTF-8"


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("document", "Document VV-02839 (v0.1) - attachments.zip"),
        ("record", "Study Site Graz - attachments.zip"),
    ],
)
async def test_download_all(
    client: httpx.AsyncClient, sandbox: Sandbox, owner: str, name: str
) -> None:
    """The archive holds the latest versions and is named after its owner."""
    root = attach(sandbox, owner)

    answer = await client.get(f"{root}/file")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        files = {one: archive.read(one) for one in archive.namelist()}
    assert files == {"Map.png": b"second", "Contacts.docx": b"words"}
    assert answer.headers["content-disposition"] == f'attachment;filename="{name}"'


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("999", "999"),
        ("999/file", "999"),
        ("566/versions/7", "566/version/7"),
        ("566/versions/7/file", "566/version/7"),
    ],
)
async def test_what_is_not_there(
    client: httpx.AsyncClient, sandbox: Sandbox, owner: str, path: str, resource: str
) -> None:
    """The failure names the attachment, or its version."""
    root = attach(sandbox, owner)

    answer = await client.get(f"{root}/{path}")

    assert error_of(answer) == ("MALFORMED_URL", f"The resource [{resource}] does not exist.")


@pytest.mark.parametrize("path", ["file", "1/file", "1/versions/1/file"])
async def test_an_owner_without_attachments(
    client: httpx.AsyncClient, sandbox: Sandbox, path: str
) -> None:
    """There is no empty archive: a download from nothing is a failure."""
    document_id = sandbox.documents.add()

    answer = await client.get(f"{API}/objects/documents/{document_id}/attachments/{path}")

    assert error_of(answer) == ("MALFORMED_URL", "The resource does not contain attachments")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/objects/documents/9/attachments", ("INVALID_DOCUMENT", "Document not found 9")),
        ("/vobjects/site__v/9/attachments", ("MALFORMED_URL", "The resource [9] does not exist.")),
    ],
)
async def test_an_owner_that_is_not_there(
    client: httpx.AsyncClient, sandbox: Sandbox, path: str, expected: tuple[str, str]
) -> None:
    """A missing document and a missing record differ in type."""
    sandbox.records.add_object("site__v")

    assert error_of(await client.get(API + path)) == expected


async def test_the_same_bytes_are_not_added_twice(sandbox: Sandbox) -> None:
    """A file with the MD5 of an attachment that is there is not added."""
    document_id = sandbox.documents.add()

    first = sandbox.documents.add_attachment(document_id, "a.txt", b"same")
    second = sandbox.documents.add_attachment(document_id, "b.txt", b"same")

    assert first == second
    assert len(sandbox.documents[document_id].attachments) == 1


async def test_an_attachment_may_come_with_its_own_type(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Later versions say the file's own type: a JSON file then looks like a failure."""
    root = attach(sandbox, "document")
    sandbox.settings.attachment_type = "own"

    answer = await client.get(f"{root}/566/file")

    assert answer.headers["content-type"] == "image/png"


def test_the_id_of_a_deleted_attachment(sandbox: Sandbox) -> None:
    """An id is never given out again, nor is one that was chosen."""
    document_id = sandbox.documents.add()
    attachments = sandbox.documents[document_id].attachments
    attachments.delete(attachments.add("a.txt", b"a", attachment_id=566))

    assert attachments.add("b.txt", b"b") == 567
