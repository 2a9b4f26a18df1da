"""Tokens of identity providers, sessions of Salesforce and of others stay where they are."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Callable

import httpx
import pytest

from tests.conftest import USER
from tests.leaks import PASSWORD, SECRET, SESSION_ID, told_by
from tests.test_secrets import ADDRESS, FAULTS, UNREADABLE, login_answer, tells_a_secret
from vaultio import (
    Config,
    Credentials,
    Delegation,
    Limiter,
    OAuth,
    Password,
    SalesforceSession,
    SessionId,
    Vault,
    VaultioError,
)
from vaultio.sandbox import Fault, Sandbox
from vaultio.sandbox.identity import PROFILE
from vaultio.sandbox.salesforce import HOST

Make = Callable[[Sandbox], Credentials]
KINDS: dict[str, Make] = {
    "token": lambda sandbox: OAuth(PROFILE, sandbox.identity.issue(sandbox.users[USER])),
    "function": lambda sandbox: OAuth(PROFILE, lambda: sandbox.identity.issue(sandbox.users[USER])),
    "refused": lambda sandbox: OAuth(PROFILE, sandbox.identity.issue(sandbox.users[USER], 0)),
    "salesforce": lambda sandbox: SalesforceSession(
        sandbox.salesforce.start(sandbox.users[USER]), HOST
    ),
}
DELEGATION = Delegation(id=3101, delegator_user_id=5, dns="sandbox.veevavault.com")


@pytest.mark.parametrize("path", ["/auth/*", "*/documents/*"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
async def test_a_disturbed_call_tells_nothing(
    sandbox: Sandbox, make: Make, fault: str, path: str
) -> None:
    """What a crash reporter sees of a failed login or call holds neither token nor session."""
    sandbox.faults.add(Fault(kind=fault, path=path, count=None))  # type: ignore[arg-type]
    credentials = make(sandbox)

    assert not await tells_a_secret(credentials, sandbox.transport())
    assert SECRET.search(repr(credentials)) is None


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_unreadable_answer_tells_no_session(text: str) -> None:
    """That of the host that takes tokens is not quoted."""
    assert not await tells_a_secret(OAuth(PROFILE, SESSION_ID), login_answer(text))


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_unreadable_delegated_login_tells_no_session(text: str) -> None:
    """Nor is that to a login for another user."""
    answer = login_answer(text.replace("sessionId", "delegated_sessionid"))
    with pytest.raises(VaultioError) as caught:
        async with Vault(ADDRESS, SessionId("S-0"), api_version="v24.3", transport=answer) as vault:
            await vault.delegated(DELEGATION).documents.retrieve(7)

    assert SECRET.search(told_by(caught.value)) is None
    assert SECRET.search(pickle.dumps(caught.value).decode("latin-1")) is None


async def test_a_page_that_repeats_the_token_is_not_quoted() -> None:
    """What a proxy prints of the request that it did not pass on is blotted out."""

    def repeat(request: httpx.Request) -> httpx.Response:
        error = {"type": "X", "message": f"refused: {request.headers['Authorization']}"}
        answer = {"responseStatus": "FAILURE", "errors": [error]}
        return httpx.Response(
            200, content=json.dumps(answer), headers={"Content-Type": "text/json"}
        )

    for credentials in (OAuth(PROFILE, SESSION_ID), SalesforceSession(SESSION_ID, HOST)):
        assert not await tells_a_secret(credentials, httpx.MockTransport(repeat))


async def test_a_failing_source_in_the_frames(sandbox: Sandbox) -> None:
    """What a function had in its hands when it failed is its own; nothing of it is repeated."""

    def source() -> str:
        token = sandbox.identity.issue(sandbox.users[USER])
        raise LookupError(len(token))

    assert not await tells_a_secret(OAuth(PROFILE, source), sandbox.transport())


async def test_keeping_alive_tells_nothing(sandbox: Sandbox) -> None:
    """What goes wrong with it is logged without the session; the guard over all tests looks."""
    for kind in ("html", "json", "cut", "failure"):
        sandbox.faults.add(Fault(kind=kind, path="*/keep-alive", count=2))
    credentials, config = Password(USER, PASSWORD), Config(keep_alive_s=0.01)
    async with Vault(
        ADDRESS,
        credentials,
        api_version="v24.3",
        config=config,
        limiter=Limiter.unlimited(),
        transport=sandbox.transport(),
    ) as vault:
        await vault.request("GET", "objects/users/me")
        await asyncio.sleep(0.3)
    assert len(sandbox.faults) == 4
    assert all(fault.hits for fault in sandbox.faults)
