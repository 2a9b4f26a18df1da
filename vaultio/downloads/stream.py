"""A file as a stream of chunks, for those who pass it on; nothing touches a disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from vaultio.downloads.fetch import for_file
from vaultio.downloads.integrity import check, new_md5
from vaultio.downloads.names import disposition_name
from vaultio.downloads.source import FileCaller, FileReply
from vaultio.downloads.speed import Pace
from vaultio.errors import TruncatedError
from vaultio.models.checksum import Checksum
from vaultio.protocol.request import Request


class FileStream:
    """An open file: ``async for chunk in stream``, once. Chunks are bytes of any size.

    `name` is what the server calls it (not made safe for a disk) or None, `length` its bytes or
    None, `content_type` its type or None.
    """

    def __init__(
        self, caller: FileCaller, reply: FileReply, label: str, expected: Checksum
    ) -> None:
        self._caller = caller
        self._reply = reply
        self._label = label
        self._expected = expected
        self.name = disposition_name(reply.headers.get("content-disposition"))
        self.length = reply.length if expected.size is None else expected.size
        self.content_type = reply.headers.get("content-type")
        self._chunks = self._checked()

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body.

        At its end, when the last bytes have been handed out, raises `TruncatedError` if it was
        cut short or longer than announced and `ChecksumError` if it is not the expected one.
        """
        return self._chunks

    async def aclose(self) -> None:
        """Stop reading."""
        await self._chunks.aclose()

    async def _checked(self) -> AsyncGenerator[bytes, None]:
        md5 = new_md5() if self._expected.md5 else None
        size = 0
        async with Pace(self._caller.config).reader(self._label, self._reply.chunks()) as body:
            while (chunk := await body.next()) is not None:
                size += len(chunk)
                self._admit(size)
                if md5 is not None:
                    md5.update(chunk)
                if chunk:
                    yield chunk
        if self._reply.length is not None and size < self._reply.length:
            raise TruncatedError(f"{self._label}: ended at {size} of {self._reply.length} bytes")
        check(self._label, self._expected, size=size, md5=md5.hexdigest() if md5 else None)

    def _admit(self, size: int) -> None:
        """Hand out no byte beyond the end that was announced."""
        if self._reply.length is not None and size > self._reply.length:
            raise TruncatedError(f"{self._label}: goes on beyond {self._reply.length} bytes")


@asynccontextmanager
async def open_stream(
    caller: FileCaller,
    request: Request,
    *,
    expected: Checksum | None = None,
) -> AsyncIterator[FileStream]:
    """Open a file to be read chunk by chunk; leaving closes it, read to its end or not.

    What was handed out cannot be taken back, so a lost connection ends the stream with
    `TruncatedError`; `save` tries again.
    """
    async with caller.stream(for_file(request)) as reply:
        stream = FileStream(caller, reply, str(request), expected or Checksum())
        async with aclosing(stream):
            yield stream
