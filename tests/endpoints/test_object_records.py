"""Object records: one, all in pages, and many at once."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.endpoints.recording import path_of, recorded
from tests.transport.bulk_server import client_of
from vaultio import (
    InvalidArgumentError,
    InvalidDataError,
    NotFoundError,
    Vault,
    VaultError,
)
from vaultio.sandbox import Sandbox


@pytest.fixture
def products(sandbox: Sandbox) -> list[str]:
    """Add five products and return their ids."""
    sandbox.records.add_object("product__v", label="Product", fields=("abbreviation__vs",))
    return [
        sandbox.records.add("product__v", name, fields={"abbreviation__vs": name[0]})
        for name in ("Alpha", "Echo", "Bravo", "Delta", "Charlie")
    ]


async def test_all_records(vault: Vault, products: list[str]) -> None:
    """All pages are gone through, in the order asked for."""
    pages = vault.object_records.retrieve_all("product__v", sort="name__v desc", limit=2)

    assert [one.name async for one in pages] == ["Echo", "Delta", "Charlie", "Bravo", "Alpha"]
    assert [len(page) async for page in pages.pages()] == [2, 2, 1]


async def test_page_smaller_than_asked_for(sandbox: Sandbox, products: list[str]) -> None:
    """A vault that gives fewer a page than asked for loses no record, and costs no call more."""
    sandbox.settings.records_limit = 2
    async with recorded(sandbox) as (vault, recorder):
        found = [one.id async for one in vault.object_records.retrieve_all("product__v")]

    assert found == products
    assert len(recorder.requests) == 3


@pytest.mark.parametrize(
    "details",
    [
        {"responseDetails": {"next_page": "/x"}},
        {"resultDetails": {"next_page": "/x"}},
        {"responseDetails": {"total": 2}},
    ],
)
async def test_more_is_announced(details: dict[str, Any]) -> None:
    """A page is followed by the next where either the total or a link says that there is one."""
    answers = [
        {"responseStatus": "SUCCESS", "data": [{"id": "1"}], **details},
        {"responseStatus": "SUCCESS", "data": [{"id": "2"}], "responseDetails": {"total": 2}},
    ]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answers.pop(0)))
    async with client_of(transport) as vault:
        found = [one.id async for one in vault.object_records.retrieve_all("product__v")]

    assert found == ["1", "2"]


async def test_fields(vault: Vault, products: list[str]) -> None:
    """The fields asked for come, and the id always; what is not asked for is None."""
    pages = vault.object_records.retrieve_all("product__v", fields=["abbreviation__vs"])

    first = (await pages).items[0]

    assert (first.id, first.name, first.fields) == (products[0], None, {"abbreviation__vs": "A"})


@pytest.mark.parametrize("page", [{"limit": 0}, {"limit": 201}, {"offset": -1}])
async def test_page_that_cannot_be_meant(vault: Vault, page: dict[str, int]) -> None:
    """A page of more than 200 would silently be one of 200: it is refused."""
    with pytest.raises(InvalidArgumentError):
        vault.object_records.retrieve_all("product__v", **page)  # type: ignore[arg-type]  # by name


async def test_deleted_record(vault: Vault, products: list[str]) -> None:
    """A record that is deleted is gone, also for a second delete."""
    assert (await vault.object_records.retrieve("product__v", products[1])).name == "Echo"
    await vault.object_records.delete("product__v", products[1])

    with pytest.raises(NotFoundError, match=products[1]):
        await vault.object_records.retrieve("product__v", products[1])
    with pytest.raises(NotFoundError):
        await vault.object_records.delete("product__v", products[1])


@pytest.mark.parametrize("as_json", [False, True])
async def test_create_update_delete(vault: Vault, products: list[str], as_json: bool) -> None:
    """Rows are created, changed and deleted, each by the id that came back."""
    records = vault.object_records
    rows = [{"name__v": f"New {n}", "abbreviation__vs": n} for n in range(3)]
    created = [one.id async for one in records.create_many("product__v", rows, as_json=as_json)]
    assert all(isinstance(one, str) for one in created)

    changes = [{"id": one, "name__v": f"Newer {one}"} for one in created]
    results = records.update_many("product__v", changes, as_json=as_json)
    assert [one.id async for one in results] == created
    assert (await records.retrieve("product__v", str(created[1]))).name == f"Newer {created[1]}"

    gone = records.delete_many("product__v", [{"id": one} for one in created], as_json=as_json)
    assert [one.succeeded async for one in gone] == [True] * 3


async def test_upsert(vault: Vault, products: list[str]) -> None:
    """With a unique field, records that are there are updated; the result says which."""
    rows = [{"external_id__v": one, "name__v": one} for one in ("X1", "X2")]
    events = []
    for part in (rows[:1], rows):
        results = vault.object_records.create_many("product__v", part, id_param="external_id__v")
        events += [(one.fields["event"], one.fields["id_param_value"]) async for one in results]

    assert events == [("created__sys", "X1"), ("updated__sys", "X1"), ("created__sys", "X2")]


async def test_rows_that_fail(vault: Vault, products: list[str]) -> None:
    """Each bad row fails alone, with its number and Vault's reason."""
    rows: list[dict[str, object]] = [
        {"name__v": "Good"},
        {"name__v": None},
        {"name__v": "Bad", "no__v": 1},
    ]

    results = [
        one async for one in vault.object_records.create_many("product__v", rows, as_json=True)
    ]

    assert [(one.row, one.succeeded, one.error_type) for one in results] == [
        (1, True, None),
        (2, False, "PARAMETER_REQUIRED"),
        (3, False, "ATTRIBUTE_NOT_SUPPORTED"),
    ]


