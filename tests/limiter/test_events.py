"""What a limiter tells as it happens: waits, throttled calls, windows that turn, stores lost."""

from __future__ import annotations

import asyncio
import logging

import anyio
import pytest

from tests.limiter.ledgers import Shelf, holder
from tests.virtual_time import virtual
from vaultio.errors import QuotaStoreError
from vaultio.limiter import (
    Limiter,
    Quota,
    QuotaEvent,
    QuotaWaited,
    StoreBack,
    StoreLost,
    Throttled,
    WindowTurned,
)
from vaultio.protocol.quota_headers import QuotaReading

QUOTA = Quota(100, 10.0)


async def answer(limiter: Limiter, *, exceeded: bool = False, **said: float) -> None:
    """Make one call whose answer says so much in its headers."""
    permit = await limiter.acquire()
    await permit.settle(QuotaReading(**said), exceeded=exceeded)  # type: ignore[arg-type] # numbers of either kind


@virtual
async def test_a_wait_is_told_with_its_length() -> None:
    """Only calls that had to wait are told of."""
    told = list[QuotaEvent]()
    limiter = Limiter(burst=Quota(1, 10.0), daily=None, pace=None, on_event=told.append)
    await answer(limiter)
    await (await limiter.acquire("bulk")).settle(QuotaReading())

    assert [type(event) for event in told] == [QuotaWaited]
    assert isinstance(told[0], QuotaWaited)
    assert told[0].priority == "bulk"
    assert told[0].waited_s == pytest.approx(10, abs=0.1)


@virtual
async def test_throttled_calls_are_told() -> None:
    """An answer that was held back, and a call that was refused."""
    told = list[QuotaEvent]()
    limiter = Limiter(burst=QUOTA, daily=None, on_event=told.append)
    await answer(limiter, delay_s=2.0)
    await answer(limiter, exceeded=True)

    assert told == [Throttled(2.0), Throttled(None)]
    assert [event.refused for event in told if isinstance(event, Throttled)] == [False, True]


@virtual
async def test_a_window_that_turns_is_told() -> None:
    """More is left than before; answers that come in another order are no turn."""
    told = list[QuotaEvent]()
    limiter = Limiter(burst=QUOTA, daily=None, on_event=told.append)
    for left in (40, 38, 39, 99):
        await answer(limiter, burst_limit=100, burst_remaining=left)

    assert told == [WindowTurned(100, 39, 99)]


@virtual
async def test_a_store_out_of_reach_is_told_once() -> None:
    """When it is lost, and when it is back."""
    told, shelf = list[QuotaEvent](), Shelf()
    limiter = Limiter(burst=QUOTA, daily=None, store=holder(shelf), on_event=told.append)
    shelf.is_down = True
    for _ in range(3):
        with pytest.raises(QuotaStoreError):
            await limiter.acquire()
        await anyio.sleep(1)
    shelf.is_down = False
    await limiter.acquire()

    assert told == [StoreLost(), StoreBack()]


@virtual
async def test_a_listener_that_fails_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Calls go on, and the log says it once."""

    def fail(event: QuotaEvent) -> None:
        raise RuntimeError(event)

    limiter = Limiter(burst=QUOTA, daily=None, on_event=fail)
    for _ in range(3):
        await answer(limiter, delay_s=1.0)
        await anyio.sleep(1)

    assert [r.levelname for r in caplog.records if "on_event" in r.message] == ["ERROR"]


@virtual
async def test_a_swarm_of_refusals_is_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    """All calls under way are refused together: the log warns once in a window."""
    limiter = Limiter(burst=QUOTA, daily=None)
    permits = [await limiter.acquire() for _ in range(20)]
    with caplog.at_level(logging.WARNING, "vaultio.quota"):
        for permit in permits:
            await permit.settle(exceeded=True)

    warnings = [record for record in caplog.records if record.name == "vaultio.quota"]
    assert len(warnings) == 1


@virtual
async def test_a_long_wait_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """Of calls that wait for minutes the log warns once in a window; the rest is at debug."""
    limiter = Limiter(burst=Quota(2, 60.0), daily=None, pace=None)

    async def call() -> None:
        await (await limiter.acquire()).settle()

    with caplog.at_level(logging.DEBUG, "vaultio.quota"):
        await asyncio.gather(*(call() for _ in range(4)))

    waits = [record.levelname for record in caplog.records if "waited" in record.message]
    assert waits == ["WARNING", "DEBUG"]
