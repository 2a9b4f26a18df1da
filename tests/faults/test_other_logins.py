"""Bad days of those who log in by an identity provider, for another user, or for very long.

On real sockets: one login however many wait, all are told together, no secret to anybody else.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import pytest

from tests.conftest import USER
from tests.faults.test_ended_sessions import CROWD, HOURS_48, close_under_a_crowd, crowd
from tests.layers import ROOT
from tests.leaks import PASSWORD, TOKEN, told_by
from tests.transport.server import DOCUMENT, answers, login
from tests.transport.test_logins import Pair
from vaultio import (
    AuthenticationError,
    Config,
    DeadlineError,
    Limiter,
    OAuth,
    Password,
    Vault,
)
from vaultio.credentials import TokenSource
from vaultio.sandbox import Sandbox
from vaultio.sandbox.identity import PROFILE
from vaultio.sandbox.raw import RawServer

MANY = 50
HANGING = """
import asyncio, sys, time
from vaultio import Config, DeadlineError, OAuth, Vault

async def main():
    hang = OAuth("_p", lambda: time.sleep(3600), host=sys.argv[1])
    config = Config(timeout_s=0.2)
    async with Vault(sys.argv[1], hang, api_version="v11.0", config=config) as vault:
        try:
            await vault.documents.retrieve(7)
        except DeadlineError as error:
            print(error)

asyncio.run(main())
"""


@pytest.fixture
async def pair(sandbox: Sandbox) -> AsyncIterator[Pair]:
    """A sandbox with document 7, served as a vault and as the host that takes tokens."""
    sandbox.documents.add("Plan", b"x" * 1_000_000, document_id=7)
    async with sandbox.serve() as vault, sandbox.serve() as login_host:
        yield Pair(sandbox, vault, login_host)


class Hanging:
    """A source of a token that hangs until it is released."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.released = threading.Event()

    def plain(self) -> str:
        """Hang in a thread."""
        self.released.wait(30)
        return self._token

    async def soon(self) -> str:
        """Hang in the event loop, which goes on."""
        await asyncio.sleep(0 if self.released.is_set() else 60)
        return self._token


def later(source: Callable[[], str], *, is_async: bool) -> TokenSource:
    """Make an async source of a plain one, if that is wanted."""

    async def soon() -> str:
        await asyncio.sleep(0.05)
        return source()

    return soon if is_async else source


def hasty(pair: Pair, source: TokenSource) -> Vault:
    """Open a client that waits half a second for anything."""
    credentials = OAuth(PROFILE, source, host=pair.login)
    config, limiter = Config(timeout_s=0.5, max_tries=2), Limiter.unlimited()
    return Vault(pair.vault, credentials, api_version="v11.0", config=config, limiter=limiter)


async def test_a_token_that_expires_while_400_wait(pair: Pair) -> None:
    """With the session the token ends; one fresh one is fetched, and nobody notices."""
    user, asked = pair.sandbox.users[USER], list[str]()
    old = pair.sandbox.identity.issue(user)

    def cached() -> str:
        asked.append(old if len(asked) < 2 else pair.sandbox.identity.issue(user))
        return asked[-1]

    async with pair.client(pair.oauth(cached)) as vault:
        await vault.documents.retrieve(7)
        pair.sandbox.sessions.end_all()
        pair.sandbox.identity.expire_all()
        assert await crowd(vault) == {"Document": CROWD}
    assert (len(asked), pair.sandbox.sessions.logins) == (3, 2)
    assert pair.sandbox.sessions.failed_logins == 1


async def test_a_token_that_expires_and_is_all_there_is(pair: Pair) -> None:
    """It is sent once more, when the session has ended, and all are told then and later."""
    async with pair.client(pair.oauth()) as vault:
        await vault.documents.retrieve(7)
        pair.sandbox.sessions.end_all()
        pair.sandbox.identity.expire_all()
        for _ in range(2):
            assert await crowd(vault, MANY) == {"AuthenticationError": MANY}
    assert pair.sandbox.sessions.failed_logins == 1


@pytest.mark.parametrize("error", [OSError("down"), KeyError("token"), asyncio.CancelledError()])
@pytest.mark.parametrize("is_async", [True, False])
async def test_an_identity_provider_that_fails(
    pair: Pair, error: BaseException, is_async: bool
) -> None:
    """One question, and everybody has the answer, with its cause; the next call asks again."""
    good, errors = pair.sandbox.identity.issue(pair.sandbox.users[USER]), [error]

    def plain() -> str:
        if errors:
            raise errors.pop()
        return good

    async with pair.client(pair.oauth(later(plain, is_async=is_async))) as vault:
        with pytest.raises(AuthenticationError, match=f"raised {type(error).__name__}") as caught:
            await asyncio.gather(*(vault.documents.retrieve(7) for _ in range(MANY)))
        assert caught.value.__cause__ is error
        assert good not in told_by(caught.value)
        assert await crowd(vault, MANY) == {"Document": MANY}


@pytest.mark.parametrize("is_async", [True, False])
async def test_an_identity_provider_that_hangs(pair: Pair, is_async: bool) -> None:
    """All are told when the time is over, together; when it is back, calls are made."""
    source = Hanging(pair.sandbox.identity.issue(pair.sandbox.users[USER]))
    async with hasty(pair, source.soon if is_async else source.plain) as vault:
        with anyio.fail_after(20), pytest.raises(DeadlineError, match="token"):
            await vault.documents.retrieve(7)
        with anyio.fail_after(20):
            assert await crowd(vault, MANY) == {"DeadlineError": MANY}
        source.released.set()
        assert (await vault.with_options(timeout_s=20).documents.retrieve(7)).id == 7
    assert (pair.sandbox.sessions.logins, pair.sandbox.sessions.failed_logins) == (1, 0)


