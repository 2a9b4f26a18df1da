"""The sandbox's other ways in: tokens, discovery, Salesforce, delegation; and its moving clock."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.sandbox.conftest import API, LOGIN, Clock, error_of
from vaultio.sandbox import Sandbox, SandboxRequest
from vaultio.sandbox.identity import PROFILE
from vaultio.sandbox.salesforce import HOST

ANA = "ana@example.com"
SESSION = f"/auth/oauth/session/{PROFILE}"
ME = f"{API}/objects/users/me"
DNS = {"vaultDNS": "myvault.veevavault.com"}


def as_bearer(token: str) -> dict[str, str]:
    """Make the header that a token goes in."""
    return {"Authorization": f"Bearer {token}"}


async def test_a_session_for_a_token(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The answer is that of a login, for the vault that the form names."""
    token = sandbox.identity.issue(sandbox.users[ANA])

    url = "https://login.veevavault.com" + SESSION
    body = (await guest.post(url, headers=as_bearer(token), data=DNS)).json()

    assert body["vaultIds"][0]["url"] == "https://myvault.veevavault.com/api"
    assert (body["responseStatus"], body["vaultId"], body["userId"]) == ("SUCCESS", 3101, 46916)
    answer = await guest.get(ME, headers={"Authorization": body["sessionId"]})
    assert answer.json()["users"][0]["user"]["user_name__v"] == ANA


async def test_tokens_that_are_not_taken(
    guest: httpx.AsyncClient, sandbox: Sandbox, clock: Clock
) -> None:
    """Unknown, expired, revoked, bare, for another profile, of an inactive user: each a failure."""
    user = sandbox.users[ANA]
    expired, revoked, good = (sandbox.identity.issue(user, life) for life in (10, 99, 99))
    clock.advance(10)
    assert sandbox.identity.revoke(2)
    tries = [(SESSION, as_bearer(one)) for one in ("unknown", expired, revoked)]
    tries += [("/auth/oauth/session/other", as_bearer(good)), (SESSION, {"Authorization": good})]
    for path, headers in tries:
        answer = await guest.post(path, headers=headers, data=DNS)
        assert error_of(answer)[0] == "INVALID_SESSION_ID"
        assert answer.json()["errorType"] == "AUTHENTICATION_FAILED"
    user.active = False
    answer = await guest.post(SESSION, headers=as_bearer(good), data=DNS)
    assert error_of(answer)[0] == "INACTIVE_USER"
    assert (sandbox.sessions.failed_logins, sandbox.sessions.logins) == (6, 0)


@pytest.mark.parametrize(
    ("method", "path", "error_type"),
    [
        ("GET", SESSION, "METHOD_NOT_SUPPORTED"),
        ("GET", "/auth/discovery", "METHOD_NOT_SUPPORTED"),
        ("POST", "/auth/oauth/session", "MALFORMED_URL"),
        ("POST", "/auth/other", "MALFORMED_URL"),
        ("POST", "/auth/discovery", "PARAMETER_REQUIRED"),
    ],
)
async def test_what_the_login_host_does_not_serve(
    guest: httpx.AsyncClient, method: str, path: str, error_type: str
) -> None:
    """A failure as any of Vault's; the GET form of discovery was withdrawn."""
    assert error_of(await guest.request(method, path))[0] == error_type


@pytest.mark.parametrize("how", ["data", "params"])
@pytest.mark.parametrize("with_msal", [True, False])
async def test_discovery(
    guest: httpx.AsyncClient, sandbox: Sandbox, how: str, with_msal: bool
) -> None:
    """The name comes by form or query; a successful answer has an empty list of errors."""
    sandbox.identity.ways[ANA] = [PROFILE]
    headers = {"X-VaultAPI-AuthIncludeMsal": "true"} if with_msal else {}
    asked: dict[str, Any] = {how: {"username": ANA.upper()}}

    body = (await guest.post("/auth/discovery", headers=headers, **asked)).json()

    assert (body["errors"], body["data"]["auth_type"]) == ([], "sso")
    [profile] = body["data"]["auth_profiles"]
    assert ("use_msal" in profile, "as_client_id" in profile) == (with_msal, False)
    assert profile["vault_session_endpoint"].endswith(SESSION)


