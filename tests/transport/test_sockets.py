"""How connections come about: names and addresses, TLS, and what is left of those that do not."""

from __future__ import annotations

import asyncio
import socket
import ssl

import httpx
import pytest

from tests.faults.tools.certificates import client_tls, server_tls
from tests.faults.tools.leftovers import counts_files, nothing_left_open
from tests.transport.wired import cancelled_at_every_step, echo, wired
from vaultio.sandbox.raw import RawRequest, RawServer, reply
from vaultio.transport.connections import connecting
from vaultio.transport.connections.pool import Wire
from vaultio.transport.wire import is_hopeless, was_not_sent


async def test_calls_over_tls_share_a_connection() -> None:
    """As those over plain HTTP do, though TLS has messages of its own behind an answer."""
    async with RawServer(echo, server_tls()) as server, wired(Wire(client_tls())) as client:
        found = [(await client.get(f"{server.url}/{n}")).text for n in range(5)]
    assert (found, server.connections) == ([f"/{n}" for n in range(5)], 1)


async def test_large_bodies_over_tls_arrive_whole_both_ways() -> None:
    """Megabytes are cut into records and put together again."""
    large = bytes(range(256)) * 20_000

    def react(request: RawRequest) -> bytes:
        return reply(request.body)

    async with RawServer(react, server_tls()) as server, wired(Wire(client_tls())) as client:
        found = [(await client.post(server.url, content=large)).content for _ in range(2)]
    assert (found, server.connections) == ([large, large], 1)


@pytest.mark.parametrize("names", [["another.example"], None])
async def test_a_certificate_that_is_not_trusted_is_hopeless(names: list[str] | None) -> None:
    """One for another host, or of an authority that nobody knows."""
    context = client_tls() if names else ssl.create_default_context()
    async with RawServer(echo, server_tls(*(names or []))) as server:
        async with wired(Wire(context)) as client:
            with pytest.raises(httpx.ConnectError) as caught:
                await client.get(server.url)
    assert (is_hopeless(caught.value), was_not_sent(caught.value)) == (True, True)


async def test_the_server_is_told_the_name_and_the_protocol() -> None:
    """What TLS asks for is the host of the address, and HTTP/1.1."""
    context, names = server_tls(), list[str]()
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.sni_callback = lambda _, name, __: names.append(name)
    async with RawServer(echo, context) as server, wired(Wire(client_tls())) as client:
        assert (await client.get(server.url)).http_version == "HTTP/1.1"
    assert names == ["localhost"]


async def test_a_handshake_that_stands_still_ends_in_time() -> None:
    """The time to connect counts TLS in."""
    async with RawServer(echo) as plain, wired(Wire(client_tls())) as client:
        address = plain.url.replace("http:", "https:")
        with pytest.raises(httpx.ConnectTimeout):
            await client.get(address, timeout=httpx.Timeout(None, connect=0.2))


async def test_a_body_that_ends_without_tls_saying_so_is_not_whole() -> None:
    """Where nothing else tells its length, anybody on the way could have cut it."""

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nhalf")
        await asyncio.sleep(0.05)
        writer.transport.abort()

    server = await asyncio.start_server(cut, "127.0.0.1", 0, ssl=server_tls())
    async with server, wired(Wire(client_tls())) as client:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(httpx.ReadError, match="EOF"):
            await client.get(f"https://localhost:{port}/")


@counts_files
async def test_a_connection_cancelled_at_any_step_of_its_making_is_closed() -> None:
    """While the name is looked up, while it connects, while TLS shakes hands, right after."""
    async with nothing_left_open(), RawServer(echo, server_tls()) as server:
        wire = Wire(client_tls(), max_connections=1, keepalive_s=1e-9)
        async with wired(wire) as client:
            address = server.url.replace("localhost", "127.0.0.1")
            sni = {"sni_hostname": "localhost"}
            await cancelled_at_every_step(
                lambda: client.get(address, extensions=sni),
                60,
                lambda: client.get(address, extensions=sni),
            )


@pytest.mark.alone
@counts_files
async def test_closing_ends_a_handshake() -> None:
    """A call that is still connecting fails when the wire is closed."""
    async with nothing_left_open(), RawServer(echo) as plain:
        wire = Wire(client_tls())
        async with httpx.AsyncClient(transport=wire, timeout=None) as client:
            call = asyncio.create_task(client.get(plain.url.replace("http:", "https:")))
            await asyncio.sleep(0.1)
            await wire.aclose()
            with pytest.raises(httpx.ConnectError):
                await call


async def test_nobody_listens() -> None:
    """A refused connection is an error of connecting: nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with wired() as client:
        with pytest.raises(httpx.ConnectError, match="refused") as caught:
            await client.get(f"http://127.0.0.1:{port}/")
    assert not is_hopeless(caught.value)


async def test_the_first_address_that_answers_wins() -> None:
    """One that refuses or is silent does not keep the others from being tried."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        refused = listener.getsockname()
    # Documentation's own network: nobody answers there.
    silent = ("192.0.2.1", 9)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        alive = listener.getsockname()
        addresses = [(socket.AF_INET, where) for where in (refused, silent, alive)]
        with await connecting._first(addresses) as sock:
            assert sock.getpeername() == alive


async def test_addresses_of_both_families_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network without IPv6 costs one attempt, not one for each address."""
    four, six = socket.AF_INET, socket.AF_INET6

    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(family, 1, 6, "", (name, 80)) for family, name in found]

    found = [(six, "a"), (six, "b"), (six, "c"), (four, "d")]
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    addresses = await connecting._addresses("vault.example", 80)
    assert [where for _, where in addresses] == [(name, 80) for name in "adbc"]


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
async def test_an_address_of_ipv6() -> None:
    """A host may be given by number, in brackets."""
    server = await asyncio.start_server(answer_once, "::1", 0)
    async with server, wired() as client:
        port = server.sockets[0].getsockname()[1]
        assert (await client.get(f"http://[::1]:{port}/")).text == "six"


async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request and close."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(reply(b"six"))
    writer.close()
