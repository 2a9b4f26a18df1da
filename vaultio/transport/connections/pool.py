"""The pool: connections that are free lie on a stack, and every step costs the same with 10,000."""

from __future__ import annotations

import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

import anyio
import httpcore
import httpx

from vaultio.transport.connections.bodies import ParsedBody, SizedBody
from vaultio.transport.connections.connecting import connect
from vaultio.transport.connections.messages import Exchange
from vaultio.transport.connections.sockets import Socket
from vaultio.transport.wire import default_context, is_replaced

KEEPALIVE_S = 15.0
"""How long a free connection is kept; servers and what stands before them keep theirs longer."""
MAX_CONNECTIONS = 100

_PORTS = {"http": 80, "https": 443}
_Origin: TypeAlias = tuple[str, str, int, str]  # scheme, host, port, the name that TLS asks for


def _is_mocked() -> bool:
    """Whether other code stands in the place of a function of httpx's or httpcore's own."""
    return (
        is_replaced(httpx.AsyncHTTPTransport.handle_async_request)
        or is_replaced(httpcore.AsyncConnectionPool.handle_async_request)
        or is_replaced(httpcore.AsyncHTTPConnection.handle_async_request)
    )


class Wire(httpx.AsyncBaseTransport):
    """An httpx transport for many calls and large bodies; it goes to the server, past proxies.

    *max_connections* are open at once at most, whoever comes then waits (for the ``pool`` time
    of `httpx.Timeout`); a connection that was free for *keepalive_s* seconds is not used again.
    One that was cancelled, or that holds anything that nobody asked for, never is.

    The answers' extension ``readinto`` is a coroutine function that puts the next bytes of the
    body, as they came, into a `memoryview` and returns how many, 0 at the end: no copies.
    ``closes_at_once`` says that their closing never waits; ``spoil`` is a function after which
    the connection will not be used again.

    Where other code has replaced the functions of httpx's own transport, as mocks, recorders and
    tracers do, requests go through that transport, so that they see what they are there to see.
    """

    def __init__(
        self,
        ssl_context: ssl.SSLContext | None = None,
        *,
        max_connections: int = MAX_CONNECTIONS,
        keepalive_s: float = KEEPALIVE_S,
    ) -> None:
        self._context = ssl_context
        self._keepalive_s = keepalive_s
        self._slots = anyio.Semaphore(max_connections, fast_acquire=True)
        self._idle: dict[_Origin, deque[tuple[float, Socket]]] = {}
        self._busy: set[Socket] = set()
        self._connecting: set[anyio.CancelScope] = set()
        self._stock: httpx.AsyncHTTPTransport | None = None
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; returns when the answer's head is in. Errors are httpx's."""
        if _is_mocked():
            return await self._through_stock(request)
        origin = _origin(request)
        await self._admit(request)
        try:
            sock = self._pop(origin) or await self._connected(origin, request)
        except BaseException:
            self._slots.release()
            raise
        try:
            exchange = Exchange(sock, request)
            await exchange.send()
            head, body = await exchange.receive()
        except BaseException:
            self._drop(sock)
            raise
        stream = _Stream(body, lambda spoilt: self._done(origin, sock, body, spoilt=spoilt))
        return httpx.Response(
            head.status,
            headers=head.fields,
            stream=stream,
            extensions={
                "http_version": b"HTTP/" + head.version,
                "reason_phrase": head.reason,
                "readinto": body.receive_into,
                "closes_at_once": True,
                "spoil": stream.spoil,
            },
        )

    async def aclose(self) -> None:
        """Close all connections; calls under way fail."""
        self._closed = True
        for stack in self._idle.values():
            while stack:
                stack.pop()[1].close()
        for sock in self._busy:
            sock.cut()
        for scope in self._connecting:
            scope.cancel()
        if self._stock is not None:
            await self._stock.aclose()

    async def _admit(self, request: httpx.Request) -> None:
        """Wait until one more connection may be open."""
        if self._slots.value:
            self._slots.acquire_nowait()
            return
        timeout_s = request.extensions.get("timeout", {}).get("pool")
        try:
            with anyio.fail_after(timeout_s):
                await self._slots.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout(f"no connection was free for {timeout_s:g} s") from error

    def _pop(self, origin: _Origin) -> Socket | None:
        """Take the connection that was used last, if it is still good."""
        stack = self._idle.get(origin)
        while stack:
            expires, sock = stack.pop()
            if expires > time.monotonic() and not sock.is_readable:
                self._busy.add(sock)
                return sock
            sock.close()
        return None

    async def _connected(self, origin: _Origin, request: httpx.Request) -> Socket:
        scheme, host, port, server_name = origin
        context = self._tls() if scheme == "https" else None
        timeout_s = request.extensions.get("timeout", {}).get("connect")
        try:
            with anyio.fail_after(timeout_s) as scope:
                self._connecting.add(scope)
                sock = await connect(host, port, context, server_name)
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"not connected within {timeout_s:g} s") from error
        finally:
            self._connecting.discard(scope)
        if scope.cancelled_caught:
            raise httpx.ConnectError("the connections were closed")
        if self._closed:
            sock.close()
            raise httpx.ConnectError("the connections were closed")
        self._busy.add(sock)
        return sock

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = default_context()
        self._context.set_alpn_protocols(["http/1.1"])
        return self._context

    def _done(
        self, origin: _Origin, sock: Socket, body: SizedBody | ParsedBody, *, spoilt: bool
    ) -> None:
        """Put a connection back if its answer was read to the end and the server keeps it."""
        if self._closed or spoilt or not body.is_reusable:
            self._drop(sock)
            return
        now = time.monotonic()
        self._busy.discard(sock)
        stack = self._idle.setdefault(origin, deque())
        stack.append((now + self._keepalive_s, sock))
        if stack[0][0] <= now:
            stack.popleft()[1].close()
        self._slots.release()

    def _drop(self, sock: Socket) -> None:
        self._busy.discard(sock)
        sock.close()
        self._slots.release()

    async def _through_stock(self, request: httpx.Request) -> httpx.Response:
        if self._stock is None:
            self._stock = httpx.AsyncHTTPTransport(verify=self._tls())
        return await self._stock.handle_async_request(request)


def _origin(request: httpx.Request) -> _Origin:
    url = request.url
    port = _PORTS.get(url.scheme)
    if port is None:
        raise httpx.UnsupportedProtocol(f"{url.scheme or 'no scheme'}: only http and https")
    host = url.raw_host.decode("ascii")
    return url.scheme, host, url.port or port, request.extensions.get("sni_hostname") or host


class _Stream(httpx.AsyncByteStream):
    """A body on its way; closing it does not wait, and so cannot be cancelled."""

    def __init__(self, body: SizedBody | ParsedBody, done: Callable[[bool], None]) -> None:
        self._body = body
        self._done: Callable[[bool], None] | None = done
        self._spoilt = False

    def spoil(self) -> None:
        """Have the connection closed with this answer, however well it ends."""
        self._spoilt = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self._body.receive():
            yield chunk

    async def aclose(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(self._spoilt)
