"""Proxies from the environment: who has one goes through it, on httpx's own connections."""

from __future__ import annotations

import asyncio

import pytest

from tests.transport.server import DOCUMENT, answers, calls
from vaultio import ConnectionFailedError, SessionId, Vault
from vaultio.sandbox.raw import RawServer
from vaultio.transport.wire import is_proxied

VAULT = "https://myvault.veevavault.com"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without the proxies of the machine that runs the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


async def test_a_plain_vault_behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy gets the whole address, and its answer is the vault's."""
    async with RawServer(answers(DOCUMENT)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        async with Vault("http://vault.test", SessionId("S-0"), api_version="v11.0") as vault:
            assert (await vault.documents.retrieve(7)).id == 7
    assert calls(proxy)[0].target == "http://vault.test/api/v11.0/objects/documents/7"


async def test_a_vault_behind_a_proxy_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS goes through a tunnel: the proxy hears the host's name, and nothing else."""
    asked = list[bytes]()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n"))
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        async with Vault(VAULT, SessionId("S-0"), api_version="v11.0") as vault:
            with pytest.raises(ConnectionFailedError, match="403"):
                await vault.documents.retrieve(7)
    assert asked[0] == b"CONNECT myvault.veevavault.com:443 HTTP/1.1\r\n"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"HTTPS_PROXY": "http://proxy:3128"}, True),
        ({"ALL_PROXY": "http://proxy:3128"}, True),
        ({"HTTP_PROXY": "http://proxy:3128"}, False),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "other.com"}, True),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "vault.com"}, True),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "a.b, veevavault.com"}, False),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".veevavault.com"}, False),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, False),
    ],
)
def test_who_has_a_proxy(
    environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment says so for a scheme or for all, and spares some hosts."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert is_proxied(VAULT) is expected
