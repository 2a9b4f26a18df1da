"""External ids: one document each, wherever they are set, and quickly looked up."""

from __future__ import annotations

import hashlib

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

NEW = {
    "name__v": "Plan",
    "type__v": "Claim",
    "lifecycle__v": "General Lifecycle",
    "major_version_number__v": "0",
    "minor_version_number__v": "1",
    "external_id__v": "X-1",
}
TAKEN = ("INVALID_DATA", "Value [X-1] of field [external_id__v] is not unique.")


@pytest.fixture(autouse=True)
def taken(sandbox: Sandbox) -> None:
    """Let one document have the external id."""
    sandbox.documents.add("Plan", b"the file", fields={"external_id__v": "X-1"})


async def test_of_a_new_document(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A document with the external id of another is not made."""
    parts = {name: (None, value) for name, value in NEW.items()}

    answer = await client.post(f"{API}/objects/documents", files=parts)

    assert error_of(answer) == TAKEN
    assert len(sandbox.documents) == 1


async def test_of_rows_in_bulk(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Rows whose external id is taken fail alone; of rows that share one the first succeeds."""
    head = "name__v,type__v,lifecycle__v,external_id__v\n"
    rows = "".join(f"P,Claim,General Lifecycle,{one}\n" for one in ("X-1", "X-2", "X-2"))
    headers = {"Content-Type": "text/csv"}

    url = f"{API}/objects/documents/batch"
    answer = await client.post(url, content=head + rows, headers=headers)

    said = [row["responseStatus"] for row in answer.json()["data"]]
    assert said == ["FAILURE", "SUCCESS", "FAILURE"]
    assert answer.json()["data"][0]["errors"] == [
        dict(zip(("type", "message"), TAKEN, strict=True))
    ]
    assert len(sandbox.documents) == 2


async def test_of_a_document_that_is_changed(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """It may keep its own and take a free one, not another's; what it gives up is free."""
    other = sandbox.documents.add("Other")
    url = f"{API}/objects/documents"

    refused = await client.put(f"{url}/{other}", data={"external_id__v": "X-1"})
    kept = await client.put(f"{url}/1", data={"external_id__v": "X-1"})
    changed = await client.put(f"{url}/1", data={"external_id__v": "X-9"})
    free = await client.put(f"{url}/{other}", data={"external_id__v": "X-1"})

    assert error_of(refused) == TAKEN
    assert [one.json()["responseStatus"] for one in (kept, changed, free)] == ["SUCCESS"] * 3


async def test_of_a_document_that_is_deleted(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Its external id is free again."""
    sandbox.documents.delete(1)

    assert sandbox.documents.with_external_id("X-1") is None
    sandbox.documents.add("Plan", fields={"external_id__v": "X-1"})


async def test_versions_share_the_external_id(sandbox: Sandbox) -> None:
    """A new version of a document keeps its external id."""
    sandbox.documents.add_version(1, b"more")

    found = sandbox.documents.with_external_id("X-1")
    assert found is not None
    assert found.latest.number == "0.2"


@pytest.mark.parametrize("where", ["= 'X-1'", "CONTAINS ('X-1', 'X-7')"])
async def test_looking_them_up(client: httpx.AsyncClient, sandbox: Sandbox, where: str) -> None:
    """A query by external ids says which document has one, its version, size and MD5."""
    sandbox.documents.add("Other", fields={"external_id__v": "X-2"})
    names = "id, external_id__v, major_version_number__v, minor_version_number__v"
    query = f"SELECT {names}, size__v, md5checksum__v FROM documents WHERE external_id__v {where}"

    answer = await client.post(f"{API}/query", data={"q": query})

    md5 = hashlib.md5(b"the file", usedforsecurity=False).hexdigest()
    assert [list(row.values()) for row in answer.json()["data"]] == [[1, "X-1", 0, 1, 8, md5]]


async def test_what_is_looked_up_must_fit_all_the_same(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Other conditions still hold, and OR widens what is found."""
    sandbox.documents.add("Other", fields={"external_id__v": "X-2"})
    wheres = ("id = 1 AND external_id__v = 'X-2'", "external_id__v = 'X-2' OR name__v = 'Plan'")

    found = []
    for where in wheres:
        query = f"SELECT id FROM documents WHERE {where}"
        answer = await client.post(f"{API}/query", data={"q": query})
        found.append([row["id"] for row in answer.json()["data"]])

    assert found == [[], [1, 2]]
