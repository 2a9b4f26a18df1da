"""Refused, a name that nobody knows, no answer to a connect: retried within the budget.

The error names the host, and never a secret.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import anyio
import pytest

from tests.faults.tools.certificates import client_tls, server_tls
from tests.faults.tools.proxy import Course, CuttingProxy
from tests.leaks import PASSWORD, SECRET, SESSION_ID, told_by
from tests.transport.server import DOCUMENT, answers, client
from vaultio import Config, ConnectionFailedError, Limiter, Password, SessionId, Vault
from vaultio.sandbox.raw import RawServer

HASTY = {"connect_timeout_s": 0.2, "max_tries": 2}


def vault_at(url: str, *, password: bool = False, max_tries: int = 2) -> Vault:
    """Make a client that gives up soon."""
    credentials = Password("ana@example.com", PASSWORD) if password else SessionId(SESSION_ID)
    config = Config(connect_timeout_s=0.2, max_tries=max_tries)
    return Vault(url, credentials, api_version="v11.0", config=config, limiter=Limiter.unlimited())


@pytest.fixture
def refusing() -> Iterator[int]:
    """A port at which nobody listens, and that nobody else gets."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def silent() -> Iterator[int]:
    """A port whose queue of connections is full: the next one is never answered."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for other in (first, second):
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.mark.parametrize("password", [True, False])
@pytest.mark.parametrize("trouble", ["refusing", "silent", "unknown"])
async def test_the_error_names_the_host(
    trouble: str, password: bool, request: pytest.FixtureRequest
) -> None:
    """Whether a login or a call meets it; no secret is in anything that a crash would show."""
    url = "https://nobody.invalid"
    if trouble != "unknown":
        url = f"http://127.0.0.1:{request.getfixturevalue(trouble)}"
    async with vault_at(url, password=password) as vault:
        with anyio.fail_after(10), pytest.raises(ConnectionFailedError) as caught:
            await vault.documents.retrieve(7)
    assert url.partition("//")[2].partition(":")[0] in str(caught.value)
    assert not SECRET.search(told_by(caught.value))


async def test_a_handshake_that_nobody_answers() -> None:
    """The time to connect counts TLS in: a hole in the network is found out."""
    settings = {"ssl_context": client_tls(), **HASTY}
    hole = Course(up_bytes=1, end="blackhole")
    async with (
        RawServer(answers(DOCUMENT), server_tls()) as server,
        CuttingProxy(server.url, hole) as proxy,
        client(proxy, settings, password=False) as vault,
    ):
        with anyio.fail_after(10), pytest.raises(ConnectionFailedError, match="localhost"):
            await vault.documents.retrieve(7)
    assert proxy.connections == 2


async def test_a_server_that_comes_back_is_found_again() -> None:
    """What was refused is tried again, be it even a start: nothing had been sent."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    async with (
        RawServer(answers(DOCUMENT)) as server,
        vault_at(f"http://127.0.0.1:{port}", max_tries=4) as vault,
    ):
        actions = vault.documents.version(7, 0, 1).lifecycle_actions
        call = asyncio.create_task(actions.initiate("approve"))
        await asyncio.sleep(0.1)
        async with CuttingProxy(server.url, port=port):
            await call
    assert len(server.requests) == 1


async def test_a_name_that_is_unknown_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that stumbles costs a try."""
    real, failures = socket.getaddrinfo, [socket.gaierror(-3, "try again")]

    def look_up(*args: object, **more: object) -> object:
        if failures:
            raise failures.pop()
        return real(*args, **more)  # type: ignore[arg-type] # as it came

    async with RawServer(answers(DOCUMENT)) as server:
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        # For a number nobody would be asked.
        async with vault_at(server.url.replace("127.0.0.1", "localhost")) as vault:
            assert (await vault.documents.retrieve(7)).id == 7
    assert failures == []


async def test_retries_are_bounded_for_all_calls_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """50 calls to a host that is not there are 60 attempts at most, not 200."""
    attempts = list[object]()

    def look_up(host: object, *_: object, **__: object) -> object:
        attempts.append(host)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with vault_at("https://nobody.invalid", max_tries=4) as vault:
        calls = (vault.documents.retrieve(7) for _ in range(50))
        ends = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(end) for end in ends} == {ConnectionFailedError}
    assert 50 <= len(attempts) <= 60
