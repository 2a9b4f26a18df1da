"""Beside ten thousand queued bulk calls: interactive ones hardly wait, and bulk ones go on.

The promise is for interactive calls that stay within their share, a tenth of the quota.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import anyio
import pytest
from attrs import define, field

from tests.limiter.ledgers import Shelf, holder
from tests.virtual_time import run_virtual
from vaultio.limiter import Limiter, Priority, Quota
from vaultio.protocol.quota_headers import QuotaReading

ANSWER_S = 0.3
Limiters = Callable[[Quota], list[Limiter]]


def in_one_process(quota: Quota) -> list[Limiter]:
    """Make one limiter for all."""
    return [Limiter(burst=quota, daily=None)] * 3


def in_three_processes(quota: Quota) -> list[Limiter]:
    """Make the limiters of three holders of the same books, which are 2 ms away."""
    shelf = Shelf()
    stores = [holder(shelf, lambda: 0.001, is_volatile=False) for _ in range(3)]
    return [Limiter(burst=quota, daily=None, store=store) for store in stores]


@define
class Traffic:
    """Two programs with bulk calls, and one with interactive ones; what became of them."""

    quota: Quota
    limiters: list[Limiter]
    waits_s: list[float] = field(factory=list)
    answers: list[tuple[float, Priority]] = field(factory=list)

    async def call(self, limiter: Limiter, priority: Priority) -> None:
        """Send one call; it is answered after a while."""
        began_s = anyio.current_time()
        permit = await limiter.acquire(priority)
        if priority == "interactive":
            self.waits_s.append(anyio.current_time() - began_s)
        await anyio.sleep(ANSWER_S)
        self.answers.append((anyio.current_time(), priority))
        await permit.settle(QuotaReading())

    async def run(
        self, windows: float, share: float, seed: int, *, before: int = 0, rest: float = 0.0
    ) -> None:
        """Queue 10,000 bulk calls; interactive ones are *share* of what the quota carries.

        *before* calls were sent a *rest* earlier; times are in windows.
        """
        dice, calls_per_second = random.Random(seed), self.quota.limit / self.quota.window_s
        with anyio.move_on_after(windows * self.quota.window_s):
            async with anyio.create_task_group() as tasks:
                for _ in range(before):
                    tasks.start_soon(self.call, self.limiters[0], "bulk")
                await anyio.sleep(rest * self.quota.window_s)
                for number in range(10_000):
                    tasks.start_soon(self.call, self.limiters[number % 2], "bulk")
                while True:
                    await anyio.sleep(dice.expovariate(share * calls_per_second))
                    tasks.start_soon(self.call, self.limiters[2], "interactive")

    def answered(self, from_window: int = 0) -> Counter[Priority]:
        """Count the calls that were answered since the beginning of a window."""
        since_s = from_window * self.quota.window_s
        return Counter(priority for at_s, priority in self.answers if at_s > since_s)

    @property
    def worst(self) -> float:
        """The longest wait of an interactive call, in (an answer's time + one call's share)."""
        return max(self.waits_s) / (ANSWER_S + self.quota.window_s / self.quota.limit)


HOLDERS = [in_one_process, in_three_processes]
QUOTAS = [pytest.param(Quota(1_000, 150.0), marks=pytest.mark.heavy), Quota(200, 30.0)]


@pytest.mark.parametrize("limiters", HOLDERS)
@pytest.mark.parametrize("quota", QUOTAS)
@pytest.mark.parametrize("share", [pytest.param(0.004, marks=pytest.mark.heavy), 0.05])
def test_an_interactive_call_hardly_waits(limiters: Limiters, quota: Quota, share: float) -> None:
    """At any moment of the first window and of a saturated steady state."""
    traffic = Traffic(quota, limiters(quota))

    run_virtual(traffic.run(3.5, share, seed=5))

    assert traffic.worst <= 1
    assert traffic.answered()["bulk"] > 0.85 * 3 * quota.limit


@pytest.mark.heavy
@pytest.mark.parametrize("limiters", HOLDERS)
@pytest.mark.parametrize("rest", [0.05, 0.5, 0.95])
def test_an_interactive_call_hardly_waits_after_a_rest(limiters: Limiters, rest: float) -> None:
    """When half of the quota went at once some time ago, and then comes back at once."""
    traffic = Traffic(Quota(200, 30.0), limiters(Quota(200, 30.0)))

    run_virtual(traffic.run(3, 0.03, seed=7, before=100, rest=rest))

    assert traffic.worst <= 1


@pytest.mark.heavy
@pytest.mark.parametrize("limiters", HOLDERS)
def test_the_first_interactive_call_of_all(limiters: Limiters) -> None:
    """Bulk calls that could take a whole small quota at once leave some for who comes later."""
    quota = Quota(60, 10.0)
    traffic = Traffic(quota, limiters(quota))

    async def story() -> None:
        async with anyio.create_task_group() as tasks:
            for number in range(10_000):
                tasks.start_soon(traffic.call, traffic.limiters[number % 2], "bulk")
            await anyio.sleep(3)
            await traffic.call(traffic.limiters[2], "interactive")
            tasks.cancel_scope.cancel()

    run_virtual(story())
    assert traffic.worst <= 1


@pytest.mark.heavy
@pytest.mark.parametrize("limiters", HOLDERS)
@pytest.mark.parametrize("quota", QUOTAS)
def test_bulk_goes_on_beside_a_flood(limiters: Limiters, quota: Quota) -> None:
    """Where interactive calls want twice what there is, a tenth of the quota is bulk's."""
    traffic = Traffic(quota, limiters(quota))

    run_virtual(traffic.run(5, 2.0, seed=3))

    answered = traffic.answered(from_window=2)
    assert 0.09 <= answered["bulk"] / answered.total() <= 0.11
    assert answered.total() > 0.9 * 3 * quota.limit
