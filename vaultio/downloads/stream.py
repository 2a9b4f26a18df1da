"""A file as a stream of chunks, for those who pass it on; nothing touches a disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
)
from types import TracebackType

import attrs

from vaultio.downloads.fetch import for_file
from vaultio.downloads.integrity import check, new_md5
from vaultio.downloads.names import disposition_name
from vaultio.downloads.ranges import ContentRange
from vaultio.downloads.source import FileCaller, FileReply
from vaultio.downloads.speed import Pace
from vaultio.errors import InvalidDataError, NotVaultError, TruncatedError
from vaultio.models.checksum import Checksum
from vaultio.protocol.request import Request

_NOT_SATISFIABLE = 416


class FileStream:
    """An open file: ``async for chunk in stream``, once. Chunks are bytes of any size.

    `name` is what the server calls it (not made safe for a disk) or None, `length` the bytes that
    come or None, `content_type` its type or None. `start` is the place in the file of the first
    byte: 0 unless a part was asked for and given. `total` is the size of the whole file or None.
    """

    def __init__(
        self,
        caller: FileCaller,
        reply: FileReply,
        label: str,
        expected: Checksum,
        part: ContentRange | None = None,
    ) -> None:
        self._caller = caller
        self._reply = reply
        self._label = label
        self._expected = Checksum() if part else expected
        self.name = disposition_name(reply.headers.get("content-disposition"))
        self.is_part, self.start = part is not None, part.start if part else 0
        self.total = reply.length if expected.size is None else expected.size
        self.length = self.total
        self._end = reply.length
        if part:
            check(label, Checksum(expected.size), size=part.total or expected.size or 0, md5=None)
            self.total = part.total or expected.size
            self.length = self._end = part.end - part.start
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
        if self._end is not None and size < self._end:
            raise TruncatedError(f"{self._label}: ended at {size} of {self._end} bytes")
        check(self._label, self._expected, size=size, md5=md5.hexdigest() if md5 else None)

    def _admit(self, size: int) -> None:
        """Hand out no byte beyond the end that was announced."""
        if self._end is not None and size > self._end:
            raise TruncatedError(f"{self._label}: goes on beyond {self._end} bytes")


@asynccontextmanager
async def open_stream(
    caller: FileCaller,
    request: Request,
    *,
    expected: Checksum | None = None,
    part: tuple[int, int | None] | None = None,
) -> AsyncIterator[FileStream]:
    """Open a file to be read chunk by chunk; leaving closes it, read to its end or not.

    What was handed out cannot be taken back, so a lost connection ends the stream with
    `TruncatedError`; `save` tries again.

    *part* asks for the bytes from the first number up to and without the second (None: the end).
    Not every server heeds that: `FileStream.start` says where the stream begins.
    """
    async with AsyncExitStack() as stack:
        reply, given = await _opened(stack, caller, request, part)
        stream = FileStream(caller, reply, str(request), expected or Checksum(), given)
        async with aclosing(stream):
            yield stream


class FileOpening(AbstractAsyncContextManager[FileStream]):
    """A file that ``async with`` opens as a `FileStream`, once; nothing is sent before.

    `name` is what it is called where the server gives no name.
    """

    def __init__(
        self,
        caller: FileCaller,
        request: Request,
        name: str,
        expected: Callable[[], Awaitable[Checksum | None]],
    ) -> None:
        """Take what asks Vault for size and MD5, if that is wanted."""
        self.name = name
        self._caller = caller
        self._request = request
        self._ask = expected
        self._known: Checksum | None = None
        self._part: tuple[int, int | None] | None = None
        self._stack = AsyncExitStack()

    async def checksum(self) -> Checksum:
        """Retrieve what the file has to be, as far as that is known; a call is made at most once.

        Which is where it was opened with ``verify=True``; else it is what was handed in.
        """
        if self._known is None:
            self._known = await self._ask() or Checksum()
        return self._known

    def part(self, start: int, end: int | None = None) -> FileOpening:
        """Open the bytes from *start* up to and without *end* (None: all that follow) instead.

        A vault need not heed that: then the whole file comes, as `FileStream.start` says.
        """
        opening = FileOpening(self._caller, self._request, self.name, self.checksum)
        opening._part = start, end
        return opening

    async def __aenter__(self) -> FileStream:
        opened = open_stream(
            self._caller, self._request, expected=await self.checksum(), part=self._part
        )
        return await self._stack.enter_async_context(opened)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(kind, error, traceback)


async def _opened(
    stack: AsyncExitStack,
    caller: FileCaller,
    request: Request,
    part: tuple[int, int | None] | None,
) -> tuple[FileReply, ContentRange | None]:
    """Wait for the headers of a reply, and say which part of the file it brings (None: all)."""
    if part is not None:
        try:
            reply = await stack.enter_async_context(caller.stream(_for_part(request, part)))
            return reply, _given(reply, part, str(request))
        except InvalidDataError:
            pass  # of the range alone: nothing says that Vault takes one
        except NotVaultError as error:
            if error.http_status != _NOT_SATISFIABLE:
                raise
    return await stack.enter_async_context(caller.stream(for_file(request))), None


def _for_part(request: Request, part: tuple[int, int | None]) -> Request:
    start, end = part
    last = "" if end is None else end - 1
    plain = for_file(request)
    return attrs.evolve(plain, headers={**plain.headers, "Range": f"bytes={start}-{last}"})


def _given(reply: FileReply, part: tuple[int, int | None], label: str) -> ContentRange | None:
    """Read which part a reply brings; None if it is the whole file, for all it says."""
    if reply.status != 206 and "content-range" not in reply.headers:
        return None
    given, (start, end) = ContentRange.of(reply), part
    if (
        given is None
        or given.start != start
        or (end is not None and given.end > end)
        or reply.length not in {None, given.end - given.start}
        or reply.headers.get("content-encoding", "identity").strip().lower() != "identity"
    ):
        raise TruncatedError(f"{label}: the reply is not the part of the file that was asked for")
    return given
