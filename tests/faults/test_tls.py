"""A bad certificate, another name, an expired one, TLS 1.1: refused, and nothing was sent.

Verification goes off by a loud name alone, and that warns.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.faults.tools.certificates import (
    client_tls,
    expired_tls,
    old_tls,
    server_tls,
    unknown_tls,
)
from tests.faults.tools.proxy import CuttingProxy
from tests.transport.server import DOCUMENT, answers, client
from vaultio import Config, ConnectionFailedError, InvalidArgumentError, SessionId, Vault
from vaultio.sandbox.raw import RawServer

BAD: dict[str, Callable[[], ssl.SSLContext]] = {
    "unknown authority": unknown_tls,
    "another name": lambda: server_tls("another.example"),
    "expired": expired_tls,
    "TLS 1.1": old_tls,
}


def unverified() -> ssl.SSLContext:
    """Make the context that advice found on the web makes."""
    context = client_tls()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def nameless() -> ssl.SSLContext:
    """Make one that takes any certificate of the authority for any host."""
    context = client_tls()
    context.check_hostname = False
    return context


@pytest.mark.parametrize("name", BAD)
async def test_a_server_that_cannot_be_trusted(name: str) -> None:
    """Nothing is sent, and the error names the host."""
    async with RawServer(answers(DOCUMENT), BAD[name]()) as server:
        async with CuttingProxy(server.url) as way:
            async with client(way, {"ssl_context": client_tls(), "max_tries": 2}) as vault:
                with pytest.raises(ConnectionFailedError, match="localhost"):
                    await vault.documents.retrieve(7)
    # This server hangs up instead of saying what is wrong, which may be over the next time.
    assert (server.requests, way.connections) == ([], 2 if name == "TLS 1.1" else 1)


def refuse_all(listener: socket.socket, context: ssl.SSLContext, seen: list[str]) -> None:
    """Shake hands with every client until *listener* is closed; tell each what is wrong."""
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, suppress(ssl.SSLError):
                seen.append("a client")
                context.wrap_socket(connection, server_side=True).close()


async def test_a_server_that_says_that_it_is_too_old() -> None:
    """One attempt is enough: the next would be like it."""
    seen = list[str]()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(asyncio.to_thread(refuse_all, listener, old_tls(), seen))
        url = f"https://localhost:{listener.getsockname()[1]}"
        settings = Config(ssl_context=client_tls())
        async with Vault(url, SessionId("S-0"), api_version="v11.0", config=settings) as vault:
            with pytest.raises(ConnectionFailedError, match="protocol"):
                await vault.documents.retrieve(7)
        listener.shutdown(socket.SHUT_RDWR)
        await serving
    assert seen == ["a client"]


async def test_a_server_that_can_be_trusted() -> None:
    """The tests above fail by the certificates alone."""
    async with RawServer(answers(DOCUMENT), server_tls()) as server:
        async with client(server, {"ssl_context": client_tls()}, password=False) as vault:
            assert (await vault.documents.retrieve(7)).id == 7


async def test_the_authorities_of_the_system_are_the_default() -> None:
    """Who says nothing about TLS gets no server of a private authority."""
    async with RawServer(answers(DOCUMENT), server_tls()) as server, client(server) as vault:
        with pytest.raises(ConnectionFailedError, match="CERTIFICATE_VERIFY_FAILED"):
            await vault.documents.retrieve(7)
    assert server.requests == []


@pytest.mark.parametrize("context", [unverified, nameless])
def test_a_context_that_verifies_nothing_is_refused(
    context: Callable[[], ssl.SSLContext],
) -> None:
    """It could be a mistake, so it is not enough."""
    with pytest.raises(InvalidArgumentError, match="dangerously_unverified_tls"):
        Config(ssl_context=context())


@pytest.mark.parametrize("context", [None, unverified, nameless])
async def test_verification_goes_off_by_its_name(
    context: Callable[[], ssl.SSLContext] | None,
) -> None:
    """It warns, where the settings are made; then anybody is believed."""
    with pytest.warns(RuntimeWarning, match="TLS is not verified") as warned:
        config = Config(ssl_context=context() if context else None, dangerously_unverified_tls=True)
    assert warned[0].filename == __file__
    settings = {"ssl_context": config.ssl_context, "dangerously_unverified_tls": True}
    async with RawServer(answers(DOCUMENT), server_tls("another.example", "localhost")) as server:
        with pytest.warns(RuntimeWarning):
            opened = client(server, settings, password=False)
        async with opened as vault:
            assert (await vault.documents.retrieve(7)).id == 7


async def test_tls_1_1_is_refused_even_unverified() -> None:
    """To believe everybody is not to let everybody read along."""
    async with RawServer(answers(DOCUMENT), old_tls()) as server:
        with pytest.warns(RuntimeWarning):
            opened = client(server, {"dangerously_unverified_tls": True, "max_tries": 1})
        async with opened as vault:
            with pytest.raises(ConnectionFailedError):
                await vault.documents.retrieve(7)
