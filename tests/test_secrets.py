"""Credentials stay where they are, whatever goes wrong with a call."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.conftest import USER
from tests.leaks import PASSWORD, SECRET, told_by
from vaultio import AccessToken, Config, Credentials, Password, SessionId, Vault, VaultioError
from vaultio.sandbox import Fault, Sandbox

ADDRESS = "https://sandbox.veevavault.com"
SESSION_ID = "0AF7" * 28  # looks like one of Vault's
FAULTS = ["failure", "end_session", "status", "html", "empty", "cut", "json", "lost_answer"]


async def tells_a_secret(credentials: Credentials, transport: httpx.AsyncBaseTransport) -> bool:
    """Make a call that fails; say whether what a crash reporter sees of it holds a secret.

    The log is looked at by the guard over all tests.
    """
    with pytest.raises(VaultioError) as caught:
        async with Vault(
            ADDRESS,
            credentials,
            api_version="v11.0",
            config=Config(max_tries=1),
            transport=transport,
        ) as vault:
            await vault.documents.retrieve(7)
    return SECRET.search(told_by(caught.value)) is not None


@pytest.mark.parametrize("path", ["*/auth", "*/documents/*"])
@pytest.mark.parametrize("kind", FAULTS)
async def test_a_disturbed_call_tells_no_password(sandbox: Sandbox, kind: str, path: str) -> None:
    """What a crash reporter sees of a failed login or call holds neither password nor session."""
    sandbox.faults.add(Fault(kind=kind, path=path, count=None))  # type: ignore[arg-type]

    told = await tells_a_secret(Password(USER, PASSWORD), sandbox.transport())

    assert not told


@pytest.mark.parametrize("is_token", [False, True])
@pytest.mark.parametrize("kind", FAULTS)
async def test_a_disturbed_call_tells_no_session(
    sandbox: Sandbox, kind: str, is_token: bool
) -> None:
    """The same for a session or a token that was opened elsewhere."""
    user = sandbox.users[USER]
    token, session = sandbox.sessions.add_access_token(user), sandbox.sessions.start(user, 3101)
    credentials = AccessToken(token) if is_token else SessionId(session)
    sandbox.faults.add(Fault(kind=kind, count=None))  # type: ignore[arg-type]

    told = await tells_a_secret(credentials, sandbox.transport())

    assert not told


def login_answer(text: str) -> httpx.MockTransport:
    """Answer everything with that text, said to be JSON."""

    async def chunks() -> AsyncIterator[bytes]:
        yield text.encode()

    headers = {"Content-Type": "application/json"}
    return httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=chunks()))


UNREADABLE = {
    "broken": f'{{"responseStatus": "SUCCESS", "sessionId": "{SESSION_ID}",',
    "no object": json.dumps([SESSION_ID]),
    "a page": f"<html>{SESSION_ID}",
    "wrong type": json.dumps({"responseStatus": "SUCCESS", "sessionId": SESSION_ID, "userId": []}),
    "odd status": json.dumps({"responseStatus": "MAYBE", "sessionId": SESSION_ID}),
    "failure": json.dumps({"responseStatus": "FAILURE", "sessionId": SESSION_ID, "errors": []}),
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_unreadable_login_tells_no_session(text: str) -> None:
    """A login's answer that cannot be understood is not quoted: the session may well be open."""
    told = await tells_a_secret(Password(USER, PASSWORD), login_answer(text))

    assert not told


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
async def test_an_answer_that_repeats_the_session_is_not_quoted_whole(kind: str) -> None:
    """Proxies print a request's headers on their error pages; our errors do not."""

    def repeat(request: httpx.Request) -> httpx.Response:
        error = {"type": "X", "message": f"refused: {request.headers['Authorization']}"}
        body = json.dumps({"responseStatus": "FAILURE", "errors": [error]})
        content = body if kind == "application/json" else error["message"]
        return httpx.Response(400, headers={"Content-Type": kind}, content=content)

    told = await tells_a_secret(SessionId(SESSION_ID), httpx.MockTransport(repeat))

    assert not told
