"""Sessions over hours and days: kept from idling away, and followed by another before their end.

All in virtual time, the sandbox's clock being the loop's.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import USER
from tests.leaks import PASSWORD
from tests.virtual_time import virtual
from vaultio import (
    AccessToken,
    AuthenticationError,
    Config,
    InvalidArgumentError,
    Limiter,
    OAuth,
    Password,
    SalesforceSession,
    SessionExpiredError,
    SessionId,
    Vault,
)
from vaultio.credentials import Credentials
from vaultio.sandbox import Sandbox
from vaultio.sandbox.identity import PROFILE

HOUR = 3600.0
KEEP_ALIVE = "*/keep-alive"
LOGIN = Password(USER, PASSWORD)


def new_sandbox() -> Sandbox:
    """Make a sandbox with document 7 whose clock is the loop's."""
    sandbox = Sandbox(clock=asyncio.get_running_loop().time, burst_limit=10**6)
    sandbox.users[USER].password = PASSWORD
    sandbox.documents.add("Plan", b"x" * 100_000, document_id=7)
    return sandbox


def new_client(sandbox: Sandbox, credentials: Credentials, **settings: Any) -> Vault:
    """Open a client of it, with settings of `Config`."""
    return Vault(
        "https://sandbox.veevavault.com",
        credentials,
        api_version="v24.3",
        config=Config(**settings),
        limiter=Limiter.unlimited(),
        transport=sandbox.transport(),
    )


@asynccontextmanager
async def opened(
    credentials: Credentials = LOGIN, **settings: Any
) -> AsyncIterator[tuple[Sandbox, Vault]]:
    """Open a client that has made one call, by default with a keep-alive of 600 s."""
    sandbox = new_sandbox()
    async with new_client(sandbox, credentials, **{"keep_alive_s": 600, **settings}) as vault:
        await vault.documents.retrieve(7)
        yield sandbox, vault


def kept(sandbox: Sandbox) -> int:
    """Count the calls beside logins and the one that opened the session."""
    return sandbox.quota.calls - 1


@virtual
async def test_an_idle_session_is_kept() -> None:
    """Three hours without a call of the program's cost one call each ten minutes, and no login."""
    async with opened() as (sandbox, vault):
        await asyncio.sleep(3 * HOUR + 1)
        assert (kept(sandbox), len(sandbox.sessions)) == (18, 1)
        await vault.documents.retrieve(7)
    assert sandbox.sessions.logins == 1


@virtual
async def test_nothing_is_kept_unasked() -> None:
    """By default a session idles away, and the next call begins another."""
    async with opened(keep_alive_s=None) as (sandbox, vault):
        await asyncio.sleep(HOUR)
        assert (kept(sandbox), len(sandbox.sessions)) == (0, 0)
        await vault.documents.retrieve(7)
    assert sandbox.sessions.logins == 2


@virtual
async def test_a_busy_client_makes_no_further_calls() -> None:
    """Where the program calls itself there is nothing to keep alive."""
    async with opened() as (sandbox, vault):
        for _ in range(20):
            await asyncio.sleep(599)
            await vault.documents.retrieve(7)
        assert kept(sandbox) == 20


@virtual
async def test_a_long_download_keeps_the_session_itself(tmp_path: Path) -> None:
    """While a file is on its way no call is made, and the time counts from its end."""
    async with opened(download_timeout_s=None, minimum_bytes_per_s=0) as (sandbox, vault):
        sandbox.faults.stall(after_bytes=50_000, seconds=5 * HOUR, path="*/file")
        async with vault.documents.open(7) as stream:
            assert sum([len(chunk) async for chunk in stream]) == 100_000
        assert kept(sandbox) == 1
        await asyncio.sleep(601)
        assert (kept(sandbox), sandbox.sessions.logins) == (2, 1)


@virtual
async def test_it_ends_with_the_client() -> None:
    """After the end nothing is sent, and no task is left; closing does not wait for one."""
    async with opened() as (sandbox, _):
        sandbox.faults.delay(100, path=KEEP_ALIVE)
        await asyncio.sleep(610)  # in the midst of one
        assert len(asyncio.all_tasks()) == 2
    assert asyncio.get_running_loop().time() < 620
    calls = sandbox.quota.calls
    await asyncio.sleep(HOUR)
    assert (sandbox.quota.calls, len(asyncio.all_tasks())) == (calls, 1)


@virtual
async def test_a_client_that_was_dropped_keeps_nothing_alive() -> None:
    """Whoever forgets to close a client does not hold its session open for two days."""
    sandbox = new_sandbox()
    vault = new_client(sandbox, LOGIN, keep_alive_s=600)
    await vault.documents.retrieve(7)
    del vault
    gc.collect()
    await asyncio.sleep(HOUR)
    assert (kept(sandbox), len(sandbox.sessions), len(asyncio.all_tasks())) == (0, 0, 1)


@pytest.mark.parametrize("kind", ["status", "lost_answer", "empty"])
def test_an_outage_ends_nothing(kind: Any) -> None:
    """Each interval costs one call, answered or not; when the vault is back the session lives."""
    from vaultio.sandbox import Fault

    @virtual
    async def story() -> None:
        async with opened(keep_alive_s=300) as (sandbox, vault):
            fault = sandbox.faults.add(Fault(kind=kind, path=KEEP_ALIVE, count=3))
            await asyncio.sleep(10 * 300 + 1)
            assert (fault.hits, sandbox.sessions.logins, len(sandbox.sessions)) == (3, 1, 1)
            assert kept(sandbox) == 10 - (3 if kind == "status" else 0)
            await vault.documents.retrieve(7)

    story()


