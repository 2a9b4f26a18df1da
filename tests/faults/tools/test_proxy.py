"""The proxy breaks what it is told to, and nothing else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.faults.tools.certificates import client_tls, server_tls
from tests.faults.tools.leftovers import nothing_left_open
from tests.faults.tools.proxy import Course, Courses, CuttingProxy
from tests.transport.wired import wired
from vaultio.sandbox.raw import RawRequest, RawServer, reply

BODY = bytes(range(256)) * 400


def answer(request: RawRequest) -> bytes:
    """Answer with the path, or with `BODY`."""
    return reply(BODY if request.target == "/" else request.target.encode())


@asynccontextmanager
async def proxied(courses: Courses) -> AsyncIterator[tuple[CuttingProxy, httpx.AsyncClient]]:
    """Open a client whose calls should go to the proxy's address."""
    async with (
        nothing_left_open(),
        RawServer(answer) as server,
        CuttingProxy(server.url, courses) as proxy,
        wired() as client,
    ):
        yield proxy, client


async def read(client: httpx.AsyncClient, url: str) -> tuple[int, str]:
    """Read a body as far as it goes: how many bytes, and the error's name."""
    count = 0
    async with client.stream("GET", url) as found:
        try:
            async for chunk in found.aiter_raw():
                count += len(chunk)
        except httpx.TransportError as error:
            return count, type(error).__name__
    return count, ""


async def test_by_default_nothing_is_broken() -> None:
    """Calls share a connection, and bytes are counted both ways."""
    async with proxied(Course()) as (proxy, client):
        bodies = [(await client.get(proxy.url)).content for _ in range(3)]
    assert (bodies, proxy.connections) == ([BODY] * 3, 1)
    assert proxy.bytes_down > 3 * len(BODY)
    assert proxy.bytes_up > 100


@pytest.mark.parametrize(
    ("end", "error"), [("close", "RemoteProtocolError"), ("reset", "ReadError")]
)
async def test_a_cut_on_the_way_down(end: str, error: str) -> None:
    """The first connection ends after its bytes, to the byte; the next one is whole."""
    cut = Course(down_bytes=5000, slice_bytes=1000, end=end)  # type: ignore[arg-type]
    async with proxied([cut, Course()]) as (proxy, client):
        count, said = await read(client, proxy.url)
        whole = await read(client, proxy.url)
    head = len(reply(BODY)) - len(BODY)
    assert (count, said, whole) == (5000 - head, error, (len(BODY), ""))


async def test_a_cut_on_the_way_up() -> None:
    """The server gets the beginning of a request, the client no answer."""
    async with proxied(Course(up_bytes=1000)) as (proxy, client):
        with pytest.raises(httpx.TransportError):
            await client.post(proxy.url, content=bytes(5000))
    assert proxy.bytes_up == 1000


async def test_a_black_hole() -> None:
    """It takes bytes, keeps the connection, and says nothing."""
    async with proxied(Course(up_bytes=10, end="blackhole")) as (proxy, client):
        with pytest.raises(httpx.ReadTimeout):
            await client.get(proxy.url, timeout=httpx.Timeout(None, read=0.1))


async def test_delay_and_bandwidth() -> None:
    """Slices wait, and take the time that they have at the speed."""
    slow = Course(delay_s=0.02, bytes_per_second=1_000_000, slice_bytes=20_000)
    async with proxied(slow) as (proxy, client):
        began = time.monotonic()
        assert (await client.get(proxy.url)).content == BODY
    # 102,400 bytes in 6 slices at least, and one of the request: 0.14 s and 0.1 s.
    assert time.monotonic() - began > 0.2


async def test_garbage() -> None:
    """It stands where it was put."""
    head = len(reply(BODY)) - len(BODY)
    course = Course(garbage=b"GARBAGE", garbage_after=head + 10)
    async with proxied(course) as (proxy, client):
        found = (await client.get(proxy.url)).content
    assert found == (BODY[:10] + b"GARBAGE" + BODY[10:])[: len(BODY)]


async def test_answers_given_twice() -> None:
    """The second copy follows the first at once."""
    async with proxied(Course(answers="twice")) as (proxy, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.readexactly(2 * len(reply(b"/a"))) == reply(b"/a") * 2
        writer.close()


async def test_answers_swapped() -> None:
    """Each of two connections gets what the other asked for."""
    async with proxied(Course(answers="swapped")) as (proxy, client):
        both = await asyncio.gather(*(client.get(f"{proxy.url}/{name}") for name in "ab"))
    assert [one.text for one in both] == ["/b", "/a"]


async def test_tls_goes_through() -> None:
    """The proxy needs no certificate."""
    async with RawServer(answer, server_tls()) as server, CuttingProxy(server.url) as proxy:
        async with httpx.AsyncClient(verify=client_tls()) as client:
            assert (await client.get(proxy.url)).content == BODY
