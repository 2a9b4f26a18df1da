"""Relationships in the sandbox."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

DOCUMENT = f"{API}/objects/documents/9/versions/0/1/relationships"
BINDER = f"{API}/objects/binders/7/versions/0/1/relationships"
FORM = {"target_doc_id__v": "14", "relationship_type__v": "supporting_documents__vs"}


@pytest.fixture(autouse=True)
def related(sandbox: Sandbox) -> Sandbox:
    """Make a document 9 and a binder 7 to relate to a document 14."""
    sandbox.documents.add("Source", document_id=9)
    sandbox.documents.add("Binder", document_id=7, binder=True)
    sandbox.documents.add("Target", document_id=14)
    return sandbox


async def test_list(client: httpx.AsyncClient) -> None:
    """What was created is listed of its source alone, each item in a wrapper."""
    number = (await client.post(DOCUMENT, data=FORM)).json()["id"]

    (item,) = (await client.get(DOCUMENT)).json()["relationships"]
    other = f"{API}/objects/documents/14/versions/0/1/relationships"
    assert (item["relationship"]["id"], item["relationship"]["source_doc_id__v"]) == (number, 9)
    assert "target_major_version__v" not in item["relationship"]
    assert (await client.get(other)).json()["relationships"] == []


async def test_one_of_a_binder(client: httpx.AsyncClient) -> None:
    """A binder's comes alone in a list, with the version that was asked for."""
    version = {"target_major_version__v": "0", "target_minor_version__v": "1"}
    number = (await client.post(BINDER, data=FORM | version)).json()["id"]

    (item,) = (await client.get(f"{BINDER}/{number}")).json()["relationships"]
    assert (item["relationship"]["target_major_version__v"], item["relationship"]["id"]) == (
        0,
        number,
    )


async def test_what_the_reference_does_not_have(client: httpx.AsyncClient) -> None:
    """Binders have no list and documents no single one."""
    number = (await client.post(DOCUMENT, data=FORM)).json()["id"]

    for path in (BINDER, f"{DOCUMENT}/{number}"):
        assert error_of(await client.get(path))[0] == "METHOD_NOT_SUPPORTED"


@pytest.mark.parametrize("path", [DOCUMENT, BINDER])
async def test_twice(client: httpx.AsyncClient, path: str) -> None:
    """The same again is refused, another type or version is another relationship."""
    await client.post(path, data=FORM)
    version = {"target_major_version__v": "0", "target_minor_version__v": "1"}

    again = await client.post(path, data=FORM)
    other = await client.post(path, data=FORM | version)

    assert error_of(again) == ("INVALID_DATA", "Relationship already exists.")
    assert other.json()["responseStatus"] == "SUCCESS"


@pytest.mark.parametrize("name", FORM)
async def test_parameter_is_missing(client: httpx.AsyncClient, name: str) -> None:
    """The parameter is named."""
    answer = await client.post(DOCUMENT, data={k: v for k, v in FORM.items() if k != name})

    assert error_of(answer) == ("PARAMETER_REQUIRED", f"Missing required parameter [{name}].")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            {"target_major_version__v": "5", "target_minor_version__v": "0"},
            "Document version major 5, minor 0 not found for document 14.",
        ),
        ({"relationship_type__v": "friends"}, r"Invalid relationship type [friends]"),
    ],
)
async def test_invalid(client: httpx.AsyncClient, form: dict[str, str], expected: str) -> None:
    """An unknown version of the target, or type, is refused in the reference's words."""
    assert error_of(await client.post(DOCUMENT, data=FORM | form)) == ("INVALID_DATA", expected)


async def test_deleted(client: httpx.AsyncClient) -> None:
    """A deleted relationship is gone, and may be created again."""
    number = (await client.post(DOCUMENT, data=FORM)).json()["id"]
    assert (await client.delete(f"{DOCUMENT}/{number}")).json()["id"] == number

    assert error_of(await client.delete(f"{DOCUMENT}/{number}"))[0] == "MALFORMED_URL"
    assert (await client.post(DOCUMENT, data=FORM)).json()["responseStatus"] == "SUCCESS"


async def test_goes_with_its_binder(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A deleted binder is nobody's source any more."""
    number = (await client.post(BINDER, data=FORM)).json()["id"]
    await client.delete(f"{API}/objects/binders/7")
    sandbox.documents.add("Another", document_id=7, binder=True)

    assert error_of(await client.get(f"{BINDER}/{number}"))[0] == "MALFORMED_URL"
