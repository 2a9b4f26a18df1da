"""HTTP/1.1 on a socket: one request out, the head of one answer in; its body comes as asked for.

Heads in their plain form are written and read here, all others by h11, which unpacks chunks too. A
body whose length is known goes around it, from the socket into the hands of the reader.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from typing import cast

import h11
import httpx

from vaultio.transport.connections.heads import Head, is_plain, read_head, write_head
from vaultio.transport.connections.sockets import Socket

MAX_HEAD = 100 * 1024  # bytes, the same as httpx takes
READ_BYTES = 64 * 1024
_BODYLESS = frozenset({204, 304})


class Exchange:
    """One request and its answer on a connection."""

    def __init__(self, sock: Socket, request: httpx.Request) -> None:
        self._socket = sock
        self._request = request
        self._h11: h11.Connection | None = None
        self._unsent = bytearray()
        self._is_sent = False
        timeouts = request.extensions.get("timeout", {})
        self._read_s: float | None = timeouts.get("read")
        self._write_s: float | None = timeouts.get("write")

    async def send(self) -> None:
        """Send the whole request; a server that has closed already may have answered first."""
        try:
            if is_plain(self._request):
                # What holds the credential stands in no local variable: tracebacks show those.
                self._unsent += write_head(self._request)
                self._unsent += b"".join(cast(Iterable[bytes], self._request.stream))
                await self._flush()
            else:
                await self._send_parts()
            self._is_sent = True
        except httpx.WriteError:
            return

    async def _send_parts(self) -> None:
        """Send a request that is not plain, or whose body comes piece by piece."""
        request, self._h11 = self._request, _new_parser()
        try:
            self._unsent += self._h11.send(_head(request)) or b""
            async for chunk in cast(AsyncIterable[bytes], request.stream):
                if chunk:
                    await self._send(self._h11, h11.Data(data=chunk))
            await self._send(self._h11, h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error

    async def _send(self, parser: h11.Connection, event: h11.Event) -> None:
        """Send an event behind what is still to be sent; short parts go out in one."""
        for part in parser.send_with_data_passthrough(event) or []:
            if len(self._unsent) + len(part) > READ_BYTES:
                await self._flush()
                await self._socket.send(memoryview(part), self._write_s)
            else:
                self._unsent += part
        await self._flush()

    async def _flush(self) -> None:
        if self._unsent:
            await self._socket.send(memoryview(self._unsent), self._write_s)
            self._unsent = bytearray()

    async def receive(self) -> tuple[Head, SizedBody | ParsedBody]:
        """Wait for the answer's head; those that only announce it (1xx) are passed over."""
        if self._h11 is not None:
            return await self._parsed(self._h11)
        data = await self._socket.receive(READ_BYTES, self._read_s)
        if plain := read_head(data):
            held = memoryview(data)[plain.end :]
            body = SizedBody(self._socket, held, plain.length, self._read_s, keep=self._is_sent)
            return plain.head, body
        self._h11 = self._as_if_sent()
        return await self._parsed(self._h11, data)

    async def _parsed(
        self, parser: h11.Connection, data: bytes | None = None
    ) -> tuple[Head, SizedBody | ParsedBody]:
        """Have h11 read the head, which begins with *data* if that is there."""
        try:
            if data is not None:
                self._feed(parser, data)
            while True:
                event = parser.next_event()
                if event is h11.NEED_DATA:
                    self._feed(parser, await self._socket.receive(READ_BYTES, self._read_s))
                elif isinstance(event, h11.Response):
                    fields = event.headers.raw_items()
                    head = Head(event.status_code, event.reason, event.http_version, fields)
                    return head, self._body(parser, event)
                elif not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
                    raise httpx.RemoteProtocolError("the server switched to another protocol")
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error), request=self._request) from error

    @staticmethod
    def _feed(parser: h11.Connection, data: bytes) -> None:
        if not data and parser.their_state is h11.SEND_RESPONSE:
            raise httpx.RemoteProtocolError("the server disconnected without an answer")
        parser.receive_data(data)

    def _as_if_sent(self) -> h11.Connection:
        """Make a parser that knows of the request which went out without it."""
        parser = _new_parser()
        parser.send(_head(self._request))
        for chunk in cast(Iterable[bytes], self._request.stream):
            parser.send(h11.Data(data=chunk))
        if self._is_sent:
            parser.send(h11.EndOfMessage())
        return parser

    def _body(self, parser: h11.Connection, head: h11.Response) -> SizedBody | ParsedBody:
        length = _length(head)
        if length is None or self._request.method == "HEAD" or head.status_code in _BODYLESS:
            return ParsedBody(self._socket, parser, self._read_s)
        held, _ = parser.trailing_data
        keep = self._is_sent and parser.our_state is h11.DONE
        return SizedBody(self._socket, memoryview(held), length, self._read_s, keep=keep)