async def test_salesforce(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A session of Salesforce with its host stands for the user of the same name."""
    session_id, host = sandbox.salesforce.start(sandbox.users[ANA]), f"https://{HOST}"
    headers = {"Authorization": session_id, "X-Auth-Provider": "sfdc", "X-Auth-Host": host}

    assert (await guest.get(ME, headers=headers)).json()["responseStatus"] == "SUCCESS"
    for wrong in ({"X-Auth-Host": "https://other.my.salesforce.com"}, {"X-Auth-Provider": "x"}):
        answer = await guest.get(ME, headers=headers | wrong)
        assert error_of(answer)[0] == "INVALID_SESSION_ID"
    sandbox.salesforce.is_allowed = False
    assert error_of(await guest.get(ME, headers=headers))[0] == "INVALID_SESSION_ID"


async def test_salesforce_by_query(sandbox: Sandbox) -> None:
    """The same may stand in the query (where httpx would log it)."""
    session_id = sandbox.salesforce.start(sandbox.users[ANA])
    query = urlencode({"auth": session_id, "ext_ns": "sfdc", "ext_url": f"https://{HOST}"})

    reply = await sandbox.handle(SandboxRequest(method="GET", path=ME, query=query))

    assert reply.response_status == "SUCCESS"


async def test_a_delegated_session(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """It is the other user's, and can start no other."""
    bob = sandbox.users.add("bob@example.com", "right")
    sandbox.delegations.grant(bob, sandbox.users[ANA])
    row = (await client.get(f"{API}/delegation/vaults")).json()["delegated_vaults"][0]
    form = {"vault_id": row["id"], "delegator_userid": row["delegator_userid"]}

    started = await client.post(f"{API}/delegation/login", data=form)
    client.headers["Authorization"] = started.json()["delegated_sessionid"]

    me = (await client.get(ME)).json()["users"][0]["user"]
    assert me["user_name__v"] == "bob@example.com"
    again = await client.post(f"{API}/delegation/login", data=form)
    assert error_of(again)[0] == "OPERATION_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("form", "error_type"),
    [
        ({}, "PARAMETER_REQUIRED"),
        ({"vault_id": 3101}, "PARAMETER_REQUIRED"),
        ({"vault_id": 3101, "delegator_userid": 1}, "INSUFFICIENT_ACCESS"),
    ],
)
async def test_no_delegation(
    client: httpx.AsyncClient, form: dict[str, Any], error_type: str
) -> None:
    """Who was granted nothing gets nothing."""
    answer = await client.post(f"{API}/delegation/login", data=form)

    assert error_of(answer)[0] == error_type


async def test_time_passes_as_told(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Sessions end, windows turn and dates go on, whatever the clock below does."""
    before, left = sandbox.now(), sandbox.quota.remaining
    await client.get(ME)
    assert sandbox.quota.remaining < left

    answer = await client.post("/sandbox/clock", json={"seconds": 1201})

    assert answer.json()["ahead_s"] == 1201
    assert (sandbox.now() - before).total_seconds() > 1200
    assert sandbox.quota.remaining == sandbox.quota.burst_limit
    assert error_of(await client.get(ME))[0] == "INVALID_SESSION_ID"


async def test_tokens_by_control(guest: httpx.AsyncClient) -> None:
    """Other processes have tokens issued, listed, expired and revoked over HTTP."""
    asked = {"username": ANA, "lifetime_s": 60}
    tokens = [(await guest.post("/sandbox/tokens", json=asked)).json()["token"] for _ in "ab"]
    assert (await guest.delete("/sandbox/tokens/1")).json()["responseStatus"] == "SUCCESS"

    listed = (await guest.get("/sandbox/tokens")).text
    assert not any(token in listed for token in tokens)
    assert listed.count('"is_good": true') == 1
    assert (await guest.post("/sandbox/tokens/expire")).json()["expired"] == 1
    assert (await guest.delete("/sandbox/tokens/7")).status_code == 404
    refused: list[object] = [{"username": "nobody"}, []]
    for wrong in refused:
        answer = await guest.post("/sandbox/tokens", json=wrong)
        assert answer.json()["responseStatus"] == "FAILURE"


@pytest.mark.parametrize("seconds", [-1, "inf", "nan"])
async def test_time_does_not_pass_backwards(guest: httpx.AsyncClient, seconds: object) -> None:
    """A clock that went back would break what counts by it."""
    answer = await guest.post("/sandbox/clock", json={"seconds": seconds})

    assert answer.json()["responseStatus"] == "FAILURE"


async def test_a_login_after_time_has_passed(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Sessions that begin later end later."""
    sandbox.clock.let_pass(47 * 3600)
    session_id = (await guest.post(f"{API}/auth", data=LOGIN)).json()["sessionId"]
    sandbox.clock.let_pass(1199)

    answer = await guest.get(ME, headers={"Authorization": session_id})
    assert answer.json()["responseStatus"] == "SUCCESS"
