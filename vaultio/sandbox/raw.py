"""A server that sends exactly the bytes it is told to: for what a proper server cannot do wrong.

>>> script = [reply(b"whole"), [Send(reply(b"half", length=100)), Reset()]]
>>> server = RawServer(script)  # ``async with RawServer(script) as server: ... server.url``
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self, TypeAlias

from attrs import frozen

from vaultio.sandbox.wire import Headers


@frozen
class Send:
    """Send these bytes as they are, at *bytes_per_second* if that is given."""

    data: bytes
    bytes_per_second: float | None = None


@frozen
class Wait:
    """Do nothing for so long."""

    seconds: float


@frozen
class Close:
    """Close the connection in the ordinary way."""


@frozen
class Reset:
    """Reset the connection, as a broken machine on the way does."""


Step: TypeAlias = Send | Wait | Close | Reset
Reaction: TypeAlias = bytes | Iterable[Step]


@frozen
class RawRequest:
    """What a client sent; *connection* counts the connections from 1.

    *body* is what had come of it when the server reacted.
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    connection: int


Script: TypeAlias = Sequence[Reaction] | Callable[[RawRequest], Reaction]


def reply(
    body: bytes | dict[str, Any] = b"",
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    length: int | None = None,
    chunked: bool = False,
) -> bytes:
    """Build an ordinary answer; a mapping goes as JSON, *length* is what the header claims."""
    said = dict(headers or {})
    if isinstance(body, dict):
        said.setdefault("Content-Type", "application/json;charset=UTF-8")
        body = json.dumps(body).encode()
    if chunked:
        said["Transfer-Encoding"] = "chunked"
        body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
    else:
        said["Content-Length"] = str(len(body) if length is None else length)
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"HTTP/1.1 {status} \r\n{head}\r\n".encode("latin-1") + body


class RawServer:
    """Reads requests on 127.0.0.1 and reacts by a script: one reaction a request, in order.

    A reaction is bytes or `Send`, `Wait`, `Close` and `Reset` in a list, or in an iterator that may
    have no end; the last one is repeated when the script is over. Without `Close` or `Reset` the
    connection stays open for the next request. *requests* has what came in, *connections* how
    many connections were made. With *tls* it speaks TLS. It reacts when the body has come, or
    *patience_bytes* of it: then it reads no more, and has to end the connection.
    """

    def __init__(
        self,
        script: Script,
        tls: ssl.SSLContext | None = None,
        *,
        patience_bytes: int | None = None,
    ) -> None:
        self._script = script
        self._tls = tls
        self._patience_bytes = patience_bytes
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests: list[RawRequest] = []
        self.connections = 0
        self.port = 0

    @property
    def url(self) -> str:
        """The address to call."""
        return f"https://localhost:{self.port}" if self._tls else f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own, so that leaving the context can wait for it.
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer, self.connections))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
    ) -> None:
        try:
            while True:
                request = await _read_request(reader, connection, self._patience_bytes)
                self.requests.append(request)
                for step in self._reaction(request):
                    if not await _carry_out(step, writer):
                        return
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client has gone
        finally:
            writer.close()

    def _reaction(self, request: RawRequest) -> Iterable[Step]:
        if callable(self._script):
            reaction = self._script(request)
        else:
            reaction = self._script[min(len(self.requests), len(self._script)) - 1]
        return [Send(reaction)] if isinstance(reaction, bytes) else reaction


async def _carry_out(step: Step, writer: asyncio.StreamWriter) -> bool:
    """Do one step and say whether the connection is still open."""
    match step:
        case Send(data, None):
            writer.write(data)
            await writer.drain()
        case Send(data, rate) if rate:
            size = max(1, int(rate / 10))
            for offset in range(0, len(data), size):
                drop = data[offset : offset + size]
                await asyncio.sleep(len(drop) / rate)
                writer.write(drop)
                await writer.drain()
        case Wait(seconds):
            await asyncio.sleep(seconds)
        case Close():
            return False
        case Reset():
            # To linger for no time at all is how a socket is told to reset.
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
            return False
    return True


async def _read_request(
    reader: asyncio.StreamReader, connection: int, most: int | None
) -> RawRequest:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = Headers((name, value.strip()) for name, _, value in pairs)
    if "chunked" in headers.get("transfer-encoding", ""):
        body = await _read_chunks(reader, most)
    else:
        length = int(headers.get("content-length", "0"))
        body = await reader.readexactly(length if most is None else min(length, most))
    return RawRequest(method, target, headers, body, connection)


async def _read_chunks(reader: asyncio.StreamReader, most: int | None) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:size]
        if most is not None and len(body) >= most:
            return body
    await reader.readuntil(b"\r\n")
    return body
