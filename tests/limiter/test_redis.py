"""Quotas on a Redis server: ways to it, its troubles, its clock."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import warnings

import pytest
from attrs import evolve

from tests.layers import ROOT
from tests.limiter.redis_ledgers import RULES, exchanged, ledger, report
from tests.redis_server import RedisServer, needs
from vaultio.errors import InvalidArgumentError, QuotaStoreError
from vaultio.limiter import Limiter, Quota, Rules, open_store
from vaultio.limiter.stores import usages
from vaultio.protocol.quota_headers import QuotaReading

NOW_US = 1_790_000_000_000_000


@pytest.mark.parametrize("program", ["redis-server", "valkey-server"])
@pytest.mark.parametrize("scheme", ["redis", "valkey", "unix"])
async def test_each_kind_of_address_leads_to_the_server(program: str, scheme: str) -> None:
    """By a port or a file, from a limiter that knows nothing but a text."""
    with RedisServer(needs(program)) as server:
        url = server.socket_url if scheme == "unix" else server.url.replace("redis", scheme)
        limiter = Limiter(store=url)
        limiter.serve("b.veevavault.com")

        await (await limiter.acquire()).settle(QuotaReading())
        await limiter.aclose()

        used = (await usages(server.url))["b.veevavault.com"].quotas
    assert [quota.used for quota in used] == [1, 1]


async def test_books_of_several_vaults(redis_server: RedisServer) -> None:
    """Each has its own, in one key that goes away a while after the longest window."""
    await exchanged(ledger(redis_server.url), report(bulk=0, held=3))
    await exchanged(ledger(redis_server.url, "b:8443"), report(bulk=0, held=1, waiting=(1, 7)))
    redis_server.command("SET", "something", "else")

    found = await usages(redis_server.url)

    assert [found[name].quotas[0].used for name in sorted(found)] == [3, 1]
    assert found["b:8443"].bulk_waiting == 7
    assert "vaultio:{b:8443}:books" in redis_server.command("KEYS", "*b:8443*")
    lives_ms = int(redis_server.command("PTTL", "vaultio:{b:8443}:books")[1:])
    assert 24 * 3_600_000 < lives_ms < 26 * 3_600_000


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:pa/S3CRET@host:6379/0",
        "redis://:S3CRET@host:70000/0",
        "redis://:S3CRET@host/0?no_such_setting=1",
        "redis://:S3CRET@host/0?db=x",
        "redis://:S3CRET@host/0?share=0",
    ],
)
def test_an_address_that_cannot_be_meant(url: str) -> None:
    """It is refused before anything is sent, without a word of the password."""
    with pytest.raises(InvalidArgumentError) as caught:
        open_store(url)

    assert "S3CRET" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how it is installed."""
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)

    with pytest.raises(QuotaStoreError, match=r'pip install "vaultio\[redis\]"'):
        open_store("redis://localhost")


async def test_the_least_that_a_user_must_be_allowed(redis_server: RedisServer) -> None:
    """As the README has it."""
    rights = "on >S3CRET ~vaultio:* +eval +evalsha +hget +hmget +hset +hdel +pexpire +time +scan"
    redis_server.command("ACL", "SETUSER", "ana", *rights.split())
    url = redis_server.url.replace("//", "//ana:S3CRET@")

    # Cells are read, written and let go of.
    ages = tuple((age_s, 1) for age_s in (70.0, 59.0, 30.0, 0.0))
    await exchanged(ledger(url), report(answered=ages), report(2, answered=ages))

    assert (await usages(url))["a.veevavault.com"].quotas[0].used > 0


async def test_a_connection_that_went_stale(redis_server: RedisServer) -> None:
    """The next exchange uses another one, also with a server that lost the script."""
    books = ledger(redis_server.url)
    await books.exchange(report())
    redis_server.command("CLIENT", "KILL", "TYPE", "normal")
    redis_server.command("SCRIPT", "FLUSH")

    grant = await exchanged(books, report(2))

    assert grant.number == 2


