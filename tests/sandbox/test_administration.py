"""Domain, policies, workflows and objects, as the answers print them."""

from __future__ import annotations

import httpx

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox


async def test_domain(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A vault's id is a text here, and a number after a login."""
    body = (await client.get(f"{API}/objects/domain")).json()

    assert body["domain__v"]["vaults__v"] == [
        {
            "id": "3101",
            "vault_name__v": "Sandbox",
            "vault_status__v": "Active",
            "vault_application__v": "PromoMats",
        }
    ]


async def test_domain_admins_only(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Others are refused."""
    sandbox.users["ana@example.com"].domain_admin = False

    assert error_of(await client.get(f"{API}/objects/domain"))[0] == "INSUFFICIENT_ACCESS"


async def test_security_policies(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The list leads to each; a flag that is false is not there."""
    sandbox.security_policies.add("1", "Loose", passwords_require_number__v=False)

    rows = (await client.get(f"{API}/objects/securitypolicies")).json()["security_policies__v"]
    loose = (await client.get(rows[-1]["value__v"])).json()["security_policy__v"]

    assert [row["name__v"] for row in rows] == ["821", "958", "957", "1"]
    assert loose["policy_details__v"] == {
        "name__v": "1",
        "label__v": "Loose",
        "is_active__v": True,
    }
    assert list(loose["policy_security_settings__v"]) == ["authentication_type__v"]


async def test_resources_lead_somewhere(client: httpx.AsyncClient) -> None:
    """Every address of metadata is served."""
    values = (await client.get(f"{API}/metadata/objects")).json()["values"]

    answers = [(await client.get(url)).json()["responseStatus"] for url in values.values()]

    assert answers == ["SUCCESS"] * 5


async def test_workflow_metadata(client: httpx.AsyncClient) -> None:
    """Values have labels alone, and one of them comes twice."""
    rows = (await client.get(f"{API}/metadata/objects/workflows")).json()["properties"]

    kinds = next(row for row in rows if row["name"] == "workflow_type__v")
    assert kinds["values"][1:] == [{"label": "Read and Understood"}] * 2


async def test_localized(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Texts in all languages come only where there are any, and only if asked for."""
    sandbox.records.add_object("product__v", label="Product")
    sandbox.records["product__v"].localized["label"] = {"de": "Produkt"}
    path = f"{API}/metadata/vobjects"

    (plain,) = (await client.get(path)).json()["objects"]
    (localized,) = (await client.get(f"{path}?loc=true")).json()["objects"]

    assert "localized_data" not in plain
    assert localized["localized_data"] == {"label": {"de": "Produkt"}}


async def test_field_of_an_object(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A field that leads to users says no more of them than the name."""
    sandbox.records.add_object("product__v")
    owner = {"type": "Object", "object": {"name": "users"}}
    sandbox.records["product__v"].field_details["owner__c"] = owner
    path = f"{API}/metadata/vobjects/product__v/fields"

    field = (await client.get(f"{path}/owner__c")).json()["field"]

    assert (field["type"], field["object"]) == ("Object", {"name": "users"})
    assert error_of(await client.get(f"{path}/no__c")) == (
        "MALFORMED_URL",
        "The resource [no__c] does not exist",
    )
