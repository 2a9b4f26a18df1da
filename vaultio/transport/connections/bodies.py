"""Bodies of answers: of a length that was announced, or with an end that only a parser finds."""

from __future__ import annotations

import h11
import httpx

from vaultio.transport.connections.sockets import Socket

READ_BYTES = 64 * 1024


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
