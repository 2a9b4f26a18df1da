"""A copy between two vaults with quotas of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.migration.copying import add_plans, md5s, paired
from vaultio import Limiter
from vaultio.limiter import Quota
from vaultio.sandbox import Sandbox
from vaultio.sandbox.quota import Window

WINDOW_S = 1.0


def narrow(sandbox: Sandbox, limit: int) -> None:
    """Give a vault a quota of so many calls a second."""
    sandbox.quota.burst_limit = limit
    sandbox.quota.burst = Window(WINDOW_S)
    sandbox.quota.on_overrun = "refuse"


def limiter() -> Limiter:
    """Make a limiter that learns the vault's own limit of the first answer."""
    return Limiter(burst=Quota(20, WINDOW_S), daily=None, pace=None, reserved_share=0.0)


@pytest.mark.parametrize(("source_limit", "target_limit"), [(20, 60), (60, 20)])
async def test_each_call_goes_by_the_quota_of_its_own_vault(
    sandbox: Sandbox, target: Sandbox, tmp_path: Path, source_limit: int, target_limit: int
) -> None:
    """Neither is ever overrun, whichever is the narrower one."""
    add_plans(sandbox, 45)
    narrow(sandbox, source_limit)
    narrow(target, target_limit)

    async with paired(sandbox, target, limiter) as pair:
        report = await pair.copied(tmp_path)

    assert (report.failed, md5s(target)) == (0, md5s(sandbox))
    assert (sandbox.quota.refused, target.quota.refused) == (0, 0)
    assert sandbox.quota.worst_window(WINDOW_S) <= source_limit
    assert target.quota.worst_window(WINDOW_S) <= target_limit
    assert report.waited_s > 0


async def test_a_plan_knows_the_quota_of_either_side(
    sandbox: Sandbox, target: Sandbox, tmp_path: Path
) -> None:
    """The narrower vault says how long it takes: five windows, with the time to an answer."""
    add_plans(sandbox, 100)
    unlimited = iter([Limiter.unlimited(), limiter()])

    async with paired(sandbox, target, lambda: next(unlimited)) as pair:
        plan = await pair.copy(tmp_path).plan()

    assert plan.seconds == plan.seconds_target == pytest.approx(7.5, abs=2.5)
    assert "target: 103 calls" in str(plan)
