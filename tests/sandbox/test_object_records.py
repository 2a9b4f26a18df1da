"""Objects and their records."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox


@pytest.fixture
def products(sandbox: Sandbox) -> list[str]:
    """Add five products and return their ids."""
    sandbox.records.add_object("product__v", label="Product", prefix="00P")
    return [
        sandbox.records.add("product__v", name, fields={"abbreviation__vs": name[0]})
        for name in ("Alpha", "Echo", "Bravo", "Delta", "Charlie")
    ]


@pytest.mark.parametrize("allowed", [True, False])
async def test_object_metadata(client: httpx.AsyncClient, sandbox: Sandbox, allowed: bool) -> None:
    """Attachments are enabled where both signals say so, with templates in the links."""
    sandbox.records.add_object("site__v", label="Study Site", allow_attachments=allowed)

    described = (await client.get(f"{API}/metadata/vobjects/site__v")).json()["object"]

    assert described["allow_attachments"] is allowed
    expected = "/api/v11.0/vobjects/site__v/{id}/attachments" if allowed else None
    assert described["urls"].get("attachments") == expected


async def test_retrieve_object_record(client: httpx.AsyncClient, products: list[str]) -> None:
    """The id is text, the status a list, and nothing that has no value is left out."""
    body = (await client.get(f"{API}/vobjects/product__v/{products[0]}")).json()

    assert body["responseDetails"]["object"]["prefix"] == "00P"
    assert body["data"]["id"] == products[0]
    assert body["data"]["status__v"] == ["active__v"]
    assert body["data"]["external_id__v"] is None


async def test_pages_of_records(client: httpx.AsyncClient, products: list[str]) -> None:
    """Links to the pages around are there only where there are such pages."""
    url, pages = f"{API}/vobjects/product__v?limit=2", []
    while url:
        body = (await client.get(url)).json()
        pages.append([row["id"] for row in body["data"]])
        url = body["responseDetails"].get("next_page", "")

    assert pages == [products[:2], products[2:4], products[4:]]
    assert body["responseDetails"]["previous_page"] == f"{API}/vobjects/product__v?limit=2&offset=2"
    assert (body["responseDetails"]["total"], body["responseDetails"]["offset"]) == (5, 4)


async def test_limits_of_a_collection(client: httpx.AsyncClient, products: list[str]) -> None:
    """Beyond the end there is nothing, and more than 200 are 200."""
    beyond = (await client.get(f"{API}/vobjects/product__v?offset=50&limit=500")).json()

    assert beyond["data"] == []
    assert beyond["responseDetails"]["limit"] == 200


async def test_fields_and_sort(client: httpx.AsyncClient, products: list[str]) -> None:
    """Rows have id and name unless fields are named; sort has a space in it."""
    query = {"fields": "abbreviation__vs", "sort": "name__v desc", "limit": "2"}

    rows = (await client.get(f"{API}/vobjects/product__v", params=query)).json()["data"]
    plain = (await client.get(f"{API}/vobjects/product__v?fields=")).json()["data"]

    assert rows == [{"abbreviation__vs": "E"}, {"abbreviation__vs": "D"}]
    assert set(plain[0]) == {"id", "name__v"}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("sort=no__v asc", "Invalid sort field [no__v]"),
        ("fields=id,no__v,nor__v", "Invalid value [no__v,nor__v] specified for parameter [fields]"),
    ],
)
async def test_unknown_fields(
    client: httpx.AsyncClient, products: list[str], query: str, message: str
) -> None:
    """A field that the object does not have is invalid data."""
    answer = await client.get(f"{API}/vobjects/product__v?{query}")

    assert error_of(answer) == ("INVALID_DATA", message)


@pytest.mark.parametrize(
    "path", ["/vobjects/no__v", "/vobjects/no__v/1", "/metadata/vobjects/no__v"]
)
async def test_an_object_that_is_not_there(client: httpx.AsyncClient, path: str) -> None:
    """The failure names the object."""
    assert error_of(await client.get(API + path)) == (
        "MALFORMED_URL",
        "The resource [no__v] does not exist",
    )