async def test_failed_row_with_a_unique_field(vault: Vault, products: list[str]) -> None:
    """A row that failed is named by its unique field, although it has no id."""
    rows = [{"external_id__v": "nobody", "name__v": "x"}]

    results = vault.object_records.update_many("product__v", rows, id_param="external_id__v")

    (result,) = [one async for one in results]
    assert (result.succeeded, result.id) == (False, None)
    assert result.fields == {"id_param_value": "nobody"}


async def test_two_rows_with_one_unique_value(vault: Vault, products: list[str]) -> None:
    """They fail the whole call: an error, whose note names the rows."""
    rows = [{"external_id__v": "X1", "name__v": name} for name in "ab"]
    results = vault.object_records.create_many("product__v", rows, id_param="external_id__v")

    with pytest.raises(InvalidDataError, match="Duplicate") as caught:
        await anext(results)
    assert "rows 1-2" in caught.value.__notes__[0]


async def test_switches_are_headers(sandbox: Sandbox, products: list[str]) -> None:
    """What is on is said in headers; what is off is not."""
    async with recorded(sandbox) as (vault, recorder):
        rows = [{"id": products[0], "name__v": "x"}]
        await anext(
            vault.object_records.update_many(
                "product__v", rows, migration_mode=True, unchanged_fields="AlwaysIgnore"
            )
        )

    headers = {k: v for k, v in recorder.requests[0].headers.items() if k.startswith("x-vaultapi-")}
    assert headers["x-vaultapi-migrationmode"] == "true"
    assert headers["x-vaultapi-unchangedfieldbehavior"] == "AlwaysIgnore"
    assert "x-vaultapi-notriggers" not in headers


async def test_delete_as_a_row_at_newer_versions(sandbox: Sandbox, products: list[str]) -> None:
    """Newer versions delete in bulk alone: a row that fails is an error of the one record."""
    async with recorded(sandbox, "v26.2") as (vault, recorder):
        await vault.object_records.delete("product__v", products[0])
        with pytest.raises(VaultError, match=products[0]):
            await vault.object_records.delete("product__v", products[0])
    assert [path_of(request) for request in recorder.requests] == [
        "/api/v26.2/vobjects/product__v"
    ] * 2
