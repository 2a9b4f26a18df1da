"""A Redis server that is killed, flushed and set back, under four saturated holders."""

from __future__ import annotations

import asyncio
import gc
import random
import time
import warnings
from collections.abc import Callable, Iterator

import anyio
import anyio.to_thread
import pytest
from attrs import define, field

from tests.limiter.server import worst_window
from tests.redis_server import RedisServer
from vaultio.errors import QuotaStoreError, QuotaWaitError
from vaultio.limiter import Limiter, Quota
from vaultio.protocol.quota_headers import QuotaReading

LIMIT, WINDOW_S, LATENCY_S = 40, 1.0, 0.2
HOLDERS = 4
LEASE_S = 1.2
"""Short, but a machine that stalls for a moment is not taken for dead."""

RECOVERED_S = 4.0


@pytest.fixture(autouse=True)
def left_behind() -> Iterator[None]:
    """Let what redis leaves open, when its server goes while it connects, be told of here.

    Otherwise a later test would fail of it, whenever the garbage is collected.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        for _ in range(3):  # a connection, its writer, its transport: each lets go of the next
            gc.collect()


@define
class Vault:
    """A server that counts, and the holders that send to it."""

    url: str
    times_s: list[float] = field(factory=list)
    errors: int = 0
    _dice: random.Random = field(factory=lambda: random.Random(5))

    async def send(self, limiter: Limiter) -> None:
        """Send one call after the other, for ever."""
        while True:
            try:
                permit = await limiter.acquire("bulk")
            except QuotaStoreError:
                self.errors += 1
                await anyio.sleep(0.05)
                continue
            there_s, back_s = (LATENCY_S * self._dice.random() / 2 for _ in range(2))
            await anyio.sleep(there_s)
            self.times_s.append(time.monotonic())
            await anyio.sleep(back_s)
            await permit.settle(QuotaReading())

    async def saturate(self, *troubles: tuple[float, Callable[[], None]]) -> list[float]:
        """Send as much as goes; after so many seconds each, do something. Return these instants."""
        limiters = [
            Limiter(
                burst=Quota(LIMIT, WINDOW_S), daily=None, holder_lease_s=LEASE_S, store=self.url
            )
            for _ in range(HOLDERS)
        ]
        instants_s = list[float]()
        async with anyio.create_task_group() as tasks:
            for limiter in limiters * 4:
                tasks.start_soon(self.send, limiter)
            for after_s, trouble in troubles:
                await anyio.sleep(after_s)
                await anyio.to_thread.run_sync(trouble)
                instants_s.append(time.monotonic())
            tasks.cancel_scope.cancel()
        for limiter in limiters:
            await limiter.aclose()
        return instants_s

    def between(self, first_s: float, last_s: float) -> int:
        """Count the calls of a time."""
        return sum(first_s < at_s < last_s for at_s in self.times_s)


def nothing() -> None:
    """Only let time pass."""


async def test_calls_fail_while_the_server_is_down(redis_server: RedisServer) -> None:
    """Nothing goes but what was granted; empty books are no second quota."""
    vault = Vault(redis_server.url)

    killed_s, restarted_s, end_s = await vault.saturate(
        (1.5, redis_server.kill), (3.0, redis_server.restart), (RECOVERED_S, nothing)
    )

    assert worst_window(vault.times_s, WINDOW_S) <= LIMIT
    assert vault.between(killed_s + LEASE_S + LATENCY_S, restarted_s) == 0
    assert vault.errors > 0
    assert vault.between(restarted_s, end_s) > 0


@pytest.mark.heavy
async def test_each_keeps_to_its_share_while_the_server_is_down(redis_server: RedisServer) -> None:
    """All together never send more than the limit: before, meanwhile, and after the return."""
    vault = Vault(f"{redis_server.url}?share={HOLDERS}")

    killed_s, restarted_s, end_s = await vault.saturate(
        (1.5, redis_server.kill), (4.0, redis_server.restart), (RECOVERED_S, nothing)
    )

    assert worst_window(vault.times_s, WINDOW_S) <= LIMIT
    assert vault.between(killed_s + LEASE_S, restarted_s) > LIMIT / 2
    assert vault.errors == 0
    assert vault.between(restarted_s, end_s) > 0


@pytest.mark.parametrize("is_flush", [True, False])
async def test_books_that_were_lost(redis_server: RedisServer, is_flush: bool) -> None:
    """All at once, or what was written since a snapshot: it is noticed, and waited for."""
    vault = Vault(redis_server.url)

    def fail_over() -> None:
        redis_server.restart(with_saved=True)

    *_, lost_s, end_s = await vault.saturate(
        (1.5, nothing if is_flush else redis_server.save),
        (0.7, redis_server.flush if is_flush else fail_over),
        (RECOVERED_S, nothing),
    )

    assert worst_window(vault.times_s, WINDOW_S) <= LIMIT
    assert vault.between(lost_s, end_s) > LIMIT / 2


async def test_a_call_fails_within_its_deadline(redis_server: RedisServer) -> None:
    """A server that hangs holds nobody up for long; that it is back is seen soon."""
    limiter = Limiter(store=redis_server.url)
    redis_server.pause()
    async with asyncio.timeout(30):
        with pytest.raises(QuotaWaitError, match="the quotas' store did not answer"):
            await limiter.acquire(max_wait_s=1.0)
    redis_server.resume()

    async with asyncio.timeout(30):
        while True:
            try:
                await (await limiter.acquire()).settle(QuotaReading())
                break
            except QuotaStoreError:
                await anyio.sleep(0.1)
    await limiter.aclose()
