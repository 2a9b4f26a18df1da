"""Logins, sessions, and the vault that one lands in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import API, LOGIN, Clock, error_of
from vaultio.sandbox import Sandbox, SandboxRequest


async def test_login(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A login answers with a session, and with every vault and its address."""
    answer = await guest.post(f"{API}/auth", data=LOGIN)

    body = answer.json()
    assert body["vaultIds"] == [
        {"id": 3101, "name": "Sandbox", "url": "https://myvault.veevavault.com/api"}
    ]
    assert (body["responseStatus"], body["vaultId"], body["userId"]) == ("SUCCESS", 3101, 46916)
    assert answer.headers["x-vaultapi-userid"] == "46916"
    assert (sandbox.sessions.logins, len(sandbox.sessions)) == (1, 1)


async def test_login_by_multipart(guest: httpx.AsyncClient) -> None:
    """Both kinds of form are taken."""
    parts = {name: (None, value) for name, value in LOGIN.items()}

    answer = await guest.post(f"{API}/auth", files=parts)

    assert answer.json()["responseStatus"] == "SUCCESS"


async def test_login_needs_a_form(guest: httpx.AsyncClient) -> None:
    """JSON is not a form."""
    answer = await guest.post(f"{API}/auth", json=LOGIN)

    assert error_of(answer) == (
        "INVALID_DATA",
        "Content-Type [application/json] is not supported here.",
    )


@pytest.mark.parametrize(
    ("setting", "password", "error_type"),
    [
        ({}, "", "NO_PASSWORD_PROVIDED"),
        ({}, "wrong", "USERNAME_OR_PASSWORD_INCORRECT"),
        ({"locked_out": True}, "right", "USER_LOCKED_OUT"),
        ({"active": False}, "right", "INACTIVE_USER"),
        ({"must_change_password": True}, "right", "PASSWORD_CHANGE_REQUIRED"),
    ],
)
async def test_a_login_that_fails(
    guest: httpx.AsyncClient,
    sandbox: Sandbox,
    setting: dict[str, Any],
    password: str,
    error_type: str,
) -> None:
    """Each reason has its type, and the answer a second type on its top level."""
    sandbox.users.add("bob@example.com", "right", **setting)

    answer = await guest.post(
        f"{API}/auth", data={"username": "bob@example.com", "password": password}
    )

    assert error_of(answer)[0] == error_type
    assert answer.json()["errorType"] == "AUTHENTICATION_FAILED"
    assert sandbox.sessions.failed_logins == 1


async def test_wrong_passwords_lock_the_user_out(guest: httpx.AsyncClient) -> None:
    """After five wrong tries the right password does not help either."""
    for _ in range(5):
        await guest.post(f"{API}/auth", data={**LOGIN, "password": "wrong"})

    answer = await guest.post(f"{API}/auth", data=LOGIN)

    assert error_of(answer)[0] == "USER_LOCKED_OUT"


async def test_the_wrong_vault(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A login may land in another vault than the one asked for, and still succeeds."""
    other = sandbox.vaults.add("Promo", host="promo.veevavault.com")
    sandbox.vaults.land_in = other

    body = (await guest.post(f"{API}/auth", data=LOGIN)).json()

    urls = {row["id"]: row["url"] for row in body["vaultIds"]}
    assert (body["responseStatus"], body["vaultId"]) == ("SUCCESS", other)
    assert urls[other] == "https://promo.veevavault.com/api"


async def test_vault_dns_decides(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The field vaultDNS wins over the host of the address; an unknown host does not fail."""
    other = sandbox.vaults.add("Promo", host="promo.veevavault.com")

    first = await guest.post(f"{API}/auth", data={**LOGIN, "vaultDNS": "PROMO.veevavault.com"})
    second = await guest.post(f"{API}/auth", data={**LOGIN, "vaultDNS": "nowhere.example.com"})

    assert (first.json()["vaultId"], second.json()["vaultId"]) == (other, 3101)


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer {}"])
async def test_a_session_with_and_without_bearer(client: httpx.AsyncClient, form: str) -> None:
    """A session id goes bare or as a bearer token."""
    client.headers["Authorization"] = form.format(client.headers["Authorization"])

    answer = await client.get(f"{API}/objects/users/me")

    assert answer.json()["users"][0]["user"]["user_name__v"] == "ana@example.com"


async def test_an_access_token_is_a_bearer_only(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """An access token without Bearer is no credential."""
    token = sandbox.sessions.add_access_token(sandbox.users["ana@example.com"])
    url = f"{API}/objects/users/me"

    good = await guest.get(url, headers={"Authorization": f"Bearer {token}"})
    bad = await guest.get(url, headers={"Authorization": token})

    assert good.json()["responseStatus"] == "SUCCESS"
    assert error_of(bad)[0] == "INVALID_SESSION_ID"


async def test_the_query_parameter_auth(sandbox: Sandbox) -> None:
    """The v11.0 reference takes the session in the query too (where httpx would log it)."""
    session_id = sandbox.sessions.start(sandbox.users["ana@example.com"], 3101)

    reply = await sandbox.handle(
        SandboxRequest(method="GET", path=f"{API}/objects/users/me", query=f"auth={session_id}")
    )

    assert reply.response_status == "SUCCESS"


async def test_an_idle_session_ends(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: Clock
) -> None:
    """Twenty minutes without a call end a session; every call starts them again."""
    for pause_s in (1100, 1100):
        clock.advance(pause_s)
        assert (await client.post(f"{API}/keep-alive")).json()["responseStatus"] == "SUCCESS"

    clock.advance(1300)

    assert error_of(await client.post(f"{API}/keep-alive"))[0] == "INVALID_SESSION_ID"


async def test_a_running_download_keeps_the_session(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: Clock
) -> None:
    """While a body is on its way the session does not idle."""
    document_id = sandbox.documents.add(content=1_000_000)

    async with client.stream("GET", f"{API}/objects/documents/{document_id}/file"):
        clock.advance(3000)

    assert (await client.post(f"{API}/keep-alive")).json()["responseStatus"] == "SUCCESS"


async def test_48_hours_end_every_session(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: Clock
) -> None:
    """However busy, a session ends after two days."""
    sandbox.sessions.idle_timeout_s = 1e9
    clock.advance(48 * 3600 + 1)

    assert error_of(await client.post(f"{API}/keep-alive"))[0] == "INVALID_SESSION_ID"


async def test_end_session(client: httpx.AsyncClient) -> None:
    """A session that was ended is no longer known."""
    assert (await client.delete(f"{API}/session")).json() == {"responseStatus": "SUCCESS"}

    assert error_of(await client.post(f"{API}/keep-alive"))[0] == "INVALID_SESSION_ID"


async def test_end_all_sessions(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A test may end all sessions at once."""
    assert sandbox.sessions.end_all() == 1

    assert error_of(await client.get("/api/"))[0] == "INVALID_SESSION_ID"


async def test_a_user_without_api_access(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Such a user logs in, and cannot do anything."""
    sandbox.users.add("bob@example.com", "right", api_access=False)
    login = {"username": "bob@example.com", "password": "right"}
    session_id = (await guest.post(f"{API}/auth", data=login)).json()["sessionId"]

    answer = await guest.get(f"{API}/objects/users/me", headers={"Authorization": session_id})

    assert error_of(answer)[0] == "INSUFFICIENT_ACCESS"
    assert "VaultActions_API_Access" in error_of(answer)[1]
