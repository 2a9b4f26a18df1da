"""Bodies on their way out: read in a thread, one block ahead of the network, in constant memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from typing import BinaryIO, TypeVar, TypeVarTuple

import anyio
import anyio.lowlevel
import httpx

from vaultio.errors import FileTooLargeError, SourceChangedError, UploadError
from vaultio.protocol.multipart import Multipart
from vaultio.transport.threads import outlast

BLOCK_BYTES = 1024 * 1024

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class UploadStream(httpx.AsyncByteStream):
    """The bytes of one multipart body, for one sending; to be closed whatever happens.

    `moved` is awaited before each block goes out: for deadlines and leases that a long upload
    must keep alive. The file is read by *threads*, None for those of the event loop.
    """

    def __init__(self, body: Multipart, threads: Executor | None = None) -> None:
        self.moved: Callable[[], Awaitable[None]] = anyio.lowlevel.checkpoint
        self._body = body
        self._threads = threads
        self._bytes = self._all()
        self._opening: asyncio.Future[BinaryIO] | None = None
        self._file: BinaryIO | None = None
        self._ahead: asyncio.Future[bytes] | None = None
        self._size: int | None = None

    async def open(self) -> None:
        """Open the file and learn its size; refuses one that Vault would not take."""
        source, limit = self._body.source, self._body.max_bytes
        if source is None:
            return
        try:
            self._size = await self._in_a_thread(source.size)
            if limit is not None and self._size is not None and self._size > limit:
                raise FileTooLargeError(
                    f"{source.filename} has {self._size} bytes, but Vault takes {limit} at most "
                    f"this way: nothing was sent",
                    type="EXCEEDS_FILE_MAX_SIZE",
                )
            self._opening = self._in_a_thread(source.open)
            # Shielded: a thread goes on when its task is cancelled, and the file would stay open.
            self._file = await asyncio.shield(self._opening)
        except OSError as error:
            raise UploadError(f"{source.filename} cannot be read: {error.strerror}") from error

    @property
    def length(self) -> int | None:
        """The length of the whole body in bytes; None if the file's size is unknown."""
        frame = len(self._body.head) + len(self._body.tail)
        if self._body.source is None:
            return frame
        return None if self._size is None else frame + self._size

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._bytes

    async def _all(self) -> AsyncGenerator[bytes, None]:
        yield self._body.head
        sent = 0
        while block := await self._next():
            sent += len(block)
            self._admit(sent)
            await self.moved()
            yield block
            if self._body.progress is not None:
                self._body.progress(sent, self._size)
        if self._size is not None and sent != self._size:
            raise self._changed(sent)
        await self.moved()
        yield self._body.tail

    async def aclose(self) -> None:
        """Close the file; waits for a thread that opens or reads it."""
        try:
            with anyio.CancelScope(shield=True):
                await self._bytes.aclose()
            await outlast(self._opening, self._ahead)
        finally:
            opening = self._opening
            if opening is not None and not opening.cancelled() and not opening.exception():
                await outlast(self._in_a_thread(opening.result().close))

    async def _next(self) -> bytes:
        """Hand out the block that was read ahead, and start on the one after it."""
        if self._file is None:
            return b""
        ahead = self._ahead or self._read_ahead(self._file)
        try:
            # Shielded: a cancelled task must not leave a thread behind that still reads.
            block = await asyncio.shield(ahead)
        except OSError as error:
            raise UploadError(f"the file cannot be read on: {error.strerror}") from error
        self._ahead = self._read_ahead(self._file) if block else None
        return block

    def _read_ahead(self, file: BinaryIO) -> asyncio.Future[bytes]:
        # A new block each time: a transport may hold on to what it was given, as mocks do.
        self._ahead = self._in_a_thread(file.read, BLOCK_BYTES)
        return self._ahead

    def _in_a_thread(self, step: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, step, *args)

    def _admit(self, sent: int) -> None:
        """Send no more than was announced."""
        if self._size is not None and sent > self._size:
            raise self._changed(sent)
        limit = self._body.max_bytes
        if limit is not None and sent > limit:
            raise FileTooLargeError(
                f"the file goes on beyond {limit} bytes, the most that Vault takes this way",
                type="EXCEEDS_FILE_MAX_SIZE",
            )

    def _changed(self, sent: int) -> SourceChangedError:
        return SourceChangedError(
            f"the file changed while it was sent: {sent} bytes in place of {self._size}"
        )
