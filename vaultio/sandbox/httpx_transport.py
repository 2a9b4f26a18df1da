"""An httpx transport that calls a sandbox in process and passes on chunk by chunk.

Unlike httpx's own in-process transports it holds nothing back: the sandbox makes a chunk when the
client asks for one, and an upload is read as the sandbox asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx

from vaultio.sandbox.failures import ConnectionCutError
from vaultio.sandbox.wire import Headers, SandboxReply, SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox


class SandboxTransport(httpx.AsyncBaseTransport):
    """The way of httpx to a sandbox: ``httpx.AsyncClient(transport=sandbox.transport())``.

    *open_streams* counts replies whose body nobody has closed yet, *closed* says whether the
    client has closed the transport. A read timeout of httpx holds for the sandbox's waiting too.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.open_streams = 0
        self.closed = False

    @property
    def bytes_produced(self) -> int:
        """Bytes of bodies that the sandbox has made so far, for all its clients."""
        return self.sandbox.bytes_produced

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request to the sandbox."""
        timeout_s = request.extensions.get("timeout", {}).get("read")
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        stream = request.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            raise TypeError("the sandbox needs a request with an asynchronous body")
        body = aiter(stream)
        incoming = SandboxRequest(
            method=request.method,
            path=path,
            query=query,
            headers=Headers(request.headers.items()),
            body=body,
            scheme=request.url.scheme,
        )
        try:
            async with asyncio.timeout(timeout_s):
                reply = await self.sandbox.handle(incoming)
        except TimeoutError as error:
            raise httpx.ReadTimeout(
                "the sandbox did not answer in time", request=request
            ) from error
        except ConnectionCutError as error:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from error
        await _drain(body)
        return httpx.Response(
            reply.status,
            headers=list(reply.headers.items()),
            stream=_ReplyStream(self, reply, request, timeout_s),
            extensions={"http_version": b"HTTP/1.1"},
        )

    async def aclose(self) -> None:
        """Note that the client is done."""
        self.closed = True


async def _drain(body: AsyncIterator[bytes]) -> None:
    # A server that answers before it has read everything still gets the rest sent.
    async for _ in body:
        pass


class _ReplyStream(httpx.AsyncByteStream):
    """The body of a reply, one chunk at a time."""

    def __init__(
        self,
        transport: SandboxTransport,
        reply: SandboxReply,
        request: httpx.Request,
        timeout_s: float | None,
    ) -> None:
        self._transport = transport
        self._reply = reply
        self._chunks = reply.chunks()
        self._request = request
        self._timeout_s = timeout_s
        self._open = True
        transport.open_streams += 1

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            try:
                async with asyncio.timeout(self._timeout_s):
                    chunk = await anext(self._chunks, None)
            except TimeoutError as error:
                raise httpx.ReadTimeout("the body stalled", request=self._request) from error
            except ConnectionCutError as error:
                raise self._cut(error) from error
            if chunk is None:
                return
            yield chunk

    def _cut(self, error: ConnectionCutError) -> httpx.RemoteProtocolError:
        how = (
            "incomplete chunked read"
            if error.declared is None
            else f"received {error.sent} bytes, expected {error.declared}"
        )
        return httpx.RemoteProtocolError(
            f"peer closed connection without sending complete message body ({how})",
            request=self._request,
        )

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            self._transport.open_streams -= 1
            await self._chunks.aclose()
            await self._reply.aclose()
