"""How a job stands at one moment: frozen, so that it may be drawn in a thread."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from vaultio import QuotaUsage
from vaultio.cli.progress.forecast import Eta, Side, eta, line_seconds
from vaultio.cli.progress.numbers import Numbers, StageNumbers

SHOWN_S = 30.0
"""Seconds that the rates which are shown look back."""


@frozen(kw_only=True)
class StageSnapshot:
    """One stage: items and bytes with those of a second; `before` are those of earlier runs."""

    name: str
    before: int
    found: int
    done: int
    failed: int
    skipped: int
    left: int
    size: int
    known_size: int
    items_per_s: float
    size_per_s: float
    is_current: bool

    @property
    def settled(self) -> int:
        """Items that nothing more is to be done about."""
        return self.done + self.failed + self.skipped


@frozen(kw_only=True)
class QuotaSnapshot:
    """A vault's quota of a few minutes."""

    side: str
    limit: int
    used: int
    waiting: int
    """Calls that wait for it."""


@frozen(kw_only=True)
class Snapshot:
    """A whole job, `seconds` after it began. Without an `eta` nobody knows yet."""

    stages: tuple[StageSnapshot, ...]
    documents: int
    is_all_found: bool
    seconds: float
    calls: int
    quotas: tuple[QuotaSnapshot, ...]
    eta: Eta | None
    is_stopping: bool

    @property
    def failed(self) -> int:
        """Items that failed."""
        return sum(one.failed for one in self.stages)

    @property
    def current(self) -> StageSnapshot | None:
        """The stage that is at work; None before anything is."""
        return next((one for one in self.stages if one.is_current), None)


def snapshot(
    numbers: Numbers,
    sides: Sequence[Side],
    *,
    seconds: float,
    calls: int,
    quota_s: float,
    is_stopping: bool,
) -> Snapshot:
    """Take down how a job stands; *quota_s* is what its calls take by the quota."""
    stages = list(numbers.stages.values())
    lines = [line_seconds(stages, side) for side in sides]
    line_s = max((one for one in lines if one is not None), default=None)
    waiting = any(side.usage and side.usage.bulk_waiting for side in sides)
    return Snapshot(
        stages=tuple(_stage(one, one.name == numbers.current) for one in stages),
        documents=numbers.documents,
        is_all_found=numbers.is_all_found,
        seconds=seconds,
        calls=calls,
        quotas=tuple(one for side in sides if (one := _quota(side)) is not None),
        eta=eta(line_s, quota_s, is_waiting=waiting),
        is_stopping=is_stopping,
    )


def _stage(stage: StageNumbers, is_current: bool) -> StageSnapshot:
    items_per_s, size_per_s = stage.rate.over(SHOWN_S)
    return StageSnapshot(
        name=stage.name,
        before=stage.before,
        found=stage.found,
        done=stage.done,
        failed=stage.failed,
        skipped=stage.skipped,
        left=stage.left,
        size=stage.size,
        known_size=stage.known_size,
        items_per_s=items_per_s,
        size_per_s=size_per_s,
        is_current=is_current,
    )


def _quota(side: Side) -> QuotaSnapshot | None:
    burst: QuotaUsage | None = side.usage.burst if side.usage else None
    if side.usage is None or burst is None:
        return None
    waiting = side.usage.bulk_waiting + side.usage.interactive_waiting
    used = burst.used + burst.others
    return QuotaSnapshot(side=side.name, limit=burst.limit, used=used, waiting=waiting)
