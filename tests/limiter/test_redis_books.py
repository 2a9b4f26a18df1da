"""The script that keeps the books on a Redis server does exactly what `Books` does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from typing import Any

import pytest
from attrs import asdict, define, field
from hypothesis import given, settings

from tests.limiter.reports import RULES, Holders, Step, dealings
from tests.redis_server import RedisServer, needs
from vaultio.limiter import Rules, Usage
from vaultio.limiter.books import Books
from vaultio.limiter.reports import Grant
from vaultio.limiter.stores.redis import RedisLedger

STARTED_US = 1_790_000_000_123_456
NEAR_S = 1e-6


@define
class Keeper:
    """The script's books, one vault after the other, by a clock that stands still."""

    ledger: RedisLedger
    runner: asyncio.Runner
    vaults: Iterator[int] = field(factory=count)
    now_us: int = STARTED_US

    def start(self, rules: Rules) -> None:
        """Begin books that nobody has written in."""
        self.ledger.bind(rules)
        self.ledger.serve(f"vault-{next(self.vaults)}")
        self.now_us = STARTED_US


@pytest.fixture(scope="module", params=["redis-server", "valkey-server"])
def keeper(request: pytest.FixtureRequest) -> Iterator[Keeper]:
    """Books on a server of their own."""
    with RedisServer(needs(request.param)) as server, asyncio.Runner() as runner:
        ledger = RedisLedger(server.url, clock=None)
        keeper = Keeper(ledger, runner)
        ledger.server_time_us = lambda: keeper.now_us
        yield keeper
        runner.run(ledger.aclose())


def assert_same(told: Grant | Usage, expected: Grant | Usage) -> None:
    """Compare all, times by what rounding leaves of them."""
    assert _flat(asdict(told)) == pytest.approx(_flat(asdict(expected)), abs=NEAR_S)


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(value, dict | list | tuple):
        return {name: value}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {n: v for key, one in items for n, v in _flat(one, f"{name}.{key}").items()}


@pytest.mark.parametrize("rules", RULES)
@settings(max_examples=8, deadline=None)
@given(steps=dealings())
def test_the_script_agrees_with_the_books(keeper: Keeper, rules: Rules, steps: list[Step]) -> None:
    """The same reports get the same grants, and leave the same quotas."""
    books, holders = Books(rules, is_volatile=True), Holders()
    keeper.start(rules)
    began_us = keeper.now_us = keeper.now_us + steps[0].after_us
    for number, step in enumerate(steps):
        keeper.now_us += step.after_us if number else 0
        now, report = (keeper.now_us - began_us) / 1e6, holders.report(step)
        granted = books.exchange(report, now)
        assert_same(keeper.runner.run(keeper.ledger.exchange(report)), granted)
        usage, wait_s = look(books, step, now)
        assert_same(keeper.runner.run(keeper.ledger.usage()), usage)
        told_s = keeper.runner.run(keeper.ledger.wait_s("bulk", step.fields["held"]))
        assert told_s == pytest.approx(wait_s, abs=NEAR_S)
        holders.accept(step, granted)


def look(books: Books, step: Step, now: float) -> tuple[Usage, float]:
    """Read without a trace, as the script does."""
    wait_s = deepcopy(books).wait_s("bulk", step.fields["held"], now)
    return deepcopy(books).usage(now), wait_s
