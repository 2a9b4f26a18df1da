"""Which heads are written and read without h11: those that are plain, and no others."""

from __future__ import annotations

import h11
import httpx
import pytest

from tests.transport.wired import wired
from vaultio.sandbox.raw import RawRequest, RawServer, reply
from vaultio.transport.connections.heads import is_plain, read_head, write_head

LENGTH = b"Content-Length: 5\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


def by_h11(data: bytes) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    """Read a head as h11 does."""
    parser = h11.Connection(h11.CLIENT)
    parser.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    parser.receive_data(data)
    event = parser.next_event()
    assert isinstance(event, h11.Response)
    return event.status_code, event.reason, event.headers.raw_items()


@pytest.mark.parametrize(
    "head",
    [
        OK + LENGTH + b"\r\n",
        b"HTTP/1.1 404 \r\n" + LENGTH + b"\r\n",
        OK + LENGTH + b"CONNECTION:\t Keep-Alive\r\nX-A:\r\nX-B:  a\tb: c\r\nx-a: again\r\n\r\n",
    ],
)
def test_a_plain_head_is_read_as_h11_reads_it(head: bytes) -> None:
    """The status, the reason, and the fields as they came, in their order."""
    found = read_head(head + b"hello")
    assert found is not None
    assert (found.head.status, found.head.reason, found.head.fields) == by_h11(head)
    assert (found.length, found.end) == (5, len(head))


@pytest.mark.parametrize(
    "head",
    [
        b"",
        OK + LENGTH,
        OK + b"\r\n",
        b"HTTP/1.0 200 OK\r\n" + LENGTH + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n" + LENGTH + b"\r\n",
        b"HTTP/1.1 204 No Content\r\n" + LENGTH + b"\r\n",
        b"HTTP/1.1 304 Not Modified\r\n" + LENGTH + b"\r\n",
        OK + LENGTH + LENGTH + b"\r\n",
        OK + b"Content-Length: +5\r\n\r\n",
        OK + b"Content-Length: 5, 5\r\n\r\n",
        OK + b"Content-Length: 5555555555555555555\r\n\r\n",
        OK + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n",
        OK + LENGTH + b"Connection: close\r\n\r\n",
        OK + LENGTH + b"X : a\r\n\r\n",
        OK + LENGTH + b" folded: a\r\n\r\n",
        OK + LENGTH + b"X: a\r\n b\r\n\r\n",
        OK + LENGTH + b"X: a\nY: b\r\n\r\n",
        OK + LENGTH + b"X: a\rb\r\n\r\n",
        OK + LENGTH + b"X: a\0b\r\n\r\n",
        OK + LENGTH + b"X: a \r\n\r\n",
        OK + LENGTH + b"X: \xe9\r\n\r\n",
        OK.replace(b"\r\n", b"\n") + LENGTH.replace(b"\r\n", b"\n") + b"\n",
        b"\r\n" + OK + LENGTH + b"\r\n",
    ],
)
def test_what_is_unusual_is_left_to_h11(head: bytes) -> None:
    """Whether it is right or wrong: that is not decided here."""
    assert read_head(head + b"hello") is None


def asked(method: str = "GET", url: str = "http://x/a?b=c", **more: object) -> httpx.Request:
    """Make a request as httpx does."""
    return httpx.Request(method, url, **more)  # type: ignore[arg-type] # as httpx takes them


@pytest.mark.parametrize("request_", [asked(), asked("POST", data={"a": "b"}), asked("DELETE")])
def test_a_plain_head_is_written_as_h11_writes_it(request_: httpx.Request) -> None:
    """Byte for byte."""
    headers, target = request_.headers.raw, request_.url.raw_path
    event = h11.Request(method=request_.method, target=target, headers=headers)
    assert is_plain(request_)
    assert write_head(request_) == h11.Connection(h11.CLIENT).send(event)


@pytest.mark.parametrize(
    "request_",
    [
        asked("HEAD"),
        asked("CONNECT"),
        asked(headers={"X": "a\r\nY: b"}),
        asked(headers={"X": "a\nY\nb"}),
        asked(headers={"X": " a"}),
        asked(headers={"X: a\r\nY": "b"}),
        asked(headers={"X: a": "b"}),
        asked(headers=[("X", "a"), ("X", "b")]),
        asked(headers={"Expect": "100-continue"}),
        asked(headers={"Connection": "close"}),
        asked(headers={"Content-Length": "5"}),
        asked("POST", content=b"abc", headers={"Content-Length": "2"}),
        asked("POST", content=b"abc", headers={"Transfer-Encoding": "chunked"}),
        asked("POST", content=b"x" * 70_000),
        httpx.Request("GET", "http://x/", stream=httpx.ByteStream(b"")),
    ],
)
def test_an_unusual_request_is_left_to_h11(request_: httpx.Request) -> None:
    """So that it is refused where it would be another one, or several, on the wire."""
    assert not is_plain(request_)


async def test_h11_takes_over_for_an_answer_that_is_not_plain() -> None:
    """It knows what was asked, and the connection lives on, from one kind to the other."""

    def react(request: RawRequest) -> bytes:
        return reply(request.body or b"none", chunked=request.target == "/chunked")

    async with RawServer(react) as server, wired() as client:
        urls = [server.url + path for path in ("/plain", "/chunked", "/plain", "/chunked")]
        found = [(await client.post(url, content=b"hello")).text for url in urls]
        found += [(await client.get(url)).text for url in urls]
    assert (found, server.connections) == (["hello"] * 4 + ["none"] * 4, 1)
