"""What is said to a call that may not wait: why, and how long it would be."""

from __future__ import annotations

import pickle

import anyio
import pytest

from tests.limiter.ledgers import DistantLedger, Shelf
from tests.limiter.test_limiter import spend
from tests.virtual_time import virtual
from vaultio.errors import QuotaWaitError
from vaultio.limiter import Limiter, Pace, Priority, Quota, SharedStore
from vaultio.protocol.quota_headers import QuotaReading

SHORT, LONG = Quota(2, 300.0), Quota(3, 86_400.0)


async def refused(limiter: Limiter, priority: Priority = "interactive") -> QuotaWaitError:
    """Return what a call is told that may wait for two seconds."""
    with pytest.raises(QuotaWaitError) as refusal:
        await limiter.acquire(priority, max_wait_s=2)
    return refusal.value


@virtual
async def test_the_burst_quota_binds() -> None:
    """The message names the quota and the time until a token comes back."""
    limiter = Limiter(burst=SHORT, daily=None, pace=None)
    for permit in await spend(limiter, 2):
        await permit.settle(QuotaReading())
    await anyio.sleep(200)

    error = await refused(limiter)

    assert error.reason == "burst"
    assert error.retry_after_s == pytest.approx(100.3, abs=0.1)
    assert str(error) == (
        "no call is free within max_wait_s=2 s: the quota of 2 calls in 5 min is used up; "
        "try again in about 1 min 41 s, or allow a longer wait"
    )


@virtual
async def test_the_daily_quota_binds() -> None:
    """Hours are said as hours, also where the burst quota is used up as well."""
    limiter = Limiter(burst=SHORT, daily=LONG, pace=None)
    for _ in range(3):
        await (await limiter.acquire()).settle(QuotaReading())
    await anyio.sleep(20 * 3_600)

    error = await refused(limiter)

    assert error.reason == "daily"
    assert error.retry_after_s == pytest.approx(14_186, abs=100)
    assert "3 calls in 24 h is used up; try again in about 3 h 57 min," in str(error)


@virtual
async def test_the_reserve_binds() -> None:
    """A bulk call is told what is left for others."""
    limiter = Limiter(burst=Quota(100, 300.0), daily=None, pace=None)
    await spend(limiter, 1)
    await spend(limiter, 89, "bulk")

    error = await refused(limiter, "bulk")

    assert error.reason == "burst"
    assert "is used up, but 10 for interactive calls;" in str(error)


@virtual
async def test_the_pace_binds() -> None:
    """Where the quota has enough left, the pace is named."""
    pace = Pace(burst=1, interactive_burst=1, calls_per_second=0.1)
    limiter = Limiter(burst=Quota(100, 300.0), daily=None, pace=pace)
    await spend(limiter, 1)

    error = await refused(limiter)

    assert error.reason == "pace"
    assert error.retry_after_s == pytest.approx(10)


@virtual
async def test_vault_holds_back() -> None:
    """After a refusal by Vault that is the reason."""
    limiter = Limiter()
    await (await limiter.acquire()).settle(exceeded=True)

    error = await refused(limiter)

    assert error.reason == "held back"
    assert error.retry_after_s == pytest.approx(5)
    assert "Vault refused a call" in str(error)


@virtual
async def test_the_error_pickles() -> None:
    """Process pools and task queues hand errors on."""
    limiter = Limiter(burst=Quota(1, 300.0), daily=None)
    await spend(limiter, 1)

    error = await refused(limiter)
    copy = pickle.loads(pickle.dumps(error))

    assert (str(copy), copy.__dict__) == (str(error), error.__dict__)


class CountingLedger(DistantLedger):
    """Books 10 ms away that count how often they are asked for a forecast."""

    asked = 0

    async def wait_s(self, priority: Priority, ahead: int) -> float:
        """Count, and say."""
        self.asked += 1
        return await super().wait_s(priority, ahead)


@virtual
async def test_the_reason_is_the_same_for_many_at_once() -> None:
    """A store that answers them one after the other is not one that is silent."""
    ledger, reasons = CountingLedger(Shelf(), lambda: 0.01, is_volatile=False), list[str]()
    limiter = far_away(ledger)
    await spend(limiter, 10)

    async def ask() -> None:
        reasons.append((await refused(limiter)).reason)

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(ask)

    assert (len(reasons), "store" in reasons) == (8, False)


def far_away(ledger: CountingLedger) -> Limiter:
    """Make a limiter of ten calls in 10 s whose books are those."""
    store = SharedStore(ledger, clock=anyio.current_time)
    return Limiter(burst=Quota(10, 10.0), daily=None, pace=None, store=store)


@virtual
async def test_10_000_calls_that_may_not_wait_ask_the_store_a_few_times() -> None:
    """Most are refused by what the store said of others."""
    ledger = CountingLedger(Shelf(), lambda: 0.01, is_volatile=False)
    limiter = far_away(ledger)
    await spend(limiter, 10)
    async with anyio.create_task_group() as tasks:
        for number in range(10_000):
            tasks.start_soon(refused, limiter)
            if number % 1_000 == 0:
                await anyio.sleep(0.05)

    assert anyio.current_time() < 2.6
    assert ledger.asked < 60


@virtual
async def test_a_second_vault_counts_with_the_first(caplog: pytest.LogCaptureFixture) -> None:
    """Quotas are a vault's own: who shares them by mistake is told, and stays on the safe side."""
    limiter = Limiter()
    limiter.serve("one.veevavault.com")
    limiter.serve("one.veevavault.com")
    assert "shares" not in caplog.text

    limiter.serve("two.veevavault.com")

    assert "two.veevavault.com shares the quotas of one.veevavault.com" in caplog.text


@virtual
async def test_a_long_call_keeps_its_lease() -> None:
    """A call that takes longer than a lease counts until its answer, and a window more."""
    limiter = Limiter(burst=Quota(1, 10.0), daily=None, pace=None, lease_s=30)
    permit = await limiter.acquire()
    with permit.kept(longest_s=100):
        await anyio.sleep(100)
    await permit.settle(QuotaReading())

    await limiter.acquire()

    assert anyio.current_time() == pytest.approx(110, abs=0.1)
