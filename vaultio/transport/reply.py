"""An answer whose headers are in and whose body still comes."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from html import escape
from typing import cast
from urllib.parse import quote, quote_plus

import httpx

from vaultio.credentials import Secret
from vaultio.errors import ConnectionLostError, NotVaultError, TransportError
from vaultio.protocol.xml import XML_TYPES
from vaultio.transport.wire import translated

ReadInto = Callable[[memoryview], Awaitable[int]]
JSON_TYPES = frozenset({"application/json", "text/json"})
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", *XML_TYPES})
_GZIP = {"gzip", "x-gzip"}
_GZIP_MAGIC = b"\x1f"
_BLOCK = 64 * 1024
_WAYS_TO_WRITE: tuple[Callable[[str], str], ...] = (str, escape, quote, quote_plus)
"""A text as it is, in a page, in an address, in a form: for most secrets these are the same."""
_SHORTEST_SECRET = 16  # Vault's have 64 characters and more; a short word may stand anywhere


class Reply:
    """An answer on its way: headers, and a body to be read once, piece by piece.

    `headers` has the names in lower case; `length` is the body's length in bytes as `chunks`
    delivers it, or None where it is not known.
    """

    def __init__(
        self,
        response: httpx.Response,
        request: str,
        reference_id: str,
        *,
        confidential: bool = False,
    ) -> None:
        """Take a response; the body of a *confidential* one is never quoted in an error."""
        self._response = response
        # A transport may have read and decoded the body already, as mocks do.
        self._read = response.content if response.is_stream_consumed else None
        self._body = cast(httpx.AsyncByteStream, response.stream)
        self.received = len(self._read or b"")
        """Bytes of the body that came over the wire so far."""

        self.confidential = confidential
        self.request = request
        self.reference_id = reference_id
        self.status = response.status_code
        self.headers = _as_mapping(response.headers)

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; "" if there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def encoding(self) -> str:
        """The content encoding in lower case; "" for none."""
        return self.headers["content-encoding"].strip().lower() if self._is_encoded else ""

    @property
    def _is_encoded(self) -> bool:
        return self.headers.get("content-encoding", "").strip().lower() not in {"", "identity"}

    @property
    def length(self) -> int | None:
        """The length that the server announced, if the body comes as it is."""
        text = self.headers.get("content-length", "")
        chunked = "chunked" in self.headers.get("transfer-encoding", "").lower()
        return int(text) if text.isdecimal() and not self._is_encoded and not chunked else None

    @property
    def is_file(self) -> bool:
        """Whether the body is bytes that were asked for, not an envelope or a proxy's page.

        Files of JSON, HTML, XML and text come with a Content-Disposition; failures and pages
        do not.
        """
        said = self.headers.get("x-vaultapi-status", "").upper()
        if self.status not in {200, 206} or said in {"FAILURE", "EXCEPTION"}:
            return False
        if self.headers.get("content-disposition"):
            return True
        return self.media_type not in JSON_TYPES | _PAGE_TYPES | {""}

    @property
    def readinto(self) -> ReadInto | None:
        """Put the next bytes of the body where one is told, and return how many; 0 is its end.

        In place of `chunks`, for a body that comes as it is, where the connection can; else None.
        """
        offered = self._response.extensions.get("readinto")
        return None if offered is None or self._read is not None or self.encoding else self._into

    def spoil(self) -> None:
        """Have the connection not used again, where the transport can be told so."""
        self._response.extensions.get("spoil", _nothing)()

    async def _into(self, buffer: memoryview) -> int:
        try:
            count = int(await self._response.extensions["readinto"](buffer))
        except httpx.RequestError as error:
            raise self._translated(error) from error
        self.received += count
        return count

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Deliver the body, decoded; a body that is cut is a `ConnectionLostError`."""
        # Closed by us: a generator that is only dropped would be closed by the loop, later.
        async with aclosing(self._raw()) as raw:
            if self._read is not None or not self.encoding:
                async for chunk in raw:
                    yield chunk
                return
            async with aclosing(self._decoded(raw)) as decoded:
                async for chunk in decoded:
                    yield chunk

    async def read(self, max_bytes: int) -> bytes:
        """Read a body that is small by nature; one beyond *max_bytes* is a `NotVaultError`."""
        length, readinto = self.length, self.readinto
        if length is not None and length > max_bytes:
            raise self._too_large(max_bytes)  # no byte of it has to come
        if readinto is not None and length is not None:
            return self._censored(await self._filled(readinto, length))
        body = bytearray()
        async with aclosing(self.chunks()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > max_bytes:
                    body.clear()  # the error's traceback would keep it
                    raise self._too_large(max_bytes)
        return self._censored(bytes(body))

    async def _filled(self, readinto: ReadInto, length: int) -> bytes:
        """Read a body of known length into one place: without a generator for each of its ways."""
        body, filled = bytearray(length), 0
        view = memoryview(body)
        while filled < length:
            count = await readinto(view[filled:])
            if not count:
                raise self._lost(f"the body ended after {filled} of {length} bytes")
            filled += count
        return bytes(body)

    def _too_large(self, max_bytes: int) -> NotVaultError:
        return NotVaultError(
            f"the answer is larger than {max_bytes} bytes: raise Config.max_json_bytes if that "
            f"is meant",
            request=self.request,
            reference_id=self.reference_id,
            http_status=self.status,
        )

    def _censored(self, body: bytes) -> bytes:
        """Blot out the credential of the request, which proxies repeat on their error pages.

        Here, before anybody sees it: errors, and the frames they pass, would show it.
        """
        header = self._response.request.headers.get("authorization", "")
        secret = Secret(header.rpartition(" ")[2])
        del header
        if len(secret.reveal()) < _SHORTEST_SECRET:
            return body
        for written in {write(secret.reveal()) for write in _WAYS_TO_WRITE}:
            body = body.replace(written.encode(), b"***")
        return body

    async def _raw(self) -> AsyncGenerator[bytes, None]:
        """Deliver the body as it comes, and count: some transports do not notice a short one."""
        if self._read is not None:
            yield self._read
        announced = self.length
        try:
            if self._read is None:
                # Not `aiter_raw`, which closes at the end by itself and leaks if cancelled there.
                async for chunk in self._body:
                    self.received += len(chunk)
                    yield chunk
        except httpx.RequestError as error:
            raise self._translated(error) from error
        if announced is not None and self.received < announced:
            raise self._lost(f"the body ended after {self.received} of {announced} bytes")

    async def _decoded(self, raw: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        """Undo gzip or deflate in small blocks, so that a bomb meets its cap early."""
        if self.encoding not in {*_GZIP, "deflate"}:
            raise NotVaultError(
                f"the answer comes with the encoding {self.encoding!r}, which was not asked for",
                request=self.request,
                reference_id=self.reference_id,
            )
        kind = 31 if self.encoding in _GZIP else 15
        decoder = zlib.decompressobj(kind)
        try:
            async for chunk in raw:
                data = chunk
                while data:
                    if decoder.eof:
                        if not data.startswith(_GZIP_MAGIC):
                            break  # padding
                        decoder = zlib.decompressobj(kind)  # gzip may come in several members
                    yield decoder.decompress(data, _BLOCK)
                    data = decoder.unconsumed_tail or decoder.unused_data
        except zlib.error as error:
            raise self._lost("the compressed body is damaged") from error
        if not decoder.eof:
            raise self._lost("the compressed body ends too early")

    def _translated(self, error: httpx.RequestError) -> TransportError:
        host = self._response.request.url.host
        return translated(error, self.request, self.reference_id, host)

    def _lost(self, what: str) -> ConnectionLostError:
        return ConnectionLostError(what, request=self.request, reference_id=self.reference_id)


def _as_mapping(headers: httpx.Headers) -> Mapping[str, str]:
    """Read headers once, names in lower case: httpx decodes them all anew at each look at one."""
    raw = headers.raw
    try:
        found = {name.decode("ascii").lower(): value.decode("ascii") for name, value in raw}
    except UnicodeDecodeError:
        found = {}
    # Several of one name, or letters of other lands: httpx knows what to make of them.
    return found if len(found) == len(raw) else dict(headers.items())


def _nothing() -> None:
    """Do what transports do that know of no such thing."""
