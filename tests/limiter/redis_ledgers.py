"""Books on a server, spoken to without a limiter."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from vaultio.limiter import Quota, Rules
from vaultio.limiter.reports import Grant, Report
from vaultio.limiter.stores.redis import RedisLedger

RULES = Rules(burst=Quota(10, 60.0), daily=Quota(100, 86_400.0), lease_s=30.0)


def ledger(url: str, vault: str = "a.veevavault.com", rules: Rules = RULES) -> RedisLedger:
    """Open books."""
    ledger = RedisLedger(url)
    ledger.bind(rules)
    ledger.serve(vault)
    return ledger


async def exchanged(ledger: RedisLedger, *reports: Report) -> Grant:
    """Report, and close the connections; return the last grant."""
    try:
        grant = Grant()
        for report in reports:
            grant = await ledger.exchange(evolve(report, epoch=grant.epoch))
        return grant
    finally:
        await ledger.aclose()


def report(number: int = 1, holder: str = "h", **more: Any) -> Report:
    """Make a report that asks for much."""
    return evolve(Report(holder=holder, number=number, bulk=16), **more)