def _new_parser() -> h11.Connection:
    return h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)


def _head(request: httpx.Request) -> h11.Request:
    return h11.Request(
        method=request.method, target=request.url.raw_path, headers=request.headers.raw
    )


def _length(head: h11.Response) -> int | None:
    """Read the length of a body; h11 has seen to it that there is one at most, and a number."""
    found = None
    for name, value in head.headers:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            found = int(value)
    return found


class SizedBody:
    """A body whose length was announced: *held* came with the head, the rest from the socket."""

    def __init__(
        self, sock: Socket, held: memoryview, length: int, read_s: float | None, *, keep: bool
    ) -> None:
        self._socket = sock
        self._held = held[:length]
        self._length = self._left = length
        self._read_s = read_s
        self._keep = keep and len(held) <= length

    @property
    def is_reusable(self) -> bool:
        """Whether the answer is over, nothing came behind it and the server keeps on."""
        return self._keep and not self._left

    async def receive(self) -> bytes:
        """Wait for some of the body; b"" is its end."""
        if not self._left:
            return b""
        if self._held:
            data = bytes(self._held)
            self._held = self._held[:0]
        else:
            data = await self._socket.receive(min(self._left, READ_BYTES), self._read_s)
        self._count(len(data))
        return data

    async def receive_into(self, buffer: memoryview) -> int:
        """Wait for some of the body and put it into *buffer*; 0 is its end."""
        buffer = buffer[: self._left]
        if not buffer:
            return 0
        if self._held:
            count = min(len(buffer), len(self._held))
            buffer[:count] = self._held[:count]
            self._held = self._held[count:]
        else:
            count = await self._socket.receive_into(buffer, self._read_s)
        self._count(count)
        return count

    def _count(self, count: int) -> None:
        if not count:
            raise httpx.RemoteProtocolError(
                f"peer closed connection without sending complete message body "
                f"(received {self._length - self._left} bytes, expected {self._length})"
            )
        self._left -= count


class ParsedBody:
    """A body whose end only h11 finds: in chunks, up to the end of the connection, or none."""

    def __init__(self, sock: Socket, parser: h11.Connection, read_s: float | None) -> None:
        self._socket = sock
        self._h11 = parser
        self._read_s = read_s
        self._rest = memoryview(b"")
        self._over = False

    @property
    def is_reusable(self) -> bool:
        """Whether the answer is over, nothing came behind it and the server keeps on."""
        done = self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE
        return done and self._h11.trailing_data == (b"", False)

    async def receive(self) -> bytes:
        """Wait for some of the body; b"" is its end."""
        try:
            while not self._over:
                event = self._h11.next_event()
                if event is h11.NEED_DATA:
                    data = await self._socket.receive(READ_BYTES, self._read_s)
                    self._h11.receive_data(data)
                elif isinstance(event, h11.Data):
                    return bytes(event.data)
                else:
                    self._over = True
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        return b""

    async def receive_into(self, buffer: memoryview) -> int:
        """Wait for some of the body and put it into *buffer*; 0 is its end."""
        if not self._rest:
            self._rest = memoryview(await self.receive())
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