@virtual
async def test_a_session_that_ended_meanwhile_is_not_renewed_for_nothing() -> None:
    """Nobody logs in while nobody calls; the next call does, and what follows is kept again."""
    async with opened() as (sandbox, vault):
        sandbox.sessions.end_all()
        await asyncio.sleep(5 * HOUR)
        assert (sandbox.sessions.logins, sandbox.quota.calls) == (1, 1)
        await vault.documents.retrieve(7)
        await asyncio.sleep(5 * HOUR)
        assert (sandbox.sessions.logins, len(sandbox.sessions)) == (2, 1)


@virtual
async def test_two_clients_keep_their_own_sessions_alone() -> None:
    """The end of one is not put off by the other, nor that of the other by it."""
    async with opened() as (sandbox, _):
        async with new_client(sandbox, LOGIN) as other:
            await other.documents.retrieve(7)
            assert len(sandbox.sessions) == 2
            await asyncio.sleep(HOUR)
            assert len(sandbox.sessions) == 1
    assert len(sandbox.sessions) == 0


@virtual
async def test_what_has_no_session_is_not_kept() -> None:
    """Neither an access token nor Salesforce has a session of Vault's that could idle away."""
    sandbox = new_sandbox()
    user = sandbox.users[USER]
    token = AccessToken(sandbox.sessions.add_access_token(user))
    salesforce = SalesforceSession(sandbox.salesforce.start(user), "example.my.salesforce.com")
    for credentials in (token, salesforce):
        async with new_client(sandbox, credentials, keep_alive_s=600) as vault:
            await vault.documents.retrieve(7)
            await asyncio.sleep(HOUR)
    assert sandbox.quota.calls == 2


@virtual
async def test_a_session_from_elsewhere_is_kept_until_its_48_hours() -> None:
    """Then nothing is sent any more, and the error says why and what to do."""
    sandbox = new_sandbox()
    session_id = sandbox.sessions.start(sandbox.users[USER], 3101)
    async with new_client(sandbox, SessionId(session_id), keep_alive_s=3600) as vault:
        sandbox.sessions.idle_timeout_s = 2 * HOUR
        beats = sandbox.faults.delay(0, path=KEEP_ALIVE, count=None)
        await vault.documents.retrieve(7)
        await asyncio.sleep(60 * HOUR)
        assert beats.hits == 49
        with pytest.raises(SessionExpiredError, match=r"48 hours after its login .* hand in"):
            await vault.documents.retrieve(7)


@virtual
async def test_another_session_before_48_hours_are_over() -> None:
    """In five days no call meets an ended session: the next one was opened ahead of time."""
    async with opened(keep_alive_s=None) as (sandbox, vault):
        expired = sandbox.sessions.lifetime_s = 48 * HOUR
        sandbox.sessions.idle_timeout_s = expired
        for _ in range(5 * 24 * 3):
            await asyncio.sleep(HOUR / 3)
            await vault.documents.retrieve(7)
        assert kept(sandbox) == 5 * 24 * 3  # none was sent twice
        assert (sandbox.sessions.logins, len(sandbox.sessions)) == (3, 1)
    assert len(sandbox.sessions) == 0


@virtual
async def test_calls_go_on_with_the_old_session_meanwhile() -> None:
    """The login ahead of time holds nobody up, however long it takes, nor does its failure."""
    async with opened() as (sandbox, vault):
        outage = sandbox.faults.status(503, path="*/auth", count=4)
        slow = sandbox.faults.delay(60, path="*/auth", skip=4)
        await asyncio.sleep(47.5 * HOUR + 1)
        began_s = asyncio.get_running_loop().time()
        for _ in range(20):
            await asyncio.sleep(60)
            await vault.documents.retrieve(7)
        assert asyncio.get_running_loop().time() - began_s < 20 * 60 + 1
        assert (outage.hits, slow.hits, sandbox.sessions.logins) == (4, 1, 2)
        assert len(sandbox.sessions) == 2  # the old one ends by itself
    assert len(sandbox.sessions) == 0  # or with the client


@virtual
async def test_a_token_that_is_good_for_one_login() -> None:
    """It is tried once more ahead of the session's end, and everybody told when that has come."""
    sandbox = new_sandbox()
    token = sandbox.identity.issue(sandbox.users[USER])
    async with new_client(sandbox, OAuth(PROFILE, token), keep_alive_s=600) as vault:
        await vault.documents.retrieve(7)
        for _ in range(5):
            await asyncio.sleep(9.59 * HOUR)
            await vault.documents.retrieve(7)
        assert (sandbox.sessions.failed_logins, len(sandbox.sessions)) == (1, 1)
        await asyncio.sleep(HOUR)
        with pytest.raises(AuthenticationError, match="has expired"):
            await vault.documents.retrieve(7)
    assert sandbox.sessions.failed_logins == 1


@virtual
async def test_a_session_beyond_its_time_is_not_even_tried() -> None:
    """Who calls after two days' pause logs in first, and makes one call."""
    async with opened(keep_alive_s=None) as (sandbox, vault):
        sandbox.sessions.idle_timeout_s = 1e9
        await asyncio.sleep(48 * HOUR + 1)
        calls = sandbox.faults.delay(0, path="*/documents/7", count=None)
        await vault.documents.retrieve(7)
        assert (calls.hits, sandbox.sessions.logins) == (1, 2)


@pytest.mark.parametrize("interval_s", [0, -1, float("nan")])
def test_an_interval_that_cannot_be_meant(interval_s: float) -> None:
    """Zero would be a call without end."""
    with pytest.raises(InvalidArgumentError, match="keep_alive_s must be more than 0"):
        Config(keep_alive_s=interval_s)
