"""HTTP/1.1 on a socket: one request out, the head of one answer in; its body comes as asked for.

h11 writes and reads the heads and unpacks chunks. A body whose length is known goes around it,
from the socket into the hands of the reader.
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from contextlib import suppress
from typing import cast

import anyio
import h11
import httpx

from vaultio.transport.connections.sockets import Socket

MAX_HEAD = 100 * 1024  # bytes, the same as httpx takes
READ_BYTES = 64 * 1024
_BODYLESS = frozenset({204, 304})


class Exchange:
    """One request and its answer on a connection."""

    def __init__(self, sock: Socket, request: httpx.Request) -> None:
        self._socket = sock
        self._request = request
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._unsent = bytearray()
        self._is_sent = False
        self._answer: h11.Response | None = None
        timeouts = request.extensions.get("timeout", {})
        self._read_s: float | None = timeouts.get("read")
        self._write_s: float | None = timeouts.get("write")

    async def send(self) -> None:
        """Send the request, to its end or until the server answers; receive what it said then."""
        request = self._request
        try:
            # What holds the credential stands in no local variable: tracebacks show those.
            self._unsent += self._h11.send(_head(request)) or b""
            if int(request.headers.get("content-length", READ_BYTES)) < READ_BYTES:
                await self._send_body()
            else:
                await self._send_and_listen()
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error
        except httpx.WriteError:
            return

    async def _send_body(self) -> None:
        async for chunk in cast(AsyncIterable[bytes], self._request.stream):
            if chunk:
                await self._send(h11.Data(data=chunk))
        await self._send(h11.EndOfMessage())
        self._is_sent = True

    async def _send_and_listen(self) -> None:
        """Send a body, but not to a server that has said already what it thinks of it.

        One that refuses may not read on, nor close: the sending would wait for it for ever.
        """
        trouble: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._listen, tasks.cancel_scope)
            try:
                await self._send_body()
            except Exception as error:  # not to come out in a group
                trouble = error
            tasks.cancel_scope.cancel()
        if trouble is not None:
            raise trouble

    async def _listen(self, sending: anyio.CancelScope) -> None:
        """Wait for the answer or for the connection's end, and end *sending*."""
        with suppress(httpx.TransportError, h11.RemoteProtocolError):  # which come again
            while self._answer is None:
                data = await self._socket.receive(READ_BYTES, None)
                if not data:
                    break
                self._h11.receive_data(data)
                self._answer = self._found()
        sending.cancel()

    async def _send(self, event: h11.Event) -> None:
        """Send an event behind what is still to be sent; short parts go out in one."""
        for part in self._h11.send_with_data_passthrough(event) or []:
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

    async def receive(self) -> tuple[h11.Response, SizedBody | ParsedBody]:
        """Wait for the answer's head."""
        try:
            while (head := self._answer or self._found()) is None:
                self._h11.receive_data(await self._more())
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error), request=self._request) from error
        return head, self._body(head)

    def _found(self) -> h11.Response | None:
        """Look for a head in what came; those that only announce one (1xx) are passed over."""
        while (event := self._h11.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
                raise httpx.RemoteProtocolError("the server switched to another protocol")
        return None

    async def _more(self) -> bytes:
        data = await self._socket.receive(READ_BYTES, self._read_s)
        if not data and self._h11.their_state is h11.SEND_RESPONSE:
            raise httpx.RemoteProtocolError("the server disconnected without an answer")
        return data

    def _body(self, head: h11.Response) -> SizedBody | ParsedBody:
        length = _length(head)
        if length is None or self._request.method == "HEAD" or head.status_code in _BODYLESS:
            return ParsedBody(self._socket, self._h11, self._read_s, keep=self._is_sent)
        held, _ = self._h11.trailing_data
        keep = self._is_sent and self._h11.our_state is h11.DONE
        return SizedBody(self._socket, held, length, self._read_s, keep=keep)


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
        self, sock: Socket, held: bytes, length: int, read_s: float | None, *, keep: bool
    ) -> None:
        self._socket = sock
        self._held = memoryview(held)[:length]
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

    def __init__(
        self, sock: Socket, parser: h11.Connection, read_s: float | None, *, keep: bool
    ) -> None:
        self._socket = sock
        self._keep = keep
        self._h11 = parser
        self._read_s = read_s
        self._rest = memoryview(b"")
        self._over = False

    @property
    def is_reusable(self) -> bool:
        """Whether the answer is over, nothing came behind it and the server keeps on."""
        done = self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE
        return self._keep and done and self._h11.trailing_data == (b"", False)

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
