"""The client of httpx that carries calls: on our own connections without its detours."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest

from vaultio import SessionId, Vault
from vaultio.sandbox.raw import RawServer, reply
from vaultio.transport.wire import is_replaced

ANSWER = reply({"responseStatus": "SUCCESS", "document": {"id": 7}})


async def retrieved(url: str) -> int:
    """Retrieve a document from *url*, and say its id."""
    async with Vault(url, SessionId("S-0"), api_version="v11.0") as vault:
        return (await vault.documents.retrieve(7)).id


async def test_who_watches_httpx_sees_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tracers put a function of their own in the place of its `send`."""
    seen, real = list[str](), httpx.AsyncClient.send

    async def send(self: httpx.AsyncClient, request: httpx.Request, **how: Any) -> httpx.Response:
        seen.append(request.url.path)
        return await real(self, request, **how)

    async with RawServer([ANSWER]) as server:
        monkeypatch.setattr(httpx.AsyncClient, "send", send)
        assert await retrieved(server.url) == 7
    assert seen == ["/api/v11.0/objects/documents/7"]


async def test_httpx_logs_the_calls(caplog: pytest.LogCaptureFixture) -> None:
    """In the line that its users know, without the credential."""
    with caplog.at_level(logging.INFO, "httpx"):
        async with RawServer([ANSWER]) as server:
            await retrieved(server.url)
    url = f"{server.url}/api/v11.0/objects/documents/7"
    assert [one.getMessage() for one in caplog.records if one.name == "httpx"] == [
        f'HTTP Request: GET {url} "HTTP/1.1 200 "'
    ]


def test_what_is_of_httpx_itself_is_not_replaced() -> None:
    """Else every call would take the long way."""
    assert not is_replaced(httpx.AsyncClient.send)
    assert is_replaced(lambda: None)
