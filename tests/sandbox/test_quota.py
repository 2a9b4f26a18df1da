"""Limits: fixed windows, refusals or delays, and the books beside them."""

from __future__ import annotations

import asyncio
import random

import httpx
import pytest

from tests.sandbox.conftest import API, LOGIN, Clock, error_of
from tests.virtual_time import virtual
from vaultio.sandbox import Sandbox, worst_window
from vaultio.sandbox.wire import SandboxRequest

NEW = "/api/v24.1"


async def test_remaining_counts_down(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Each answer says how many calls are left in this window."""
    sandbox.quota.burst_limit = 10

    left = [(await client.get("/api/")).headers["x-vaultapi-burstlimitremaining"] for _ in "ab"]

    assert left == ["9", "8"]


async def test_an_old_version_is_refused(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: Clock
) -> None:
    """Up to v20.3 calls beyond the limit fail, until the window turns."""
    sandbox.quota.burst_limit = 1
    sandbox.quota.burst.phase_s = clock.time - 10
    await client.get(f"{API}/objects/documents")

    refused = await client.get(f"{API}/objects/documents")
    clock.advance(289.9)
    still = await client.get(f"{API}/objects/documents")
    clock.advance(0.2)
    served = await client.get(f"{API}/objects/documents")

    assert error_of(refused)[0] == error_of(still)[0] == "API_LIMIT_EXCEEDED"
    assert refused.headers["x-vaultapi-burstlimitremaining"] == "0"
    assert served.json()["responseStatus"] == "SUCCESS"


@virtual
async def test_a_new_version_is_delayed() -> None:
    """From v21.1 on calls beyond the limit are held for half a second, and say so."""
    loop = asyncio.get_running_loop()
    sandbox = Sandbox(clock=loop.time, burst_limit=0)
    session_id = sandbox.sessions.start(sandbox.users["ana@example.com"], 3101)
    began = loop.time()

    request = SandboxRequest(
        method="GET", path=f"{NEW}/objects/documents", headers={"Authorization": session_id}
    )
    reply = await sandbox.handle(request)

    assert reply.headers["X-VaultAPI-ResponseDelay"] == "500"
    assert loop.time() - began == pytest.approx(0.5)
    assert reply.response_status == "SUCCESS"


async def test_the_behaviour_can_be_forced(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Whether an old path on a new server fails or waits is not known, so either can be had."""
    sandbox.quota.burst_limit = 0
    sandbox.quota.on_overrun = "refuse"
    refused = await client.get(f"{NEW}/objects/documents")
    sandbox.quota.on_overrun, sandbox.quota.delay_ms = "delay", 1
    delayed = await client.get(f"{API}/objects/documents")

    assert error_of(refused)[0] == "API_LIMIT_EXCEEDED"
    assert delayed.headers["x-vaultapi-responsedelay"] == "1"
    assert (sandbox.quota.refused, sandbox.quota.delayed) == (1, 1)


async def test_the_daily_limit(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The daily limit holds for old versions only, and so do its headers."""
    sandbox.quota.daily_limit = 1
    first = await client.get(f"{API}/objects/documents")

    assert error_of(await client.get(f"{API}/objects/documents"))[0] == "API_LIMIT_EXCEEDED"
    assert first.headers["x-vaultapi-dailylimitremaining"] == "0"
    new = await client.get(f"{NEW}/objects/documents")
    assert new.json()["responseStatus"] == "SUCCESS"
    assert "x-vaultapi-dailylimit" not in new.headers


async def test_no_daily_limit_reads_999999(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A vault without a daily limit still sends the header, with a number that means none."""
    sandbox.quota.daily_limit = None

    answer = await client.get(f"{API}/objects/documents")

    assert answer.headers["x-vaultapi-dailylimit"] == "999999"


async def test_arrivals_are_recorded(
    client: httpx.AsyncClient, sandbox: Sandbox, clock: Clock
) -> None:
    """A test can ask for the worst window at any phase, refused calls included."""
    sandbox.quota.burst_limit = 2
    for _ in range(4):
        await client.get("/api/")
        clock.advance(100)

    assert len(sandbox.quota.arrivals) == 4
    assert sandbox.quota.worst_window() == 3
    assert sandbox.quota.worst_window(1) == 1


def test_the_worst_window_is_the_worst_of_all() -> None:
    """The sliding count agrees with counting every window by hand."""
    source = random.Random(3)
    times = sorted(source.uniform(0, 50) for _ in range(200))

    by_hand = max(sum(start <= t < start + 7 for t in times) for start in times)

    assert worst_window(times, 7) == by_hand


async def test_logins_have_their_own_book(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The headers of a login carry the limit of logins, and a login is no API call."""
    answer = await guest.post(f"{API}/auth", data=LOGIN)

    assert answer.headers["x-vaultapi-burstlimit"] == "20"
    assert answer.headers["x-vaultapi-burstlimitremaining"] == "19"
    assert sandbox.quota.calls == 0


async def test_too_many_logins(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """From half the limit on answers come late; at the limit they fail, for this user only."""
    sandbox.login_quota.limit, sandbox.login_quota.delay_ms = 2, 1
    sandbox.users.add("bob@example.com", "right")

    answers = [await guest.post(f"{API}/auth", data=LOGIN) for _ in range(3)]
    other = await guest.post(
        f"{API}/auth", data={"username": "bob@example.com", "password": "right"}
    )

    assert ["x-vaultapi-responsedelay" in answer.headers for answer in answers[:2]] == [False, True]
    assert error_of(answers[2])[0] == "API_LIMIT_EXCEEDED"
    assert other.json()["responseStatus"] == "SUCCESS"
