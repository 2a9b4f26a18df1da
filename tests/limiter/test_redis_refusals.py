"""What a Redis server may answer but what was asked for: each is our own error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.limiter.redis_ledgers import exchanged, ledger, report
from tests.redis_server import RedisServer
from vaultio.errors import QuotaStoreError


def _full(server: RedisServer) -> None:
    server.command("CONFIG", "SET", "maxmemory", "1")


def _replica(server: RedisServer) -> None:
    server.command("REPLICAOF", "127.0.0.1", "1")


def _taken(server: RedisServer) -> None:
    server.command("SET", "vaultio:{a.veevavault.com}:books", "a text")


def _locked(server: RedisServer) -> None:
    server.command("CONFIG", "SET", "requirepass", "other")


def _forbidden(server: RedisServer) -> None:
    server.command("ACL", "SETUSER", "default", "-eval", "-evalsha")


def _half_allowed(server: RedisServer) -> None:
    server.command("ACL", "SETUSER", "default", "-hset")


def _younger(server: RedisServer) -> None:
    key = "vaultio:{a.veevavault.com}:books"
    server.command("EVAL", f"redis.call('HSET', '{key}', 'state', cmsgpack.pack({{}}))", "0")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (_full, "its memory is full"),
        (_replica, "it is a replica"),
        (_taken, "holds something else"),
        (_locked, "refused the login"),
        (_forbidden, "its user may not"),
        (_half_allowed, "its user may not"),
        (_younger, "another version of vaultio"),
    ],
)
async def test_a_refusal(
    redis_server: RedisServer, trouble: Callable[[RedisServer], None], said: str
) -> None:
    """Each is our own error with the reason and the server, and never an empty quota."""
    trouble(redis_server)
    url = redis_server.url.replace("//", "//:S3CRET@" if trouble is _locked else "//")

    with pytest.raises(QuotaStoreError, match=said) as caught:
        await exchanged(ledger(url), report())

    assert f"127.0.0.1:{redis_server.port}" in str(caught.value)
    assert "S3CRET" not in repr(caught.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"-LOADING Redis is loading the dataset in memory\r\n", "still loading"),
        (b"-MOVED 1234 127.0.0.1:1\r\n", "part of a cluster"),
        (b"-CLUSTERDOWN The cluster is down\r\n", "cluster is down"),
        (b"HTTP/1.1 400 Bad Request\r\n", "Protocol Error"),
        (b"", "onnection closed"),
    ],
)
async def test_an_odd_answer(answer: bytes, said: str) -> None:
    """What a server of one's own does not say at will, and what is no such server."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(QuotaStoreError, match=said):
            await exchanged(ledger(f"redis://127.0.0.1:{port}"), report())


async def test_a_server_that_never_answers() -> None:
    """The limiter gives up before its caller does."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with asyncio.timeout(30):
            with pytest.raises(QuotaStoreError, match="no answer within 2 s"):
                await exchanged(ledger(f"redis://127.0.0.1:{port}"), report())
