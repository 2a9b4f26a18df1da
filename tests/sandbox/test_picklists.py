"""Picklists: their values have names and labels, each once."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

REGIONS = f"{API}/objects/picklists/regions__c"


async def names(client: httpx.AsyncClient) -> list[str]:
    """Return the names of the regions, in order."""
    return [one["name"] for one in (await client.get(REGIONS)).json()["picklistValues"]]


async def test_all_picklists(client: httpx.AsyncClient) -> None:
    """Two keys of errors are null on success; what is false or empty is not there."""
    body = (await client.get(f"{API}/objects/picklists")).json()

    assert (body["errorCodes"], body["errorType"]) == (None, None)
    rows = {row["name"]: row for row in body["picklists"]}
    assert "system" not in rows["regions__c"]
    assert rows["license_type__v"] == {
        "name": "license_type__v",
        "label": "License Type",
        "kind": "user",
        "system": True,
    }


async def test_create(client: httpx.AsyncClient) -> None:
    """Values come in the order of their numbers; a name that is taken gets a number."""
    form = {"value_10": "Third", "value_2": "Second", "value_1": "Europe!"}

    body = (await client.post(REGIONS, data=form)).json()

    assert body["responseMessage"] == "Created picklist value(s)."
    assert [one["name"] for one in body["picklistValues"]] == [
        "europe1__c",
        "second__c",
        "third__c",
    ]
    assert (await names(client))[4:] == ["europe1__c", "second__c", "third__c"]


async def test_all_or_none(client: httpx.AsyncClient) -> None:
    """A label that is there already keeps the others out."""
    answer = await client.post(REGIONS, data={"value_1": "New", "value_2": "Europe"})

    assert error_of(answer)[0] == "INVALID_DATA"
    assert len(await names(client)) == 4


async def test_rename_keeps_place_and_label(client: httpx.AsyncClient) -> None:
    """The answer says nothing of the new name."""
    answer = await client.put(f"{REGIONS}/europe__c", data={"name": "old_world"})

    assert answer.json() == {"responseStatus": "SUCCESS"}
    assert (await names(client))[0] == "old_world__c"
    assert error_of(await client.put(f"{REGIONS}/europe__c", data={"name": "x"})) == (
        "MALFORMED_URL",
        "The resource [europe__c] does not exist.",
    )


async def test_rename_came_with_v10(client: httpx.AsyncClient) -> None:
    """Earlier versions do not know it."""
    path = REGIONS.replace("v11.0", "v9.0")

    answer = await client.put(f"{path}/europe__c", data={"name": "x"})

    assert error_of(answer)[0] == "METHOD_NOT_SUPPORTED"


async def test_delete(client: httpx.AsyncClient) -> None:
    """The answer names what is gone."""
    body = (await client.delete(f"{REGIONS}/europe__c")).json()

    assert (body["name"], body["responseMessage"]) == ("europe__c", "Deleted picklist value.")
    assert "europe__c" not in await names(client)


@pytest.mark.parametrize(
    ("method", "path", "form", "expected"),
    [
        ("POST", "", {}, "Missing required parameter [value_1]."),
        ("PUT", "", {}, "Missing required parameter [picklist value name]."),
        ("PUT", "/europe__c", {"nam": "x"}, "Missing required parameter [name]."),
        ("POST", "", {"value_1": " "}, "Invalid value [] specified for parameter [value_1]"),
        (
            "PUT",
            "/europe__c",
            {"name": "A b"},
            "Invalid value [A b] specified for parameter [name]",
        ),
    ],
)
async def test_refused(
    client: httpx.AsyncClient, method: str, path: str, form: dict[str, str], expected: str
) -> None:
    """The message names the parameter."""
    assert error_of(await client.request(method, REGIONS + path, data=form))[1] == expected


async def test_a_picklist_of_your_own(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A test may add picklists."""
    sandbox.picklists.add("colour__c", ("Red", "Green"), kind="object")

    body = (await client.get(f"{API}/objects/picklists/colour__c")).json()

    assert body["picklistValues"][1] == {"name": "green__c", "label": "Green"}
