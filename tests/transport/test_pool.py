"""The pool: which connection a call goes out on, and which is never used again."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec, module_from_spec

import anyio
import httpx
import pytest

from tests.faults.tools.leftovers import counts_files, nothing_left_open
from tests.transport.wired import cancelled_at_every_step, echo, served_by, wired
from vaultio.sandbox.raw import Close, RawRequest, RawServer, Reaction, Send, Wait, reply
from vaultio.transport.connections.pool import Wire


async def test_a_connection_is_used_again() -> None:
    """Calls one after the other share a connection."""
    async with RawServer(echo) as server, wired() as client:
        answers = [await client.get(f"{server.url}/{number}") for number in range(5)]
    assert [answer.text for answer in answers] == [f"/{number}" for number in range(5)]
    assert server.connections == 1


async def test_the_connection_that_was_used_last_is_used_next() -> None:
    """Free connections lie on a stack: what is not needed grows old at its bottom."""

    def react(request: RawRequest) -> Reaction:
        return [Wait(0.2), Send(echo(request))] if request.target == "/slow" else echo(request)

    async with RawServer(react) as server, wired() as client:
        both = (client.get(f"{server.url}/{speed}") for speed in ("slow", "quick"))
        slow, _ = await asyncio.gather(*both)
        again = await client.get(server.url)
    assert (server.connections, served_by(again)) == (2, served_by(slow))


async def test_a_connection_that_was_free_for_long_is_not_used_again() -> None:
    """After *keepalive_s* seconds a call takes a new connection, and the old one is closed."""
    async with RawServer(echo) as server, wired(Wire(keepalive_s=0.05)) as client:
        await client.get(server.url)
        await asyncio.sleep(0.1)
        assert served_by(await client.get(server.url)) == 2


async def test_a_server_may_close_what_is_free() -> None:
    """A connection that the server has closed meanwhile is noticed before anything is sent."""
    async with (
        RawServer(lambda request: [Send(echo(request)), Close()]) as server,
        wired() as client,
    ):
        for number in range(1, 4):
            assert served_by(await client.get(server.url)) == number
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("pause_s", [0, 0.05])
@pytest.mark.parametrize("chunked", [True, False])
async def test_a_second_answer_is_never_delivered(pause_s: float, chunked: bool) -> None:
    """What comes behind an answer, at once or later, is nobody's: the connection is dropped."""

    def react(request: RawRequest) -> Reaction:
        first, second = (reply(name, chunked=chunked) for name in (b"mine", b"stray"))
        if request.connection > 1:
            return echo(request)
        return [Send(first), Wait(pause_s), Send(second)] if pause_s else first + second

    async with RawServer(react) as server, wired() as client:
        assert (await client.get(server.url)).text == "mine"
        await asyncio.sleep(2 * pause_s)
        assert (await client.get(f"{server.url}/next")).text == "/next"


@pytest.mark.parametrize("stray", [b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Le", b"\x00"])
async def test_garbage_behind_a_body_ends_the_connection(stray: bytes) -> None:
    """Even a few bytes more than announced."""
    async with RawServer(lambda r: echo(r) + stray) as server, wired() as client:
        found = [served_by(await client.get(server.url)) for _ in range(3)]
    assert found == [1, 2, 3]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        b"2\r\nok\r\n0\r\n\r\n",
    ],
)
async def test_a_connection_whose_end_is_announced_is_not_used_again(answer: bytes) -> None:
    """HTTP/1.0 and ``Connection: close``."""
    async with RawServer([answer]) as server, wired() as client:
        texts = [(await client.get(server.url)).text for _ in range(2)]
    assert (texts, server.connections) == (["ok", "ok"], 2)


async def test_an_answer_that_was_not_read_ends_its_connection() -> None:
    """Half a body would else be the next call's answer."""
    async with RawServer([reply(b"x" * 500_000)]) as server, wired() as client:
        async with client.stream("GET", server.url) as answer:
            await anext(answer.aiter_raw())
        await client.get(server.url)
    assert server.connections == 2


async def test_a_crowd_shares_the_connections() -> None:
    """2,000 tasks on 32 connections are all answered, each with its own answer."""
    async with RawServer(echo) as server, wired(Wire(max_connections=32)) as client:
        urls = [f"{server.url}/{number}" for number in range(2_000)]
        answers = await asyncio.gather(*map(client.get, urls))
    assert [answer.text for answer in answers] == [f"/{number}" for number in range(2_000)]
    assert server.connections == 32


