"""Paths, methods, versions and the headers of every answer."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox
from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.routing import JSON, Router, Routes
from vaultio.sandbox.versions import Version


@pytest.mark.parametrize("path", ["/api", "/api/"])
async def test_api_versions(client: httpx.AsyncClient, path: str) -> None:
    """The list of versions is there with and without the slash."""
    values = (await client.get(path)).json()["values"]

    assert values["v11.0"] == "https://myvault.veevavault.com/api/v11.0"
    assert (next(iter(values)), next(reversed(values))) == ("v7.0", "v26.3")


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/objects/documents/", "/objects//documents", "/objects/documents/1/nothing"],
)
async def test_an_unknown_resource(client: httpx.AsyncClient, path: str) -> None:
    """What is not there is a malformed URL, under HTTP 200."""
    assert error_of(await client.get(API + path))[0] == "MALFORMED_URL"


async def test_a_wrong_method(client: httpx.AsyncClient) -> None:
    """A resource that is there but not for this method says so."""
    answer = await client.patch(f"{API}/objects/documents")

    assert error_of(answer) == ("METHOD_NOT_SUPPORTED", "Request method 'PATCH' not supported")


@pytest.mark.parametrize(
    ("version", "error_type"),
    [
        ("v6.0", "METHOD_NOT_SUPPORTED"),
        ("v27.1", "MALFORMED_URL"),
        ("v11.1", "MALFORMED_URL"),
        ("11.0", "MALFORMED_URL"),
    ],
)
async def test_a_version_that_is_not_served(
    client: httpx.AsyncClient, version: str, error_type: str
) -> None:
    """Too old, too new and nonsense are refused."""
    assert error_of(await client.get(f"/api/{version}/objects/documents"))[0] == error_type


async def test_an_operation_that_came_later(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Attachments came with v11.0, so v10.0 does not have them."""
    document_id = sandbox.documents.add()

    answer = await client.get(f"/api/v10.0/objects/documents/{document_id}/attachments")

    assert error_of(answer)[0] == "METHOD_NOT_SUPPORTED"


async def test_every_answer_has_its_headers(client: httpx.AsyncClient) -> None:
    """Execution, vault, user, limits and status are on each answer, a failure too."""
    for path in ("/objects/documents", "/objects/documents/99"):
        headers = (await client.get(API + path)).headers
        assert headers["x-vaultapi-vaultid"] == "3101"
        assert headers["x-vaultapi-userid"] == "46916"
        assert headers["x-vaultapi-burstlimit"] == "2000"
        assert len(headers["x-vaultapi-executionid"]) == 36
    assert headers["x-vaultapi-status"] == "FAILURE"


async def test_the_reference_id_comes_back(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """It is echoed as it was sent, unless the setting says that this vault does not."""
    headers = {"X-VaultAPI-ReferenceId": "my-7"}

    echoed = await client.get("/api/", headers=headers)
    sandbox.settings.echo_reference_id = False
    silent = await client.get("/api/", headers=headers)

    assert echoed.headers["x-vaultapi-referenceid"] == "my-7"
    assert "x-vaultapi-referenceid" not in silent.headers


async def test_segments_are_decoded_once(client: httpx.AsyncClient) -> None:
    """A quoted slash stays inside its segment."""
    answer = await client.get(f"{API}/objects/documents/a%2Fb%20c")

    assert error_of(answer) == ("INVALID_DOCUMENT", "Document not found a/b c")


async def test_what_this_is(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The root says what this is, needs no session and is no API call."""
    answer = await guest.get("/")

    assert "sandbox" in answer.text
    assert sandbox.quota.calls == 0


async def _nothing(_: object) -> JSON:
    return {}


def test_a_literal_word_wins_over_an_id() -> None:
    """Where both fit, the word is meant, whatever the method."""
    routes, router = Routes(), Router()
    routes.add("POST", "/documents/batch", _nothing)
    routes.add("GET", "/documents/{id}", _nothing)
    routes.add("DELETE", "/roles/{role}.user/{id}", _nothing)
    router.include(routes)

    with pytest.raises(RefusedError, match="METHOD_NOT_SUPPORTED"):
        router.find("GET", "documents/batch", Version(11, 0))
    _, ids = router.find("DELETE", "roles/a.b__c.user/7", Version(11, 0))
    assert ids == {"role": "a.b__c", "id": "7"}


async def test_a_version_alone_lists_the_versions(client: httpx.AsyncClient) -> None:
    """Veeva's own client checks a session so: the answer gives the address of that version."""
    answer = (await client.get("/api/v24.3")).json()
    assert answer["values"]["v24.3"] == "https://myvault.veevavault.com/api/v24.3"
