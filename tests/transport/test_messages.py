"""Answers of every form that HTTP/1.1 knows, as bytes on a real socket."""

from __future__ import annotations

import gzip
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.leaks import MARK, told_by
from tests.transport.wired import wired
from vaultio.sandbox.raw import Close, RawRequest, RawServer, Reaction, Reset, Send, Wait, reply

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 5\r\n\r\nhello",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n",
        [Send(OK + b"\r\nhel"), Wait(0.02), Send(b"lo"), Close()],
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
        + reply(b"hello"),
        reply(gzip.compress(b"hello", mtime=0), headers={"Content-Encoding": "gzip"}),
        reply(gzip.compress(b"hello", mtime=0), headers={"Content-Encoding": "gzip"}, chunked=True),
        [Send(reply(b"hello"), 300)],
        reply(b"hello", headers={"X-Large": "x" * 60_000}),
    ],
)
async def test_a_body_arrives(answer: Reaction) -> None:
    """However it is framed, and whatever stands before it."""
    async with RawServer([answer]) as server, wired() as client:
        assert (await client.get(server.url)).text == "hello"


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body(status: int) -> None:
    """Some have none by nature, whatever length they name."""
    head = b"HTTP/1.1 %d x\r\nContent-Length: 5\r\n\r\n" % status
    async with RawServer([head]) as server, wired() as client:
        found = [await client.get(server.url) for _ in range(2)]
    assert [(one.status_code, one.content) for one in found] == [(status, b"")] * 2
    assert server.connections == 1


async def test_the_answer_to_head_has_no_body() -> None:
    """The length it names is that of another answer."""
    async with RawServer([OK + b"Content-Length: 5\r\n\r\n"]) as server, wired() as client:
        found = [await client.head(server.url) for _ in range(2)]
    assert [one.headers["content-length"] for one in found] == ["5", "5"]


@pytest.mark.parametrize(
    "answer",
    [
        [Close()],
        [Send(b"not HTTP\r\n\r\n"), Close()],
        [Send(OK + b"Content-Length: 9\r\n\r\nhalf"), Close()],
        [Send(OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhalf"), Close()],
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        OK + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    ],
)
async def test_what_is_no_answer_is_the_servers_error(answer: Reaction) -> None:
    """It may have done what it was asked to: the errors are not those of a failed connect."""
    async with RawServer([answer]) as server, wired() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(server.url)


async def test_a_reset_is_an_error_of_reading() -> None:
    """A connection that breaks in the middle of a body."""
    broken: Reaction = [Send(OK + b"Content-Length: 9\r\n\r\nhalf"), Wait(0.05), Reset()]
    async with RawServer([broken]) as server, wired() as client:
        with pytest.raises(httpx.ReadError):
            await client.get(server.url)


async def test_a_server_that_falls_silent() -> None:
    """The time limit of httpx for a read holds for each step, in the body too."""
    silent: Reaction = [Send(OK + b"Content-Length: 9\r\n\r\nhalf"), Wait(60)]
    async with RawServer([silent]) as server, wired() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(server.url, timeout=httpx.Timeout(None, read=0.1))


async def test_a_header_that_http_cannot_carry_is_never_sent() -> None:
    """Line breaks in a header would be another header, or another request."""
    async with RawServer([reply()]) as server, wired() as client:
        with pytest.raises(httpx.LocalProtocolError):
            await client.get(server.url, headers={"X": "a\r\nY: b"})
    assert server.requests == []


async def parts() -> AsyncIterator[bytes]:
    """Yield a body in parts, small and large."""
    for size in (3, 0, 700_000, 1):
        yield b"x" * size


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "700004"}])
async def test_a_body_goes_out(headers: dict[str, str]) -> None:
    """In chunks, or with its length announced."""

    def count(request: RawRequest) -> bytes:
        return reply(str(len(request.body)).encode())

    async with RawServer(count) as server, wired() as client:
        found = await client.post(server.url, content=parts(), headers=headers)
        again = await client.post(server.url, data={"a": "b"})
    assert (found.text, again.text, server.connections) == ("700004", "3", 1)


async def broken_parts() -> AsyncIterator[bytes]:
    """Yield a body that cannot be read to its end."""
    yield b"x"
    raise ValueError("cannot be read on")


@pytest.mark.parametrize("failing", ["body", "socket"])
async def test_no_frame_of_a_failed_request_shows_its_credential(failing: str) -> None:
    """Crash reporters send the local variables of all frames."""
    secret = f"{MARK}-authorization"
    content = broken_parts() if failing == "body" else b"x" * 50_000_000
    timeout, headers = httpx.Timeout(None, write=0.1), {"Authorization": secret}
    with socket.create_server(("127.0.0.1", 0)) as listener:  # nobody takes anything from it
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        async with wired() as client:
            with pytest.raises((ValueError, httpx.WriteTimeout)) as caught:
                await client.post(url, content=content, headers=headers, timeout=timeout)
    assert secret not in told_by(caught.value)


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_goes_into_a_buffer_of_ones_own(chunked: bool) -> None:
    """The extension ``readinto`` fills what it is given, and the connection lives on."""
    body, found = bytes(range(256)) * 4000, bytearray()
    async with RawServer([reply(body, chunked=chunked)]) as server, wired() as client:
        for _ in range(2):
            async with client.stream("GET", server.url) as answer:
                buffer = memoryview(bytearray(100_000))
                while count := await answer.extensions["readinto"](buffer):
                    found += buffer[:count]
    assert (bytes(found), server.connections) == (2 * body, 1)
