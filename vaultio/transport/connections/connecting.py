"""How a connection comes about: names, addresses, TLS. What is cancelled leaves no socket open."""

from __future__ import annotations

import os
import socket
import ssl
from itertools import chain, zip_longest
from typing import TypeAlias

import anyio
import httpx

from vaultio.transport.connections.sockets import Socket

# RFC 8305: how long the next address waits for the one before it.
_HEAD_START_S = 0.25
_Address: TypeAlias = tuple[socket.AddressFamily, object]


async def connect(host: str, port: int, tls: ssl.SSLContext | None, server_name: str) -> Socket:
    """Connect to whichever address of *host* answers first, and shake hands if *tls* is given.

    Raises `httpx.ConnectError`; its cause is the system's error, or TLS's.
    """
    try:
        addresses = await _addresses(host, port)
        sock = await _first(addresses)
    except OSError as error:
        raise httpx.ConnectError(str(error)) from error
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Socket(sock if tls is None else await _shake_hands(sock, tls, server_name))
    except OSError as error:
        sock.close()
        raise httpx.ConnectError(str(error)) from error
    except BaseException:
        sock.close()
        raise


async def _addresses(host: str, port: int) -> list[_Address]:
    """Look a name up: addresses of both families in turns, the system's favourite first."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    families = {family: list[_Address]() for family, *_ in found}
    for family, _, _, _, address in found:
        families[family].append((family, address))
    return [one for one in chain(*zip_longest(*families.values())) if one is not None]


async def _first(addresses: list[_Address]) -> socket.socket:
    """Try one address after the other, each with a head start; the first that answers wins."""
    if len(addresses) == 1:
        return await _open(addresses[0])
    opened, errors = list[socket.socket](), list[OSError]()

    async def attempt(address: _Address, gave_up: anyio.Event) -> None:
        try:
            opened.append(await _open(address))
        except OSError as error:
            errors.append(error)
            gave_up.set()
        else:
            tasks.cancel_scope.cancel()

    try:
        async with anyio.create_task_group() as tasks:
            for address in addresses:
                gave_up = anyio.Event()
                tasks.start_soon(attempt, address, gave_up)
                with anyio.move_on_after(_HEAD_START_S):
                    await gave_up.wait()
    except BaseException:
        _close_all(opened)
        raise
    if not opened:
        raise OSError("; ".join(dict.fromkeys(map(str, errors))) or "no address") from errors[0]
    _close_all(opened[1:])
    return opened[0]


def _close_all(socks: list[socket.socket]) -> None:
    for sock in socks:
        sock.close()


async def _open(address: _Address) -> socket.socket:
    """Connect to one address."""
    family, where = address
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        try:
            sock.connect(where)  # type: ignore[arg-type] # as getaddrinfo gave it
        except BlockingIOError:
            await anyio.wait_writable(sock)
            failed = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if failed:
                raise OSError(failed, f"{os.strerror(failed)} ({where!r})") from None
    except BaseException:
        sock.close()
        raise
    return sock


async def _shake_hands(
    sock: socket.socket, context: ssl.SSLContext, server_name: str
) -> ssl.SSLSocket:
    """Turn a connected socket into one of TLS; takes *sock* over and closes it on failure."""
    tls = context.wrap_socket(
        sock,
        server_hostname=server_name,
        do_handshake_on_connect=False,
        suppress_ragged_eofs=False,  # an end without TLS's goodbye may be anybody's cut
    )
    try:
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                await anyio.wait_readable(tls)
            except ssl.SSLWantWriteError:
                await anyio.wait_writable(tls)
            else:
                return tls
    except BaseException:
        tls.close()
        raise
