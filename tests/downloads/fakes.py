"""A caller whose replies and bytes a test controls to the chunk."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager

import httpx
from attrs import define, field

from vaultio.config import Config
from vaultio.downloads.source import ReadInto
from vaultio.models.checksum import Checksum
from vaultio.protocol.path import Path
from vaultio.protocol.request import Repeat, Request

GET = Request(method="GET", path=Path() / "objects" / "documents" / 7 / "file")
CHECK_OUT = Request(method="GET", path=GET.path, query={"lock": "1"}, repeat=Repeat.ONCE)

Piece = bytes | BaseException | Callable[[], Awaitable[object]]
"""A chunk, an error in its place, or something to wait for before the next one."""


def _as_received(headers: Mapping[str, str]) -> httpx.Headers:
    """Send names as UTF-8, as servers do."""
    return httpx.Headers([(name.encode(), value.encode()) for name, value in headers.items()])


@define
class FakeReply:
    """A reply that brings *pieces*; its length is announced unless it is None.

    One that *fills* is read into buffers.
    """

    pieces: Sequence[Piece]
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict, converter=_as_received)
    length: int | None = None
    reading: int = 0
    fills: bool = False
    filling: AsyncIterator[bytes] | None = None
    rest: bytes = b""

    @property
    def readinto(self) -> ReadInto | None:
        """Read into buffers, if that is what it does."""
        return self._fill if self.fills else None

    async def _fill(self, room: memoryview) -> int:
        assert len(room), "there is no room"
        self.filling = self.filling or self.chunks()
        while not self.rest:
            piece = await anext(self.filling, None)
            if piece is None:
                return 0
            self.rest = piece
        count = min(len(room), len(self.rest))
        room[:count], self.rest = self.rest[:count], self.rest[count:]
        return count

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield, raise or wait, piece by piece."""
        self.reading += 1
        try:
            for piece in self.pieces:
                if isinstance(piece, BaseException):
                    raise piece
                if isinstance(piece, bytes):
                    yield piece
                else:
                    await piece()
        finally:
            self.reading -= 1


@define
class FakeCaller:
    """Gives its *replies* one after the other, the last for ever, and keeps the requests."""

    replies: Sequence[FakeReply | Exception]
    config: Config = field(factory=Config)
    requests: list[Request] = field(factory=list)
    open: int = 0
    threads: Executor = field(factory=ThreadPoolExecutor)

    @property
    def always_md5(self) -> bool:
        """As the settings say."""
        return self.config.always_md5

    def may_retry(self) -> bool:
        """Say yes: how often is the caller's business."""
        return True

    @property
    def reading(self) -> int:
        """How many bodies were begun and neither ended nor closed."""
        return sum(reply.reading for reply in self.replies if isinstance(reply, FakeReply))

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[FakeReply]:
        """Open the next reply; its body must have ended, or been closed, when this is left."""
        reply = self.replies[min(len(self.requests), len(self.replies) - 1)]
        self.requests.append(request)
        if isinstance(reply, Exception):
            raise reply
        self.open += 1
        try:
            yield reply
        finally:
            self.open -= 1
            if isinstance(reply.filling, AsyncGenerator):
                await reply.filling.aclose()
            assert not self.reading, "the body is left to the garbage collector"

    def header(self, name: str) -> list[str | None]:
        """Return one header of every request sent."""
        return [httpx.Headers(request.headers).get(name) for request in self.requests]


def whole(data: bytes, name: str = "plan.pdf", **headers: str) -> FakeReply:
    """Make the reply that brings *data* at once and announces its length."""
    named = {"content-disposition": f'attachment;filename="{name}"', **headers}
    return FakeReply([data], headers=named, length=len(data))


def cut(data: bytes, error: Exception, *, length: int | None, **headers: str) -> FakeReply:
    """Make a reply that breaks off after *data*."""
    return FakeReply([data, error], headers=headers, length=length)


def rest(data: bytes, start: int, total: int | str, **headers: str) -> FakeReply:
    """Make the reply 206 that brings *data* as the bytes from *start* on."""
    said = {"content-range": f"bytes {start}-{start + len(data) - 1}/{total}", **headers}
    return FakeReply([data], status=206, headers=said, length=len(data))


def checksum(data: bytes) -> Checksum:
    """Reckon what Vault would know of *data*."""
    return Checksum(len(data), hashlib.md5(data, usedforsecurity=False).hexdigest())