def test_another_event_loop_connects_anew(redis_server: RedisServer) -> None:
    """The connections of the first are of no use there."""
    books = ledger(redis_server.url)

    grants = [asyncio.run(exchanged(books, report(number))) for number in (1, 2)]

    assert [grant.number for grant in grants] == [1, 2]
    del books
    with warnings.catch_warnings():
        # Neither loop closed its connection: that is said here, not in whatever test comes later.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_shares_the_limit_and_no_connection(redis_server: RedisServer) -> None:
    """A child with its parent's limiter is a holder of its own: both together make 60 calls."""
    command = [sys.executable, "-m", "tests.limiter.forker", redis_server.url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert (sum(map(int, done.stdout.split())), done.stderr) == (60, "")


@pytest.mark.parametrize(
    "other",
    [
        evolve(RULES, burst=Quota(10, 30.0)),
        evolve(RULES, daily=None),
        evolve(RULES, lease_s=20.0),
        evolve(RULES, linger_s=1.0),
    ],
)
async def test_rules_that_cannot_share_books(redis_server: RedisServer, other: Rules) -> None:
    """Tokens would come back too early to one of the two."""
    await exchanged(ledger(redis_server.url), report())

    with pytest.raises(QuotaStoreError, match="here and"):
        await exchanged(ledger(redis_server.url, rules=other), report(holder="i"))


async def test_limits_may_differ_until_the_server_tells_its_own(redis_server: RedisServer) -> None:
    """A setting is only the first guess."""
    other = evolve(RULES, burst=Quota(20, 60.0))
    asked = report(1, reading=QuotaReading(burst_limit=15))

    first = await exchanged(ledger(redis_server.url), report())
    second = await exchanged(ledger(redis_server.url, rules=other), report(holder="i"))
    third = await exchanged(ledger(redis_server.url, rules=other), evolve(asked, holder="j"))
    fourth = await exchanged(ledger(redis_server.url), report(holder="k"))

    limits = [grant.limits[0] for grant in (first, second, third, fourth)]
    assert limits == [10, 20, 15, 15]


@pytest.mark.parametrize(
    ("jump_s", "expected_s"), [(-500.0, 60.06), (500.0, 60.06), (2.0, 58.06), (-0.5, 60.06)]
)
async def test_the_servers_clock_is_set(
    redis_server: RedisServer, jump_s: float, expected_s: float
) -> None:
    """Back or forth, no token returns early by more than what a slow exchange may explain."""
    books, asked_s = ledger(redis_server.url), 1_000.0
    books.clock, books.server_time_us = lambda: asked_s, lambda: NOW_US
    await books.exchange(report(answered=((0.0, 3),)))
    books.server_time_us = lambda: NOW_US + round(jump_s * 1e6)
    await books.exchange(report(2, held=1))

    usage = await books.usage()
    await books.aclose()

    assert usage.quotas[0].next_return_s == pytest.approx(expected_s, abs=1e-3)


async def test_time_goes_on_after_the_clock_was_set(redis_server: RedisServer) -> None:
    """Neither a jump nor a machine that slept makes it stand still."""
    books, clocks = ledger(redis_server.url), (0.0, 0.0)
    books.server_time_us = lambda: NOW_US + round(clocks[0] * 1e6)
    books.clock = lambda: clocks[1]
    await books.exchange(report(answered=((0.0, 1),)))
    for clocks in [(-90, 1), (-80, 11), (900, 12), (910, 22), (940, 22.1), (941, 23.1)]:
        await books.exchange(report(2 + int(clocks[1] * 10), held=1))

    usage = await books.usage()
    await books.aclose()

    passed_s = 10 + 1 + 10 + 0.1 + 1  # the first second was lost
    assert usage.quotas[0].next_return_s == pytest.approx(60.06 - passed_s, abs=0.05)
