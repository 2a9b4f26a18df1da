"""HTTP/1.1 on a socket: one request out, the head of one answer in; its body comes as asked for.

Heads in their plain form are written and read here, all others by h11, which unpacks chunks too. A
body whose length is known goes around it, from the socket into the hands of the reader.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from contextlib import suppress
from typing import cast

import anyio
import h11
import httpx

from vaultio.transport.connections.bodies import READ_BYTES, ParsedBody, SizedBody
from vaultio.transport.connections.heads import Head, is_plain, read_head, write_head
from vaultio.transport.connections.sockets import Socket

MAX_HEAD = 100 * 1024  # bytes, the same as httpx takes
_BODYLESS = frozenset({204, 304})


class Exchange:
    """One request and its answer on a connection."""

    def __init__(self, sock: Socket, request: httpx.Request) -> None:
        self._socket = sock
        self._request = request
        self._h11: h11.Connection | None = None
        self._unsent = bytearray()
        self._is_sent = False
        self._answer: h11.Response | None = None
        timeouts = request.extensions.get("timeout", {})
        self._read_s: float | None = timeouts.get("read")
        self._write_s: float | None = timeouts.get("write")

    async def send(self) -> None:
        """Send the request, to its end or until the server answers; receive what it said then."""
        try:
            if is_plain(self._request):
                # What holds the credential stands in no local variable: tracebacks show those.
                self._unsent += write_head(self._request)
                self._unsent += b"".join(cast(Iterable[bytes], self._request.stream))
                await self._flush()
                self._is_sent = True
            else:
                await self._send_parts()
        except httpx.WriteError:
            return

    async def _send_parts(self) -> None:
        """Send a request that is not plain, or whose body comes piece by piece."""
        request, parser = self._request, _new_parser()
        self._h11 = parser
        try:
            self._unsent += parser.send(_head(request)) or b""
            if int(request.headers.get("content-length", READ_BYTES)) < READ_BYTES:
                await self._send_body(parser)
            else:
                await self._send_and_listen(parser)
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error

    async def _send_body(self, parser: h11.Connection) -> None:
        async for chunk in cast(AsyncIterable[bytes], self._request.stream):
            if chunk:
                await self._send(parser, h11.Data(data=chunk))
        await self._send(parser, h11.EndOfMessage())
        self._is_sent = True

    async def _send_and_listen(self, parser: h11.Connection) -> None:
        """Send a body, but not to a server that has said already what it thinks of it.

        One that refuses may not read on, nor close: the sending would wait for it for ever.
        """
        trouble: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._listen, parser, tasks.cancel_scope)
            try:
                await self._send_body(parser)
            except Exception as error:  # not to come out in a group
                trouble = error
            tasks.cancel_scope.cancel()
        if trouble is not None:
            raise trouble

    async def _listen(self, parser: h11.Connection, sending: anyio.CancelScope) -> None:
        """Wait for the answer or for the connection's end, and end *sending*."""
        with suppress(httpx.TransportError, h11.RemoteProtocolError):  # which come again
            while self._answer is None:
                data = await self._socket.receive(READ_BYTES, None)
                if not data:
                    break
                parser.receive_data(data)
                self._answer = _found(parser)
        sending.cancel()

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
            while (answer := self._answer or _found(parser)) is None:
                self._feed(parser, await self._socket.receive(READ_BYTES, self._read_s))
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error), request=self._request) from error
        fields = answer.headers.raw_items()
        head = Head(answer.status_code, answer.reason, answer.http_version, fields)
        return head, self._body(parser, answer)

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
            return ParsedBody(self._socket, parser, self._read_s, keep=self._is_sent)
        held, _ = parser.trailing_data
        keep = self._is_sent and parser.our_state is h11.DONE
        return SizedBody(self._socket, memoryview(held), length, self._read_s, keep=keep)


def _found(parser: h11.Connection) -> h11.Response | None:
    """Look for a head in what came; those that only announce one (1xx) are passed over."""
    while (event := parser.next_event()) is not h11.NEED_DATA:
        if isinstance(event, h11.Response):
            return event
        if not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
            raise httpx.RemoteProtocolError("the server switched to another protocol")
    return None


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
