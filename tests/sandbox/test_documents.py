"""Documents, versions, renditions and their files."""

from __future__ import annotations

import hashlib

import httpx

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import GeneratedContent, Sandbox

MIB = 1024 * 1024


async def test_retrieve_documents_mixes_binders_in(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """The list wraps each row once more and holds binders too."""
    sandbox.documents.add("Protocol")
    sandbox.documents.add("Folder", binder=True)

    body = (await client.get(f"{API}/objects/documents")).json()

    rows = [row["document"] for row in body["documents"]]
    assert [(row["name__v"], row["binder__v"]) for row in rows] == [
        ("Protocol", False),
        ("Folder", True),
    ]
    assert (body["size"], body["start"], body["limit"]) == (2, 0, 200)


async def test_retrieve_documents_in_pages(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Start and limit cut the list; sort takes a field and a direction."""
    for name in "CAB":
        sandbox.documents.add(name)

    query: dict[str, str | int] = {"start": 1, "limit": 1, "sort": "name__v desc"}
    body = (await client.get(f"{API}/objects/documents", params=query)).json()

    assert [row["document"]["name__v"] for row in body["documents"]] == ["B"]


async def test_a_limit_above_the_maximum_is_reset(client: httpx.AsyncClient) -> None:
    """More than 200 rows cannot be had."""
    answer = await client.get(f"{API}/objects/documents", params={"limit": 500})

    assert answer.json()["limit"] == 200


async def test_search_and_filters(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Search looks into the fields; a filter that does not exist is refused."""
    sandbox.documents.add("Protocol", fields={"title__v": "Needle"})
    sandbox.documents.add("Other")

    found = await client.get(f"{API}/objects/documents", params={"search": "needle"})
    refused = await client.get(f"{API}/objects/documents", params={"named_filter": "Mine"})

    assert [row["document"]["id"] for row in found.json()["documents"]] == [1]
    assert error_of(refused) == ("INVALID_FILTER", "Invalid filter [Mine]")


async def test_retrieve_document(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """One document comes with the addresses of its renditions, versions and attachments."""
    sandbox.documents.add("Protocol", b"abc", document_id=565)
    sandbox.documents.add_rendition(565)
    sandbox.documents.add_attachment(565, "Map.png", b"png", attachment_id=566)

    body = (await client.get(f"{API}/objects/documents/565")).json()

    root = "https://myvault.veevavault.com/api/v11.0/objects/documents/565"
    assert body["document"]["md5checksum__v"] == hashlib.md5(b"abc").hexdigest()
    assert body["renditions"] == {
        "viewable_rendition__v": f"{root}/renditions/viewable_rendition__v"
    }
    assert body["versions"] == [{"number": "0.1", "value": f"{root}/versions/0/1"}]
    assert body["attachments"] == [{"id": 566, "url": f"{root}/attachments/566"}]


async def test_attachments_are_absent_where_not_enabled(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Absent says that the type has none, an empty list that the document has none."""
    without = sandbox.documents.add(attachments_enabled=False)
    enabled = sandbox.documents.add()

    first = (await client.get(f"{API}/objects/documents/{without}")).json()
    second = (await client.get(f"{API}/objects/documents/{enabled}")).json()

    assert "attachments" not in first
    assert second["attachments"] == []


async def test_a_document_that_is_not_there(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A failure comes under HTTP 200, with the reference's type and message."""
    document_id = sandbox.documents.add()
    sandbox.documents.delete(document_id)

    answer = await client.get(f"{API}/objects/documents/{document_id}")

    assert error_of(answer) == ("INVALID_DOCUMENT", "Document not found 1")
    assert answer.headers["x-vaultapi-status"] == "FAILURE"


async def test_links_may_name_another_host_and_version(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """The reference shows such answers, so the sandbox can give them."""
    sandbox.settings.link_origin = "https://other.vaultdev.com"
    sandbox.settings.link_version = "v13.0"
    document_id = sandbox.documents.add()

    body = (await client.get(f"{API}/objects/documents/{document_id}/versions")).json()

    assert body["versions"][0]["value"] == (
        "https://other.vaultdev.com/api/v13.0/objects/documents/1/versions/0/1"
    )


async def test_versions(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Each version keeps its own file."""
    document_id = sandbox.documents.add("Plan", b"first", file_name="Plan.docx")
    sandbox.documents.add_version(document_id, b"second", major=1, state="Approved")
    root = f"{API}/objects/documents/{document_id}"

    listed = (await client.get(f"{root}/versions")).json()["versions"]
    files = [(await client.get(f"{root}/versions/{n}/file")).content for n in ("0/1", "1/0")]
    version = (await client.get(f"{root}/versions/1/0")).json()["document"]

    assert {row["number"] for row in listed} == {"0.1", "1.0"}
    assert files == [b"first", b"second"]
    assert (version["status__v"], version["size__v"]) == ("Approved", 6)


async def test_a_version_that_is_not_there(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A wrong version number is invalid data."""
    document_id = sandbox.documents.add()

    answer = await client.get(f"{API}/objects/documents/{document_id}/versions/7/0")

    assert error_of(answer) == (
        "INVALID_DATA",
        "Document version major 7, minor 0 not found for document 1.",
    )


async def test_a_file_comes_as_the_reference_prints_it(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Octet-stream with a charset, a name without a space after the semicolon, no length."""
    content = GeneratedContent(300_000, seed=1)
    document_id = sandbox.documents.add("VaultFile", content, file_name="VaultFile.pptx")

    answer = await client.get(f"{API}/objects/documents/{document_id}/file")

    assert answer.headers["content-type"] == "application/octet-stream;charset=UTF-8"
    assert answer.headers["content-disposition"] == 'attachment;filename="VaultFile.pptx"'
    assert "content-length" not in answer.headers
    assert answer.headers["x-vaultapi-status"] == "SUCCESS"
    assert hashlib.md5(answer.content).hexdigest() == content.md5


async def test_only_small_files_say_their_length(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """A very small file has a Content-Length; the setting gives it to all or to none."""
    document_id = sandbox.documents.add(content=100)
    url = f"{API}/objects/documents/{document_id}/file"

    small = await client.get(url)
    sandbox.settings.content_length = "never"
    never = await client.get(url)

    assert small.headers["content-length"] == "100"
    assert "content-length" not in never.headers


async def test_a_file_name_beyond_ascii(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Such a name travels in filename*, percent-encoded."""
    document_id = sandbox.documents.add(file_name="Prüfplan\r\n.pdf")

    answer = await client.get(f"{API}/objects/documents/{document_id}/file")

    assert answer.headers["content-disposition"] == (
        "attachment;filename*=UTF-8''Pr%C3%BCfplan%0D%0A.pdf"
    )


async def test_lock_document_checks_out(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A download with lockDocument leaves the document locked by the caller."""
    document_id = sandbox.documents.add()

    await client.get(f"{API}/objects/documents/{document_id}/file?lockDocument=true")

    body = (await client.get(f"{API}/objects/documents/{document_id}")).json()
    assert body["document"]["locked__v"] is True
    assert sandbox.documents[document_id].locked_by == sandbox.users["ana@example.com"].id


async def test_a_document_locked_by_another_user(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Two users cannot check out the same document."""
    document_id = sandbox.documents.add()
    sandbox.documents[document_id].locked_by = 1

    answer = await client.get(f"{API}/objects/documents/{document_id}/file?lockDocument=true")

    assert error_of(answer)[0] == "OPERATION_NOT_ALLOWED"


async def test_a_placeholder_has_no_file(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Where bytes were expected comes a failure as JSON, without a file name."""
    document_id = sandbox.documents.add(content=None)

    answer = await client.get(f"{API}/objects/documents/{document_id}/file")

    assert error_of(answer)[0] == "OPERATION_NOT_ALLOWED"
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert "content-disposition" not in answer.headers


async def test_a_range_is_ignored_unless_switched_on(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """The reference documents no ranges for documents; a switch turns them on."""
    document_id = sandbox.documents.add(content=b"0123456789")
    url, headers = f"{API}/objects/documents/{document_id}/file", {"Range": "bytes=2-4"}

    whole = await client.get(url, headers=headers)
    sandbox.settings.ranges = True
    part = await client.get(url, headers=headers)

    assert (whole.status_code, whole.content) == (200, b"0123456789")
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["content-range"] == "bytes 2-4/10"


async def test_the_sandbox_makes_no_more_than_is_read(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Of 100 MiB only what was asked for is ever made."""
    document_id = sandbox.documents.add(content=100 * MIB)
    before = sandbox.bytes_produced

    async with client.stream("GET", f"{API}/objects/documents/{document_id}/file") as answer:
        chunks = answer.aiter_raw()
        await anext(chunks)
        await chunks.aclose()  # type: ignore[attr-defined]  # httpx annotates an iterator

    assert sandbox.bytes_produced - before == 64 * 1024
