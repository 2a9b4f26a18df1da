"""A connected socket, plain or TLS, that is read and written without ever blocking.

Errors come out as httpx's. Nothing here waits while it closes, so that a task may be cancelled
at any moment.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress

import anyio
import httpx

TLS_RECORD = 16 * 1024  # bytes; the most that one read of TLS gives
_WRITE_SLICE = 1024 * 1024
_WRITE_SLICE_TLS = 256 * 1024
_NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
# What is read without a pause, by one read or by many: a millisecond of TLS, in which no other task
# of the loop runs.
_GREED = 256 * 1024


class Socket:
    """A connection's two directions; *timeout_s* is always that of one step, None for no end."""

    __slots__ = ("_greed", "_slice", "_sock", "is_open")

    def __init__(self, sock: socket.socket) -> None:
        """Take a connected socket, an `ssl.SSLSocket` after its handshake; it is closed here."""
        self._sock = sock
        self._greed = 0
        self._slice = _WRITE_SLICE_TLS if isinstance(sock, ssl.SSLSocket) else _WRITE_SLICE
        self.is_open = True

    async def receive(self, max_bytes: int, timeout_s: float | None) -> bytes:
        """Wait for bytes and return what is there; b"" is the end."""
        while True:
            try:
                data = self._sock.recv(max_bytes)
            except _NOT_YET as error:
                await self._ready(error, _readable, httpx.ReadTimeout, timeout_s)
            except OSError as error:
                raise httpx.ReadError(str(error)) from error
            else:
                self._check_end(len(data))
                self._greed += len(data)
                if self._greed >= _GREED:
                    await self._pause()
                return data

    async def receive_into(self, buffer: memoryview, timeout_s: float | None) -> int:
        """Wait for bytes, and put as many into *buffer* as are there; 0 is the end.

        Of many that means pauses for others here, which are cheap, and not in all that calls this.
        """
        while True:
            try:
                count = self._fill(buffer)
            except _NOT_YET as error:
                await self._ready(error, _readable, httpx.ReadTimeout, timeout_s)
            except OSError as error:
                raise httpx.ReadError(str(error)) from error
            else:
                self._check_end(count)
                return await self._topped_up(buffer, count)

    async def _topped_up(self, buffer: memoryview, count: int) -> int:
        """Put behind the first *count* bytes what else is there; return how many that makes."""
        self._greed += count
        while self._greed >= _GREED:
            await self._pause()
            try:
                more = self._fill(buffer[count:]) if count < len(buffer) else 0
            except OSError:
                more = 0  # whatever it is, the next read says it again; so with the end
            count += more
            self._greed += more
        return count

    def _fill(self, buffer: memoryview) -> int:
        """Read once; of TLS as many records as there are, for each comes alone."""
        sock, size = self._sock, min(len(buffer), _GREED)
        if not isinstance(sock, ssl.SSLSocket):
            return sock.recv_into(buffer, size)
        is_rest = sock.pending() > 0  # of a record that the last buffer had no room for
        count = sock.recv_into(buffer, size)
        if count < TLS_RECORD and not is_rest:
            return count
        try:
            # Not told how much there is room for, Python would look for it, at each record.
            while count < size and (more := sock.recv_into(buffer[count:], size - count)):
                count += more
        except OSError:
            pass  # what was there counts; whatever it is, the next read says it again
        return count

    def _check_end(self, count: int) -> None:
        """Take an end that we have made ourselves for none of the server's: a body is cut by it."""
        if not count and not self.is_open:
            raise httpx.ReadError("the connections were closed")

    async def send(self, left: memoryview, timeout_s: float | None) -> None:
        """Send everything; nothing is copied, however much the socket takes at once."""
        while left:
            try:
                count = self._sock.send(left[: self._slice])
            except _NOT_YET as error:
                await self._ready(error, _writable, httpx.WriteTimeout, timeout_s)
            except OSError as error:
                raise httpx.WriteError(str(error)) from error
            else:
                left = left[count:]
                self._greed += count
                if self._greed >= self._slice:
                    await self._pause()

    @property
    def is_readable(self) -> bool:
        """Whether something came unasked: the end of the connection, or bytes that are nobody's.

        Costs one system call, or none.
        """
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            return True
        try:
            # Past TLS, which cannot peek.
            socket.socket.recv(self._sock, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def cut(self) -> None:
        """End both directions: a task that waits for the socket finds out, and closes it."""
        self.is_open = False
        with suppress(OSError):  # the other side may have been faster
            # Past TLS, which would say goodbye first.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket, now; nobody may be waiting for it."""
        self.is_open = False
        self._sock.close()

    async def _ready(
        self,
        error: OSError,
        wait: Callable[[socket.socket], Awaitable[None]],
        timed_out: type[httpx.TimeoutException],
        timeout_s: float | None,
    ) -> None:
        """Wait until the socket can go on; TLS may have to read in order to write."""
        self._greed = 0
        if isinstance(error, ssl.SSLWantReadError):
            wait = _readable
        elif isinstance(error, ssl.SSLWantWriteError):
            wait = _writable
        if timeout_s is None:
            await wait(self._sock)
            return
        try:
            with anyio.fail_after(timeout_s):
                await wait(self._sock)
        except TimeoutError as timeout:
            raise timed_out(f"nothing moved for {timeout_s:g} s") from timeout

    async def _pause(self) -> None:
        """Let other tasks run, after so many bytes for which there was no need to wait."""
        self._greed = 0
        await asyncio.sleep(0)


async def _readable(sock: socket.socket) -> None:
    """Wait as anyio does, which takes as long to set out as a call to the system does."""
    loop, number = asyncio.get_running_loop(), sock.fileno()
    ready = loop.create_future()
    try:
        loop.add_reader(number, _wake, ready)
    except NotImplementedError:  # the loop that Windows has by default
        await anyio.wait_readable(sock)
        return
    try:
        await ready
    finally:
        loop.remove_reader(number)


async def _writable(sock: socket.socket) -> None:
    loop, number = asyncio.get_running_loop(), sock.fileno()
    ready = loop.create_future()
    try:
        loop.add_writer(number, _wake, ready)
    except NotImplementedError:
        await anyio.wait_writable(sock)
        return
    try:
        await ready
    finally:
        loop.remove_writer(number)


def _wake(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
