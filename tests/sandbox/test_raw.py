"""The raw server does what no proper server can."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from vaultio.sandbox import RawServer
from vaultio.sandbox.raw import Close, RawRequest, Reset, Send, Step, Wait, reply


async def test_requests_are_recorded_and_connections_kept() -> None:
    """Two requests on one connection get two reactions, and both are on record."""
    script = [reply(b"one"), reply({"two": 2}, chunked=True)]
    async with RawServer(script) as server, httpx.AsyncClient() as client:
        first = await client.post(f"{server.url}/a?b=1", content=b"body")
        second = await client.get(f"{server.url}/c")

    assert (first.content, second.json()) == (b"one", {"two": 2})
    assert [(one.method, one.target, one.body) for one in server.requests] == [
        ("POST", "/a?b=1", b"body"),
        ("GET", "/c", b""),
    ]
    assert server.connections == 1


async def test_a_chunked_request() -> None:
    """A body that came in chunks is put together."""

    async def body() -> object:
        for chunk in (b"a", b"bc"):
            yield chunk

    async with RawServer([reply()]) as server, httpx.AsyncClient() as client:
        await client.post(server.url, content=body())  # type: ignore[arg-type]  # yields bytes

    assert server.requests[0].body == b"abc"


async def test_the_last_reaction_is_repeated() -> None:
    """A script that is over goes on as it ended."""
    async with RawServer([reply(b"1"), reply(b"2")]) as server, httpx.AsyncClient() as client:
        answers = [(await client.get(server.url)).content for _ in range(3)]

    assert answers == [b"1", b"2", b"2"]


async def test_a_script_may_be_a_function() -> None:
    """A function sees the request and says what comes back."""

    def script(request: RawRequest) -> bytes:
        return reply(request.target.encode())

    async with RawServer(script) as server, httpx.AsyncClient() as client:
        assert (await client.get(f"{server.url}/x")).content == b"/x"


async def test_a_reset() -> None:
    """Half a body, then a reset connection."""
    script: list[list[Step]] = [[Send(reply(b"half", length=100)), Wait(0.02), Reset()]]
    async with RawServer(script) as server, httpx.AsyncClient() as client:
        with pytest.raises(httpx.ReadError):
            await client.get(server.url)


async def test_no_answer_at_all() -> None:
    """The connection is closed where the status line should be."""
    async with RawServer([[Close()]]) as server, httpx.AsyncClient() as client:
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            await client.get(server.url)


async def test_a_drip() -> None:
    """Bytes come at the rate that was asked for."""
    began = asyncio.get_running_loop().time()
    script = [[Send(reply(b"x" * 100), bytes_per_second=1000)]]
    async with RawServer(script) as server, httpx.AsyncClient() as client:
        await client.get(server.url)

    assert asyncio.get_running_loop().time() - began >= 0.1


async def test_garbage_after_a_body() -> None:
    """A client that takes the connection again reads the garbage as its next answer."""
    async with RawServer([reply(b"whole") + b"garbage"]) as server, httpx.AsyncClient() as client:
        assert (await client.get(server.url)).content == b"whole"
        with pytest.raises(httpx.RemoteProtocolError, match="garbage"):
            await client.get(server.url)


async def test_leaving_ends_a_waiting_connection() -> None:
    """The context does not wait for a reaction that takes for ever."""
    async with RawServer([[Wait(3600)]]) as server, httpx.AsyncClient() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(server.url, timeout=0.05)
