"""A session that ends under a crowd; a login that is refused, limited, or hangs.

One login a client, no user locked out, and all who wait are told together.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import anyio
import httpx
import pytest

from tests.faults.tools.clock import Clock
from tests.leaks import PASSWORD
from tests.transport.server import DOCUMENT, At, answers, client, failure, login, logins
from vaultio import (
    ApiLimitError,
    AuthenticationError,
    DeadlineError,
    SessionExpiredError,
    SessionId,
    Vault,
)
from vaultio.sandbox import Sandbox
from vaultio.sandbox.raw import RawRequest, RawServer, Reaction, Send, Wait

CROWD = 400
HOURS_48 = 48 * 3600


@pytest.fixture
def clock() -> Clock:
    """The time at the vault."""
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    """A vault whose hours pass as told."""
    sandbox = Sandbox(clock=clock)
    sandbox.users["ana@example.com"].password = PASSWORD
    return sandbox


async def crowd(vault: Vault, size: int = CROWD) -> Counter[str]:
    """Make so many calls at once, and count what came of them."""
    calls = (vault.documents.retrieve(7) for _ in range(size))
    ends = await asyncio.gather(*calls, return_exceptions=True)
    return Counter(type(end).__name__ for end in ends)


def with_login(*steps: Reaction) -> RawServer:
    """Serve documents, and react to logins in turn; the last reaction repeats."""
    left = list(steps)

    def react(request: RawRequest) -> Reaction:
        if request.target.endswith("/auth"):
            return left.pop(0) if len(left) > 1 else left[0]
        return answers(DOCUMENT)(request)

    return RawServer(react)


@pytest.mark.parametrize("how", ["by Vault", "by another program", "after 48 hours"])
async def test_400_calls_when_the_session_ends(sandbox: Sandbox, clock: Clock, how: str) -> None:
    """However many find it ended, one login renews it for all, and all succeed."""
    while sandbox.documents.add("Protocol", b"the file") < 7:
        pass
    async with sandbox.serve() as url, client(At(url)) as vault:
        await vault.documents.retrieve(7)
        await end_session(how, vault, sandbox, clock)
        assert await crowd(vault) == {"Document": CROWD}
    assert sandbox.sessions.logins == 2


async def end_session(how: str, vault: Vault, sandbox: Sandbox, clock: Clock) -> None:
    """End the session of *vault* in one of the ways there are."""
    if how == "by Vault":
        sandbox.sessions.end_all()
    elif how == "after 48 hours":
        clock.pass_(HOURS_48 + 1)
    else:
        session = vault._caller._session
        assert session is not None
        headers = {"Authorization": (await session.ticket()).header.reveal()}
        async with httpx.AsyncClient() as other:
            await other.delete(f"{vault.base_url}/api/v11.0/session", headers=headers)


async def test_a_session_that_is_not_ours_to_renew(sandbox: Sandbox) -> None:
    """A crowd whose session came from elsewhere is told, and nobody logs in."""
    credentials = SessionId("S-0")
    async with sandbox.serve() as url, Vault(url, credentials, api_version="v11.0") as vault:
        assert await crowd(vault, 50) == {SessionExpiredError.__name__: 50}
    assert sandbox.sessions.logins == 0


@pytest.mark.parametrize("reason", ["USERNAME_OR_PASSWORD_INCORRECT", "USER_LOCKED_OUT"])
async def test_a_refused_login(reason: str) -> None:
    """All are told of it by the one login there was; who comes later is, too."""
    refusal = failure(reason, errorType="AUTHENTICATION_FAILED")
    async with with_login([Wait(0.05), Send(refusal)]) as server, client(server) as vault:
        for _ in range(2):
            assert await crowd(vault) == {AuthenticationError.__name__: CROWD}
    assert len(server.requests) == 1


async def test_a_limited_login() -> None:
    """A login that Vault limits holds back those of everybody for a while."""
    async with with_login(failure("API_LIMIT_EXCEEDED")) as server, client(server) as vault:
        for _ in range(2):
            assert await crowd(vault) == {ApiLimitError.__name__: CROWD}
    assert len(server.requests) == 1


async def test_a_login_that_hangs() -> None:
    """It ends with its deadline, and all who wait are told together, by one login."""
    async with with_login([Wait(60)]) as server, client(server, {"timeout_s": 0.5}) as vault:
        with anyio.fail_after(20):
            assert await crowd(vault) == {DeadlineError.__name__: CROWD}
    assert len(server.requests) == 1


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_login_that_hangs_for_those_in_a_hurry(is_first: bool) -> None:
    """A view's time holds for a login too, be it its own or another's; the login goes on."""
    async with with_login([Wait(2.5), Send(login())]) as server, client(server) as vault:
        others = [] if is_first else [asyncio.create_task(vault.documents.retrieve(7))]
        await asyncio.sleep(0.1)
        with anyio.fail_after(2.2), pytest.raises(DeadlineError, match="no session within"):
            await vault.with_options(timeout_s=0.2).documents.retrieve(7)
        assert (await vault.documents.retrieve(7)).id == 7
        await asyncio.gather(*others)
    assert logins(server) == 1


async def test_a_crowd_that_gives_up_while_it_logs_in() -> None:
    """Whoever is cancelled, the login that he began goes on for the others: there is one."""
    async with with_login([Wait(0.3), Send(login())]) as server, client(server) as vault:
        for _ in range(10):
            with anyio.move_on_after(0.01):
                await crowd(vault, 20)
        assert await crowd(vault, 20) == {"Document": 20}
    assert logins(server) == 1


async def test_closed_while_it_logs_in() -> None:
    """Nobody waits for a login of a client that is closed, and nothing of it is left."""
    async with with_login([Wait(60)]) as server, client(server) as vault:
        await close_under_a_crowd(vault)


async def close_under_a_crowd(vault: Vault) -> None:
    """Close a client whose login hangs; all who wait are told, and no login is left."""
    waiting = asyncio.create_task(crowd(vault, 20))
    await asyncio.sleep(0.2)
    with anyio.fail_after(10):
        await vault.aclose()
        assert await waiting == {"ClosedError": 20}
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "vaultio login"]
