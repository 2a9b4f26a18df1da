"""Renditions, thumbnails and annotations."""

from __future__ import annotations

import httpx

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox


async def test_renditions(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A rendition is listed with its address and downloaded by its type."""
    document_id = sandbox.documents.add("Plan")
    sandbox.documents.add_rendition(document_id, "viewable_rendition__v", b"%PDF")
    root = f"{API}/objects/documents/{document_id}"

    for base in (root, f"{root}/versions/0/1"):
        listed = (await client.get(f"{base}/renditions")).json()["renditions"]
        url = listed["viewable_rendition__v"]
        assert url == f"https://myvault.veevavault.com{base}/renditions/viewable_rendition__v"
        assert (await client.get(url)).content == b"%PDF"


async def test_the_steady_state_of_a_rendition(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The parameter steadyState asks for the latest whole version instead of the latest."""
    document_id = sandbox.documents.add(major=1, minor=0)
    sandbox.documents.add_rendition(document_id, content=b"steady")
    sandbox.documents.add_version(document_id)
    sandbox.documents.add_rendition(document_id, content=b"draft")
    url = f"{API}/objects/documents/{document_id}/renditions/viewable_rendition__v"

    assert (await client.get(url)).content == b"draft"
    assert (await client.get(url, params={"steadyState": "true"})).content == b"steady"


async def test_a_rendition_that_is_not_there(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The failure names the rendition type."""
    document_id = sandbox.documents.add()

    answer = await client.get(f"{API}/objects/documents/{document_id}/renditions/none__c")

    assert error_of(answer) == ("MALFORMED_URL", "The resource [none__c] does not exist.")


async def test_thumbnail_and_annotations(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A thumbnail is an image without a name; annotations by version have one."""
    document_id = sandbox.documents.add("Plan")
    sandbox.documents.add_thumbnail(document_id, b"\x89PNG")
    sandbox.documents.add_annotations(document_id, b"%PDF")
    root = f"{API}/objects/documents/{document_id}"

    thumbnail = await client.get(f"{root}/versions/0/1/thumbnail")
    latest = await client.get(f"{root}/annotations")
    version = await client.get(f"{root}/versions/0/1/annotations")

    assert thumbnail.headers["content-type"] == "image/png"
    assert latest.headers["content-type"] == "application/pdf"
    assert "content-disposition" not in thumbnail.headers
    assert "content-disposition" not in latest.headers
    assert "annotations.pdf" in version.headers["content-disposition"]
