"""The HTTP library behind the road: how a client is made, and what its errors mean.

Nothing above this package knows which pool or library carries the bytes.
"""

from __future__ import annotations

import logging
import re
import ssl
from functools import cache
from importlib.metadata import version as installed_version
from ipaddress import ip_address
from types import FunctionType
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from vaultio.config import Config
from vaultio.errors import (
    ConnectionFailedError,
    ConnectionLostError,
    InvalidArgumentError,
    TransportError,
)

_HTTPX_LOG = logging.getLogger("httpx")
USER_AGENT = f"vaultio/{installed_version('vaultio')}"
_LOCAL_ENDINGS = (".localhost", ".local", ".test", ".internal", ".example")
_QUOTED = re.compile(r"\b(?:bytearray\()?b['\"].*", re.DOTALL)  # by h11; may be a login's answer
_BESIDE_THE_GATE = 8  # logins, and requests that need none
_NO_COMMON_TLS = frozenset(
    {
        "NO_PROTOCOLS_AVAILABLE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_VERSION_NUMBER",
    }
)
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)


def origin_of(base_url: str) -> str:
    """Read ``https://host[:port]`` from a vault's address, or raise `InvalidArgumentError`.

    A bare host gets ``https``; a trailing ``/`` or ``/api`` is dropped. Plain ``http`` would
    send the password in the clear and is for hosts of one's own machine or network alone.
    """
    if not isinstance(base_url, str) or not base_url.strip():
        raise InvalidArgumentError("the vault's address is empty")
    text = base_url.strip() if "://" in base_url else f"https://{base_url.strip()}"
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise InvalidArgumentError(f"{base_url!r} is not an address") from error
    host = url.hostname or ""
    if url.username is not None or url.password is not None:
        raise InvalidArgumentError("put no user name or password into the vault's address")
    if url.scheme not in {"http", "https"} or not host or any(c.isspace() for c in url.netloc):
        raise InvalidArgumentError(
            f"{base_url!r} is not an address like https://myvault.veevavault.com"
        )
    if url.path.rstrip("/") not in {"", "/api"} or url.query or url.fragment:
        raise InvalidArgumentError(f"{base_url!r} has more than a host: give https://{url.netloc}")
    if url.scheme == "http" and not _is_local(host):
        raise InvalidArgumentError(f"http://{host} would send the password in the clear: use https")
    try:
        _ = httpx.URL(text).host
    except (httpx.InvalidURL, UnicodeError) as error:
        raise InvalidArgumentError(f"{host!r} cannot be the name of a host") from error
    shown = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{shown}" + (f":{port}" if port is not None else "")


def _is_local(host: str) -> bool:
    """Whether a host can only be one's own: loopback, a name without dots, a reserved ending."""
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, and 127.example.com is one too
        return "." not in host or host.endswith(_LOCAL_ENDINGS)


class _NoCookies(httpx.Cookies):
    """Takes no cookie, and does not even look for any: that costs as much as to read an answer."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Take nothing."""


