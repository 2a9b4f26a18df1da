"""A TCP proxy between a client and a server, on real sockets, that breaks what passes.

``async with CuttingProxy(server.url, [Course(down_bytes=1000, end="reset"), Course()]) as proxy``
resets the first connection after 1,000 bytes of answers and leaves all others alone.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Literal, Self, TypeAlias
from urllib.parse import urlsplit

from attrs import frozen

from tests.faults.tools.messages import read_answer

CHUNK = 64 * 1024
_BEFORE_A_RESET_S = 0.05


@frozen(kw_only=True)
class Course:
    """How one connection goes; by default it just goes. Bytes are counted each way on its own.

    Every slice of at most *slice_bytes* waits *delay_s* seconds and goes at *bytes_per_second*,
    both ways. After *up_bytes* towards the server or *down_bytes* towards the client the
    connection ends: it is closed, reset, or a black hole, which takes everything and gives
    nothing. *garbage* is put in behind *garbage_after* bytes down. *answers* may be given twice,
    or swapped with those of another such connection.
    """

    delay_s: float = 0.0
    bytes_per_second: float | None = None
    slice_bytes: int = CHUNK
    up_bytes: int | None = None
    down_bytes: int | None = None
    end: Literal["close", "reset", "blackhole"] = "close"
    garbage: bytes = b""
    garbage_after: int = 0
    answers: Literal["once", "twice", "swapped"] = "once"


Courses: TypeAlias = Course | Sequence[Course] | Callable[[int], Course]
"""One for all, one each in order (the last repeats), or by the connection's number from 1."""


_HARMLESS = Course()


class _Cut(Exception):  # noqa: N818 # not an error: it is what was asked for
    """The connection has had its bytes."""


class CuttingProxy:
    """Passes bytes between 127.0.0.1:`port` and the server at *url*, by courses.

    `courses` may be set anew at any time: it holds for connections that are made from then on.
    `connections` counts those made so far, `bytes_up` and `bytes_down` what went through all.
    TLS goes through unread. It listens at *port*, or at any that is free.
    """

    def __init__(self, url: str, courses: Courses = _HARMLESS, *, port: int = 0) -> None:
        self._to = urlsplit(url)
        self.courses = courses
        self.port = port
        self.connections = self.bytes_up = self.bytes_down = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: tuple[bytes, asyncio.Future[bytes]] | None = None

    @property
    def url(self) -> str:
        """The address to call, with the server's own scheme and host."""
        return f"{self._to.scheme}://{self._to.hostname}:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._carry(self._course(), reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _course(self) -> Course:
        if isinstance(self.courses, Course):
            return self.courses
        if callable(self.courses):
            return self.courses(self.connections)
        return self.courses[min(self.connections, len(self.courses)) - 1]

    async def _carry(
        self, course: Course, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Carry one connection to its end."""
        far: asyncio.StreamWriter | None = None
        try:
            # A connection that ends at once does not even reach the server.
            if course.up_bytes != 0:
                answers, far = await asyncio.open_connection("127.0.0.1", self._to.port)
                await self._both_ways(course, reader, far, answers, writer)
            await self._end(course, reader, writer)
        except (_Cut, OSError):
            with suppress(OSError):
                await self._end(course, reader, writer)
        finally:
            writer.close()
            if far is not None:
                far.close()

    async def _both_ways(
        self,
        course: Course,
        requests: asyncio.StreamReader,
        up: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        down: asyncio.StreamWriter,
    ) -> None:
        """Pass bytes until one side is done; raises `_Cut` if that was by the course."""
        whole = self._whole(course, answers)
        coming = _slices(answers) if course.answers == "once" else whole
        ways = [
            asyncio.create_task(self._pump(course, _slices(requests), up, upwards=True)),
            asyncio.create_task(self._pump(course, coming, down, upwards=False)),
        ]
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(
        self,
        course: Course,
        source: AsyncIterator[bytes],
        to: asyncio.StreamWriter,
        *,
        upwards: bool,
    ) -> None:
        """Pass one direction on, slice by slice."""
        left = course.up_bytes if upwards else course.down_bytes
        garbage_in = course.garbage_after if course.garbage and not upwards else None
        async for data in source:
            rest = data
            while rest:
                most = min(x for x in (course.slice_bytes, left, garbage_in or None) if x)
                part, rest = rest[:most], rest[most:]
                await self._pass(course, part, to, upwards=upwards)
                if garbage_in is not None:
                    garbage_in -= len(part)
                    if garbage_in <= 0:
                        to.write(course.garbage)
                        garbage_in = None
                if left is not None:
                    left -= len(part)
                    if left <= 0:
                        raise _Cut

    async def _pass(
        self, course: Course, part: bytes, to: asyncio.StreamWriter, *, upwards: bool
    ) -> None:
        """Pass one slice on, in its time."""
        pause_s = course.delay_s
        if course.bytes_per_second:
            pause_s += len(part) / course.bytes_per_second
        if pause_s:
            await asyncio.sleep(pause_s)
        to.write(part)
        await to.drain()
        if upwards:
            self.bytes_up += len(part)
        else:
            self.bytes_down += len(part)

    async def _whole(self, course: Course, answers: asyncio.StreamReader) -> AsyncIterator[bytes]:
        """Yield answer by answer, twice or in exchange for another connection's."""
        while answer := await read_answer(answers):
            if course.answers == "twice":
                yield answer + answer
            else:
                yield await self._swapped(answer)

    async def _swapped(self, answer: bytes) -> bytes:
        """Wait until somebody else has an answer too, and take that one."""
        if self._held is None or self._held[1].done():
            self._held = answer, asyncio.get_running_loop().create_future()
            return await self._held[1]
        (other, waiting), self._held = self._held, None
        waiting.set_result(answer)
        return other

    async def _end(
        self, course: Course, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """End the client's side as the course says."""
        if course.end == "blackhole":
            while await reader.read(CHUNK):
                pass
        elif course.end == "reset":
            await asyncio.sleep(_BEFORE_A_RESET_S)  # a reset overtakes what is on its way
            reset(writer)


async def _slices(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while data := await reader.read(CHUNK):
        yield data


def reset(writer: asyncio.StreamWriter) -> None:
    """Reset a connection: to linger for no time at all is how a socket is told to."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
