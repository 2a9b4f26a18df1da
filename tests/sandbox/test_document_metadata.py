"""Document types: what stands at which level."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox
from vaultio.sandbox.stores.document_types import document_field

ROOT = f"{API}/metadata/objects/documents"
PIECE = f"{ROOT}/types/promotional_piece__vs"


async def test_two_addresses(client: httpx.AsyncClient) -> None:
    """Both give the types, and beside them the address of the lock's metadata."""
    short, long = (await client.get(ROOT)).json(), (await client.get(f"{ROOT}/types")).json()

    assert short == long
    assert short["lock"] == f"https://myvault.veevavault.com{ROOT}/lock"
    assert short["types"][1]["value"].endswith("/types/claim__vs")


async def test_links_lead_down(client: httpx.AsyncClient) -> None:
    """Each level's address is in the one above it."""
    piece = (await client.get(PIECE)).json()
    printed = (await client.get(piece["subtypes"][0]["value"])).json()
    poster = (await client.get(printed["classifications"][0]["value"])).json()

    assert (piece["name"], printed["name"], poster["name"]) == (
        "promotional_piece__vs",
        "print__vs",
        "poster__vs",
    )
    assert "properties" not in printed
    assert poster["properties"][-1]["definedIn"] == "poster__vs"


async def test_inherited(client: httpx.AsyncClient) -> None:
    """Only its own fields are left when the others are not wanted."""
    path = f"{PIECE}/subtypes/print__vs/classifications/poster__vs"

    own = (await client.get(f"{path}?includeInheritedFields=false")).json()

    assert [one["name"] for one in own["properties"]] == ["width__c"]
    answer = await client.get(f"{path}?includeInheritedFields=maybe")
    assert error_of(answer)[0] == "INVALID_DATA"


async def test_a_type_of_your_own(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A test may add types, and documents have their fields."""
    sandbox.document_types.add("sop__c", "SOP", document_field("owner__c"))
    sandbox.documents.add(document_id=5, type_name="SOP")

    answer = await client.post(f"{ROOT}/properties/find_common", data={"docIds": "5"})

    assert answer.json()["properties"][-1]["definedIn"] == "sop__c"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, ("PARAMETER_REQUIRED", "Missing required parameter [docIds].")),
        ({"docIds": "1,x"}, ("INVALID_DATA", "Invalid value [x] specified for parameter [docIds]")),
        ({"docIds": "1"}, ("INVALID_DOCUMENT", "Document not found 1")),
    ],
)
async def test_find_common_refused(
    client: httpx.AsyncClient, form: dict[str, str], expected: tuple[str, str]
) -> None:
    """The parameter, the value or the document is named."""
    answer = await client.post(f"{ROOT}/properties/find_common", data=form)

    assert error_of(answer) == expected


async def test_find_common_came_with_v9(client: httpx.AsyncClient) -> None:
    """Earlier versions do not know it."""
    path = f"{ROOT}/properties/find_common".replace("v11.0", "v8.0")

    assert error_of(await client.post(path, data={"docIds": "1"}))[0] == "METHOD_NOT_SUPPORTED"


def test_types_of_the_demo() -> None:
    """Every document's type is one that the vault has, each label once."""
    labels = [one.label for one in Sandbox.demo().document_types]

    assert {"Protocol", "SOP", "Promotional Piece"} <= set(labels)
    assert len(labels) == len(set(labels))
