"""Form bodies: url-encoded and multipart; files are not held in memory."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from email.message import Message
from email.parser import HeaderParser
from urllib.parse import parse_qsl

from attrs import define, field, frozen

from vaultio.sandbox.content import Content
from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.spool import SpooledContent
from vaultio.sandbox.wire import MAX_FORM_BYTES, SandboxRequest

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MAX_FILE_BYTES = 4 * 1024**3
_MAX_HEAD_BYTES = 64 * 1024

Write = Callable[[bytes], Awaitable[None]]


@frozen
class FormFile:
    """A file in a multipart form; size and MD5 of its *content* are known."""

    name: str
    content: Content
    media_type: str

    @property
    def data(self) -> bytes:
        """All its bytes; for small files."""
        return self.content.read()


@define
class Form:
    """The values of a form by name (of a repeated one the last), and its files."""

    values: dict[str, str] = field(factory=dict)
    files: dict[str, FormFile] = field(factory=dict)


def _content_type(value: str) -> Message:
    message = Message()
    message["Content-Type"] = value or "application/octet-stream"
    return message


async def read_form(request: SandboxRequest, max_file_bytes: int = MAX_FILE_BYTES) -> Form:
    """Read the form of a request; no body is an empty form, another kind of body is refused."""
    content_type = _content_type(request.headers.get("content-type", ""))
    kind = content_type.get_content_type()
    if kind == MULTIPART:
        boundary = str(content_type.get_param("boundary", ""))
        return await _Multipart(request.chunks(), boundary, max_file_bytes).read()
    try:
        body = await request.read()
    except ValueError as error:
        raise RefusedError("EXCEEDS_FILE_MAX_SIZE", str(error)) from None
    if kind == URLENCODED:
        return Form(dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)))
    if not body:
        return Form()
    raise RefusedError("INVALID_DATA", f"Content-Type [{kind}] is not supported here.")


class _Multipart:
    """Takes a multipart body apart as it comes in, holding little more than a chunk of it."""

    def __init__(self, chunks: AsyncIterator[bytes], boundary: str, max_file_bytes: int) -> None:
        if not boundary:
            raise RefusedError("INVALID_DATA", "The multipart body names no boundary.")
        self._chunks = chunks
        self._delimiter = b"\r\n--" + boundary.encode("latin-1", "replace")
        self._max_file_bytes = max_file_bytes
        # The first delimiter has no line break before it; with one added all look the same.
        self._buffer = b"\r\n"

    async def read(self) -> Form:
        """Read all parts."""
        form = Form()
        await self._until(self._delimiter, _nowhere)
        while not await self._is_last():
            head = _Limited(_MAX_HEAD_BYTES)
            await self._until(b"\r\n\r\n", head.write)
            await self._part(form, bytes(head.data).strip(b"\r\n").decode("utf-8", "replace"))
        return form

    async def _part(self, form: Form, head: str) -> None:
        headers = HeaderParser().parsestr(re.sub(r"\r\n", "\n", head))
        name = str(headers.get_param("name", "", "content-disposition"))
        file_name = headers.get_filename()
        if file_name is None:
            value = _Limited(MAX_FORM_BYTES)
            await self._until(self._delimiter, value.write)
            form.values[name] = value.data.decode("utf-8", "replace")
            return
        content = SpooledContent(self._max_file_bytes)
        await self._until(self._delimiter, content.write)
        form.files[name] = FormFile(file_name, content, headers.get_content_type())

    async def _is_last(self) -> bool:
        while len(self._buffer) < 2:
            self._buffer += await self._more()
        return self._buffer.startswith(b"--")

    async def _until(self, mark: bytes, write: Write) -> None:
        """Pass on what stands before *mark*, and go on behind it."""
        while (place := self._buffer.find(mark)) < 0:
            # The beginning of the mark may be there already.
            safe = max(0, len(self._buffer) - len(mark) + 1)
            await write(self._buffer[:safe])
            self._buffer = self._buffer[safe:] + await self._more()
        await write(self._buffer[:place])
        self._buffer = self._buffer[place + len(mark) :]

    async def _more(self) -> bytes:
        chunk = await anext(self._chunks, None)
        if chunk is None:
            raise RefusedError("INVALID_DATA", "The multipart body ends before its last boundary.")
        return chunk


class _Limited:
    """Collects bytes, but no more than a form may hold."""

    def __init__(self, max_bytes: int) -> None:
        self.data = bytearray()
        self._max_bytes = max_bytes

    async def write(self, block: bytes) -> None:
        """Take a block, or refuse."""
        self.data += block
        if len(self.data) > self._max_bytes:
            raise RefusedError(
                "EXCEEDS_FILE_MAX_SIZE", f"the form is larger than {self._max_bytes} bytes"
            )


async def _nowhere(_: bytes) -> None:
    """What stands before the first part belongs to nobody."""
