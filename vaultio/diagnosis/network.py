"""The way to a vault's server: its name, a connection, its certificate, its clock."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from urllib.request import getproxies

import anyio
from attrs import frozen

from vaultio.diagnosis.checks import Check, broken, skipped
from vaultio.transport.wire import default_context, is_proxied

STEP_S = 10.0
"""The longest that one step may take."""

FEW_DAYS, SKEW_S, LARGE_SKEW_S = 30, 30.0, 300.0
_DAY_S = 86_400.0
_LONGEST_HEAD = 65_536
_AUTHORITY = "if the authority is your company's, name its file in SSL_CERT_FILE"


@frozen
class Place:
    """Where calls go first: the vault, or the proxy that the environment names for it."""

    host: str
    port: int
    is_tls: bool
    is_proxy: bool

    @classmethod
    def of(cls, origin: str) -> Place:
        """Find out where the calls of ``https://host:port`` go."""
        url = urlsplit(origin)
        is_tls = url.scheme == "https"
        if is_proxied(origin):
            proxies = getproxies()
            proxy = urlsplit(proxies.get(url.scheme) or proxies.get("all") or "")
            return cls(proxy.hostname or "", proxy.port or 80, False, True)
        return cls(url.hostname or "", url.port or (443 if is_tls else 80), is_tls, False)

    def __str__(self) -> str:
        return f"{'the proxy ' if self.is_proxy else ''}{self.host}:{self.port}"


async def way_checks(origin: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[Check]:
    """Look at each step to the server of *origin*; *tls* in place of the usual context."""
    place = Place.of(origin)
    yield (name := await _name_check(place))
    if name.state != "ok":
        for later in ("tcp", "tls", "clock"):
            yield skipped(later, "the name was not found")
        return
    yield (connection := await _connection_check(place))
    if connection.state != "ok" or place.is_proxy:
        why = "calls go through a proxy" if place.is_proxy else "there is no connection"
        for later in ("tls", "clock"):
            yield skipped(later, why)
        return
    for check in await _server_checks(place, tls):
        yield check


async def _name_check(place: Place) -> Check:
    begun = time.monotonic()
    try:
        with anyio.fail_after(STEP_S):
            found = await anyio.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        advice = "check the address for typing errors, and this machine's DNS and VPN"
        return broken("dns", error, f"{place.host}: {advice}")
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    took = f"{(time.monotonic() - begun) * 1000:.0f} ms"
    return Check("dns", "ok", f"{place.host} is {', '.join(addresses[:4])} ({took})")


async def _connection_check(place: Place) -> Check:
    begun = time.monotonic()
    try:
        with anyio.fail_after(STEP_S):
            stream = await anyio.connect_tcp(place.host, place.port)
        await stream.aclose()
    except (OSError, TimeoutError) as error:
        advice = f"see whether a firewall or VPN keeps this machine from {place}"
        return broken("tcp", error, advice)
    took = f"{(time.monotonic() - begun) * 1000:.0f} ms"
    return Check("tcp", "ok", f"connected to {place} in {took}")


async def _server_checks(place: Place, tls: ssl.SSLContext | None) -> list[Check]:
    """Shake hands, and ask for one answer's head, which has the server's time in it."""
    context = (tls or default_context()) if place.is_tls else None
    try:
        with anyio.fail_after(STEP_S):
            reader, writer = await asyncio.open_connection(
                place.host, place.port, ssl=context, limit=_LONGEST_HEAD
            )
    except (OSError, TimeoutError) as error:
        return [_tls_failure(error), skipped("clock", "there is no connection")]
    try:
        first = _certificate_check(writer) if place.is_tls else Check("tls", "ok", _PLAIN)
        return [first, await _clock_check(place, reader, writer)]
    finally:
        writer.close()


_PLAIN = "none: plain http, which is for a sandbox on this machine alone"


def _tls_failure(error: Exception) -> Check:
    if isinstance(error, ssl.SSLCertVerificationError):
        said = f"the certificate is not trusted: {error.verify_message}"
        advice = f"see whether this is the vault, and this machine's clock; {_AUTHORITY}"
        return Check("tls", "fail", said, advice)
    return broken("tls", error, "see whether the server speaks TLS 1.2 or later there")


def _certificate_check(writer: asyncio.StreamWriter) -> Check:
    """Say until when the certificate is good; it is trusted, or there were no connection."""
    found: ssl.SSLObject = writer.get_extra_info("ssl_object")
    certificate = found.getpeercert() or {}
    end = str(certificate.get("notAfter", ""))
    if not end:
        return Check("tls", "ok", f"{found.version()}; the certificate has no end")
    days = int((ssl.cert_time_to_seconds(end) - time.time()) // _DAY_S)
    said = f"{found.version()}; the certificate is good for {days} more days ({end})"
    if days < FEW_DAYS:
        return Check("tls", "warn", said, "whoever runs the server should renew it soon")
    return Check("tls", "ok", said)


async def _clock_check(
    place: Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Check:
    """Hold this machine's clock against the ``Date`` of an answer, which is in whole seconds."""
    try:
        with anyio.fail_after(STEP_S):
            begun = time.time()
            lines = f"GET /api/ HTTP/1.1\r\nHost: {place.host}\r\nConnection: close\r\n\r\n"
            writer.write(lines.encode("ascii"))
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            ended = time.time()
    except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError) as error:
        return broken("clock", error, "see whether the address is a vault's")
    fields = (line.partition(":") for line in head.split("\r\n")[1:])
    date = next((value.strip() for name, _, value in fields if name.lower() == "date"), "")
    try:
        servers = parsedate_to_datetime(date).timestamp()
    except ValueError:
        return Check("clock", "warn", "the server does not tell the time", "look at it yourself")
    return _skew(begun, ended, servers)


def _skew(begun: float, ended: float, servers: float) -> Check:
    """Judge what was measured: the server's time is within a second, and within the call."""
    ahead = max(0.0, begun - servers - 1.0) or min(0.0, ended - servers)
    if abs(ahead) <= SKEW_S:
        return Check("clock", "ok", "this machine's time is the server's")
    said = f"this machine is {abs(ahead):,.0f} s {'ahead of' if ahead > 0 else 'behind'} the server"
    advice = "set the clock by NTP: certificates and logs go by it"
    return Check("clock", "fail" if abs(ahead) > LARGE_SKEW_S else "warn", said, advice)