def test_a_program_whose_identity_provider_hangs_ends() -> None:
    """The thread that waits for a token does not keep the program from its end."""
    command = [sys.executable, "-c", HANGING, "http://127.0.0.1:9"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    assert "token" in done.stdout


@pytest.mark.parametrize("token", ["", None, 7, f"{TOKEN}\r\nX: y"])
async def test_what_is_no_token(token: object) -> None:
    """Nothing is sent of what no header can hold, and nothing of it shown."""
    async with RawServer([login()]) as server:
        credentials = OAuth("_p", lambda: token, host=server.url)  # type: ignore[arg-type, return-value]
        async with Vault(server.url, credentials, api_version="v11.0") as vault:
            with pytest.raises(ValueError, match="the credential") as caught:
                await vault.documents.retrieve(7)
    assert (server.requests, TOKEN in told_by(caught.value)) == ([], False)


async def test_a_login_for_another_vault_under_a_crowd(pair: Pair) -> None:
    """All are told by one login, whose session is ended and was never used."""
    pair.sandbox.vaults.land_in = pair.sandbox.vaults.add("Promo", "promo.veevavault.com")
    async with pair.client(pair.oauth()) as vault:
        for _ in range(2):
            assert await crowd(vault, MANY) == {"WrongVaultError": MANY}
    assert (pair.sandbox.sessions.logins, len(pair.sandbox.sessions)) == (1, 0)


async def test_closed_while_it_fetches_a_token(pair: Pair) -> None:
    """Nobody waits for the token of a client that is closed, and nothing of that is left."""
    async with pair.client(pair.oauth(lambda: asyncio.sleep(60, TOKEN))) as vault:
        await close_under_a_crowd(vault)


async def test_two_clients_with_the_same_credentials(pair: Pair) -> None:
    """Each has a session of its own, and ends no other."""
    credentials = pair.oauth()
    async with pair.client(credentials) as one:
        async with pair.client(credentials) as other:
            await asyncio.gather(crowd(one, 20), crowd(other, 20))
            assert (pair.sandbox.sessions.logins, len(pair.sandbox.sessions)) == (2, 2)
        assert len(pair.sandbox.sessions) == 1
        assert await crowd(one, 20) == {"Document": 20}
    assert pair.sandbox.sessions.logins == 2


@pytest.mark.parametrize("is_withdrawn", [False, True])
async def test_a_delegated_session_ended_by_its_owner(pair: Pair, is_withdrawn: bool) -> None:
    """While the other user still allows it, one login renews it for all; else all are told."""
    bob = pair.sandbox.users.add("bob@example.com", PASSWORD)
    pair.sandbox.delegations.grant(bob, pair.sandbox.users[USER])
    async with pair.client(pair.oauth()) as vault:
        [delegation] = await vault.delegations()
        async with vault.delegated(delegation) as there:
            await there.documents.retrieve(7)
            pair.sandbox.sessions.end_of(bob)
            if is_withdrawn:
                pair.sandbox.delegations.withdraw(bob)
            ended = {"AccessDeniedError" if is_withdrawn else "Document": MANY}
            assert await crowd(there, MANY) == ended
        assert (await vault.documents.retrieve(7)).id == 7
        assert (len(pair.sandbox.sessions), pair.sandbox.sessions.logins) == (1, 1)


async def test_48_hours_end_in_the_middle_of_a_download(pair: Pair, tmp_path: Path) -> None:
    """What is on its way comes to its end; what is cut then is fetched with another session."""
    pair.sandbox.faults.stall(after_bytes=500_000, seconds=1.5, path="*/file")
    pair.sandbox.faults.cut(after_bytes=700_000, path="*/file")
    async with pair.client(Password(USER, PASSWORD)) as vault:
        await vault.documents.retrieve(7)
        saving = asyncio.create_task(vault.documents.download(7, to=tmp_path, verify=True))
        await asyncio.sleep(0.5)
        pair.sandbox.clock.let_pass(HOURS_48)
        saved = await saving
    assert (saved.size, saved.verified, saved.restarts) == (1_000_000, "md5", 1)
    assert pair.sandbox.sessions.logins == 2


@pytest.mark.parametrize("by_token", [True, False])
async def test_48_hours_end_in_the_middle_of_a_bulk_run(pair: Pair, by_token: bool) -> None:
    """Each row has one result, none was sent twice, and one login more is all it took."""
    rows = [{"id": 1000 + number, "title__v": f"T{number}"} for number in range(1100)]
    for row in rows:
        pair.sandbox.documents.add("Plan", b"x", document_id=int(str(row["id"])))
    source = pair.oauth(lambda: pair.sandbox.identity.issue(pair.sandbox.users[USER]))
    async with pair.client(source if by_token else Password(USER, PASSWORD)) as vault:
        updates = vault.documents.update_many(rows, concurrency=1)
        results = [await anext(updates)]
        pair.sandbox.clock.let_pass(HOURS_48)
        results += [result async for result in updates]
    assert [(one.succeeded, one.id) for one in results] == [(True, row["id"]) for row in rows]
    assert pair.sandbox.sessions.logins == 2


async def test_a_vault_that_is_away_is_not_called_more_for_being_kept_alive() -> None:
    """A keep-alive that fails is not repeated before the next is due."""
    config = Config(keep_alive_s=0.2, max_tries=4)
    async with RawServer(answers(DOCUMENT, b"")) as server:
        credentials = Password(USER, PASSWORD)
        async with Vault(server.url, credentials, api_version="v11.0", config=config) as vault:
            await vault.documents.retrieve(7)
            await asyncio.sleep(1.1)
        beats = sum(request.target.endswith("/keep-alive") for request in server.requests)
    assert 1 <= beats <= 5