async def test_who_waits_too_long_for_a_connection_is_told() -> None:
    """The pool's own time limit holds, and whoever gave up leaves nothing behind."""
    async with RawServer([[Wait(60)], reply(b"later")]) as server:
        async with wired(Wire(max_connections=1)) as client:
            stuck = asyncio.create_task(client.get(server.url))
            await asyncio.sleep(0.05)
            with pytest.raises(httpx.PoolTimeout):
                await client.get(server.url, timeout=httpx.Timeout(None, pool=0.05))
            stuck.cancel()
            with anyio.fail_after(10):
                assert (await client.get(server.url)).text == "later"


@counts_files
async def test_a_call_cancelled_at_any_step_costs_neither_slot_nor_socket() -> None:
    """With one slot in all, the next call always gets it, and its own answer."""
    async with nothing_left_open(), RawServer(echo) as server:
        async with wired(Wire(max_connections=1)) as client:

            async def next_call() -> None:
                assert (await client.get(f"{server.url}/next")).text == "/next"

            # In turn on a new connection and on one that is free.
            await cancelled_at_every_step(lambda: client.get(server.url), 40, next_call)
            wire = Wire(max_connections=1, keepalive_s=1e-9)
            async with wired(wire) as client:
                await cancelled_at_every_step(lambda: client.get(server.url), 40, next_call)


@counts_files
async def test_an_upload_cancelled_at_any_step_leaves_nothing_open() -> None:
    """Nor is a request that was cut ever finished by another."""
    body = b"x" * 3_000_000
    async with nothing_left_open(), RawServer(echo) as server:
        async with wired(Wire(max_connections=1)) as client:

            async def next_call() -> None:
                assert (await client.get(f"{server.url}/next")).text == "/next"

            await cancelled_at_every_step(
                lambda: client.post(server.url, content=body), 60, next_call
            )


@counts_files
async def test_a_body_cancelled_at_any_step_leaves_nothing_open() -> None:
    """Wherever a reader of a large body is when it is cancelled."""
    large = reply(b"x" * 3_000_000)
    async with nothing_left_open(), RawServer([large]) as server:
        async with wired(Wire(max_connections=1)) as client:
            await cancelled_at_every_step(
                lambda: client.get(server.url), 60, lambda: client.head(server.url)
            )


@counts_files
async def test_closing_ends_what_is_under_way() -> None:
    """Calls that wait for an answer fail at once when the wire is closed."""
    async with nothing_left_open(), RawServer([[Wait(60)]]) as server:
        wire = Wire()
        client = httpx.AsyncClient(transport=wire, timeout=None)
        calls = [asyncio.create_task(client.get(server.url)) for _ in range(5)]
        await asyncio.sleep(0.05)
        await wire.aclose()
        with anyio.fail_after(5):
            ends = await asyncio.gather(*calls, return_exceptions=True)
        assert [isinstance(end, httpx.TransportError) for end in ends] == [True] * 5


async def test_a_body_that_was_cut_by_closing_is_not_whole() -> None:
    """Even where the end of the connection is the body's: this one was our own."""
    endless: Reaction = [Send(b"HTTP/1.1 200 OK\r\n\r\nhalf"), Wait(60)]
    async with RawServer([endless]) as server:
        wire = Wire()
        async with wired(wire) as client, client.stream("GET", server.url) as answer:
            reading = asyncio.create_task(answer.aread())
            await asyncio.sleep(0.05)
            await wire.aclose()
            with pytest.raises(httpx.ReadError):
                await reading


def imported_anew() -> type[Wire]:
    """Import the pool once more, beside the one that is there."""
    spec = find_spec(Wire.__module__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: type[Wire] = module.Wire
    return found


@pytest.mark.parametrize("mocked_first", [True, False])
async def test_mocks_of_httpx_see_what_they_replace(
    mocked_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where other code has put itself in the place of httpx's transport, it is asked.

    Be it before the pool was imported, which the first client does.
    """

    async def answer(self: object, request: httpx.Request) -> httpx.Response:
        return httpx.Response(418, text=str(request.url))

    kind = None if mocked_first else imported_anew()
    async with RawServer(echo) as server:
        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answer)
        async with wired((kind or imported_anew())()) as client:
            mocked = await client.get("https://nobody.invalid/x")
            monkeypatch.undo()
            real = await client.get(f"{server.url}/x")
    assert (mocked.status_code, mocked.text) == (418, "https://nobody.invalid/x")
    assert (real.text, "readinto" in real.extensions) == ("/x", True)