class _Client(httpx.AsyncClient):
    """A client without cookies, and on our own connections without detours.

    What httpx does around a request on its way to the transport is for credentials, redirects
    and hooks that this client has none of, and costs more than what the transport does.
    """

    def __init__(self, *, direct: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self._direct = direct

    async def send(
        self, request: httpx.Request, *, stream: bool = False, **how: Any
    ) -> httpx.Response:
        """Send a request as httpx does, or the short way if nobody could tell."""
        long = not self._direct or how or self.is_closed or is_replaced(httpx.AsyncClient.send)
        if long or not stream:
            return await super().send(request, stream=stream, **how)
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.RequestError as error:
            if error._request is None:
                error.request = request
            raise
        response.request = request
        _HTTPX_LOG.info(
            'HTTP Request: %s %s "%s %d %s"',
            request.method,
            request.url,
            response.http_version,
            response.status_code,
            response.reason_phrase,
        )
        return response

    @property
    def cookies(self) -> httpx.Cookies:
        """The empty jar."""
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        raise NotImplementedError


_NO_COOKIES = _NoCookies()


class Lent(httpx.AsyncBaseTransport):
    """A transport that belongs to somebody else, who closes it."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request by it."""
        return await self._transport.handle_async_request(request)


def open_client(
    config: Config, transport: httpx.AsyncBaseTransport | None, origin: str
) -> httpx.AsyncClient:
    """Make the HTTP client: no cookies, no redirects, no times of its own but to connect.

    Without a *transport* it is our own, `connections.Wire`; where the environment names a proxy
    for *origin* (``HTTPS_PROXY`` and its like, ``NO_PROXY``) it is httpx's, which knows proxies.
    It takes more connections than the gate lets in: logins do not go through there.
    """
    most = config.concurrency + _BESIDE_THE_GATE
    tls = config.ssl_context
    if transport is None and tls is None:
        unverified = config.dangerously_unverified_tls
        tls = _unverified_context() if unverified else default_context()
    direct = transport is None and not is_proxied(origin)
    if direct:
        # Imported at need: who brings a transport has no use for it.
        from vaultio.transport.connections import Wire

        transport = Wire(tls, max_connections=most)
    return _Client(
        direct=direct,
        transport=transport,
        verify=True if tls is None else tls,
        follow_redirects=False,
        timeout=httpx.Timeout(None, connect=config.connect_timeout_s),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=most),
    )


@cache
def default_context() -> ssl.SSLContext:
    """Return the process's one TLS context: the system's authorities. To make one takes 40 ms."""
    return ssl.create_default_context()


def _unverified_context() -> ssl.SSLContext:
    """Make a context that believes everybody; the protocol is as new as that of others."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def is_proxied(origin: str) -> bool:
    """Whether the environment has a proxy for *origin*, as httpx reads it.

    In doubt it has: httpx then looks for itself.
    """
    url = urlsplit(origin)
    proxies = getproxies()
    if not (proxies.get(url.scheme) or proxies.get("all")):
        return False
    host = (url.hostname or "").lower()
    spared = [name.strip().lower() for name in proxies.get("no", "").split(",")]
    return not any(_spares(name, host) for name in spared)


def _spares(name: str, host: str) -> bool:
    """Whether an entry of ``NO_PROXY`` stands for *host*: it, a domain that it is in, or all."""
    if name == "*":
        return True
    if name.startswith("."):
        return host.endswith(name)
    return bool(name) and (host == name or host.endswith("." + name))


def is_replaced(function: object) -> bool:
    """Whether other code, as mocks and tracers are, stands in the place of a function of httpx's.

    Not by comparison with what it was when this was imported: it may have been there before.
    """
    return type(function) is not FunctionType or not function.__globals__["__name__"].startswith(
        ("httpx.", "httpcore.")
    )


def closes_at_once(response: httpx.Response) -> bool:
    """Whether to close an answer takes no waiting, so that no task can be cancelled in it."""
    return "closes_at_once" in response.extensions


def was_not_sent(error: httpx.RequestError) -> bool:
    """Whether it is certain that nothing of the request reached the server."""
    return isinstance(error, _NOT_SENT)


def translated(
    error: httpx.RequestError, request: str, reference_id: str, host: str
) -> TransportError:
    """Say in our words what the HTTP library ran into; names the *host*, never a secret."""
    reason = _QUOTED.sub("…", str(error)) or type(error).__name__
    if was_not_sent(error):
        return ConnectionFailedError(
            f"no connection to {host}: {reason}", request=request, reference_id=reference_id
        )
    return ConnectionLostError(
        f"the connection to {host} ended before the answer did: {reason}",
        request=request,
        reference_id=reference_id,
    )


def is_hopeless(error: BaseException) -> bool:
    """Whether trying to connect again cannot help.

    A certificate is not trusted, or the server speaks no TLS, or none that is new enough.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError | httpx.UnsupportedProtocol):
            return True
        if isinstance(seen, ssl.SSLError) and seen.reason in _NO_COMMON_TLS:
            return True
        seen = seen.__cause__ or seen.__context__
    return False
