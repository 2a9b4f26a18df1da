"""Locks, new files, drafts, and uploaded renditions and annotations."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

ROOT = f"{API}/objects/documents"
LOCK = f"{ROOT}/1/lock"
PDF: dict[str, Any] = {"files": {"file": ("a.pdf", b"%PDF uploaded")}}


def part(name: str, value: str) -> tuple[str, tuple[None, str]]:
    """Make a multipart value for httpx."""
    return name, (None, value)


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Add document 1, at version 0.1."""
    sandbox.documents.add("Plan", b"first")
    return sandbox


async def test_lock(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The answers are as printed; without a lock there are no properties of one."""
    created = (await client.post(LOCK)).json()
    held = (await client.get(LOCK)).json()["lock"]
    deleted = (await client.delete(LOCK)).json()

    assert created["responseMessage"] == "Document successfully checked out."
    assert held["locked_by__v"] == sandbox.users["ana@example.com"].id
    assert held["locked_date__v"].endswith("Z")
    assert deleted["responseMessage"] == "Undo check out successful."
    assert (await client.get(LOCK)).json()["lock"] == {}


@pytest.mark.parametrize(("method", "path"), [("POST", LOCK), ("DELETE", LOCK)])
async def test_a_lock_of_another_user(
    client: httpx.AsyncClient, sandbox: Sandbox, method: str, path: str
) -> None:
    """Another user's lock can neither be taken nor undone."""
    sandbox.documents[1].locked_by = 1

    assert error_of(await client.request(method, path))[0] == "OPERATION_NOT_ALLOWED"
    assert sandbox.documents[1].locked_by == 1


async def test_no_lock_to_undo(client: httpx.AsyncClient) -> None:
    """What is not checked out cannot be checked in."""
    assert error_of(await client.delete(LOCK)) == (
        "OPERATION_NOT_ALLOWED",
        "Document 1 is not locked.",
    )


async def test_update_the_file(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A new file makes the next minor version; the old one keeps its own."""
    answer = await client.post(f"{ROOT}/1", files={"file": ("b.docx", b"second")})

    files = [(await client.get(f"{ROOT}/1/versions/0/{n}/file")).content for n in (1, 2)]
    assert answer.json()["minor_version_number__v"] == 2
    assert files == [b"first", b"second"]
    assert set(sandbox.documents[1].latest.renditions) == {"viewable_rendition__v"}


async def test_no_rendition_where_suppressed(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """With suppressRendition no viewable rendition is made; the description is kept."""
    parts = [part("suppressRendition", "true"), part("description__v", "why")]

    await client.post(f"{ROOT}/1", files=[*parts, ("file", ("b.docx", b"second"))])

    assert sandbox.documents[1].latest.renditions == {}
    assert sandbox.documents[1].latest.fields["version_description__v"] == "why"


@pytest.mark.parametrize(
    ("draft", "expected"), [("latestContent", b"first"), ("uploadedContent", b"second")]
)
async def test_create_a_draft(
    client: httpx.AsyncClient, sandbox: Sandbox, draft: str, expected: bytes
) -> None:
    """A draft has the content that is there, or the one that is uploaded."""
    sandbox.documents.add_version(1, major=1, state="Approved")
    file = ("file", ("b.docx", b"second"))

    await client.post(f"{ROOT}/1", files=[part("createDraft", draft), file])

    latest = sandbox.documents[1].latest
    assert (latest.number, latest.state) == ("1.1", "Draft")
    assert (await client.get(f"{ROOT}/1/file")).content == expected


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ([part("description__v", "no file")], "PARAMETER_REQUIRED"),
        ([part("createDraft", "uploadedContent")], "PARAMETER_REQUIRED"),
        ([part("createDraft", "yes")], "INVALID_DATA"),
    ],
)
async def test_content_that_is_refused(
    client: httpx.AsyncClient, sandbox: Sandbox, parts: list[Any], error: str
) -> None:
    """Without the file that it takes, no version is made."""
    assert error_of(await client.post(f"{ROOT}/1", files=parts))[0] == error
    assert len(sandbox.documents[1].versions) == 1


async def test_a_lock_may_be_required(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Where a vault wants the document locked first, it must be locked by the caller."""
    sandbox.settings.lock_before_update = True
    without = await client.post(f"{ROOT}/1", **PDF)
    await client.post(LOCK)

    with_it = await client.post(f"{ROOT}/1", **PDF)

    assert error_of(without)[0] == "OPERATION_NOT_ALLOWED"
    assert with_it.json()["responseStatus"] == "SUCCESS"


async def test_a_crosslink_has_no_file_of_its_own(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """The content of a CrossLink is its source's."""
    sandbox.documents[1].latest.fields["crosslink__v"] = True

    assert error_of(await client.post(f"{ROOT}/1", **PDF))[0] == "OPERATION_NOT_ALLOWED"


@pytest.mark.parametrize("root", [f"{ROOT}/1", f"{ROOT}/1/versions/0/1"])
async def test_renditions(client: httpx.AsyncClient, root: str) -> None:
    """A rendition is added once, replaced once it is there, and deleted once."""
    url = f"{root}/renditions/viewable_rendition__v"
    failures = [error_of(await client.request(one, url, **PDF))[0] for one in ("PUT", "DELETE")]
    await client.post(url, **PDF)
    twice = error_of(await client.post(url, **PDF))
    await client.put(url, files={"file": ("b.pdf", b"%PDF replaced")})
    replaced = (await client.get(url)).content
    await client.delete(url)

    assert failures == ["MALFORMED_URL", "MALFORMED_URL"]
    assert (twice[0], replaced) == ("OPERATION_NOT_ALLOWED", b"%PDF replaced")
    assert error_of(await client.get(url))[0] == "MALFORMED_URL"


@pytest.mark.parametrize("path", ["", "/versions/0/1"])
async def test_annotations(client: httpx.AsyncClient, path: str) -> None:
    """The PDF that goes up comes down again, under another address from v24.1 on."""
    await client.post(f"{ROOT}/1{path}/annotations", **PDF)
    newer = f"/api/v24.1/objects/documents/1{path}/annotations"

    assert (await client.get(f"{ROOT}/1{path}/annotations")).content == b"%PDF uploaded"
    assert (await client.get(f"{newer}/file")).content == b"%PDF uploaded"
    assert error_of(await client.get(newer))[0] == "METHOD_NOT_SUPPORTED"


@pytest.mark.parametrize("path", ["", "/renditions/x__c", "/versions/0/1/annotations"])
async def test_an_upload_without_a_file(client: httpx.AsyncClient, path: str) -> None:
    """The failure names the part that is missing."""
    answer = await client.post(f"{ROOT}/1{path}", files=[part("other", "x")])

    assert error_of(answer) == ("PARAMETER_REQUIRED", "Missing required parameter [file].")
