"""How long it takes still: by the line, and by the calls that the quota allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Literal

import anyio.to_thread
from attrs import define, field, frozen

from vaultio import Usage, Vault
from vaultio.cli.progress.numbers import StageNumbers
from vaultio.cli.progress.rates import KEPT_S
from vaultio.errors import VaultioError
from vaultio.limiter import Traffic, seconds_for

_AS_GOOD_AS = 0.8
_TRUST_IN_PRIOR = 20
# Quota alone: the line's part is reckoned from the present rate.
_TRAFFIC = Traffic(answer_s=0.1, at_once=1_000)


@frozen(kw_only=True)
class Eta:
    """The seconds that are left, and what they are spent on: the quota, or line and server."""

    seconds: float
    by: Literal["quota", "line"]


@define(kw_only=True)
class Side:
    """A vault that a job calls; `costs` guesses how many calls an item of a stage takes there."""

    vault: Vault
    costs: Mapping[str, float] = field(factory=dict)
    name: str = ""
    usage: Usage | None = None
    seconds: float = 0.0
    """What the calls that are left take by the quota, when it was last reckoned."""

    _seen: int = 0
    _made: dict[str, int] = field(init=False, factory=dict)

    def count(self, stage: str | None, calls: int) -> None:
        """Put the calls since the last look down to the stage that is at work."""
        if stage is not None:
            self._made[stage] = self._made.get(stage, 0) + calls - self._seen
        self._seen = calls

    def cost(self, stage: StageNumbers) -> float:
        """Say how many calls an item of a stage costs: a guess at first, then what it did cost."""
        guess = self.costs.get(stage.name, 1.0) * _TRUST_IN_PRIOR
        return (guess + self._made.get(stage.name, 0)) / (_TRUST_IN_PRIOR + stage.settled)

    def calls_left(self, stages: Sequence[StageNumbers]) -> int:
        """Say how many calls what is left needs."""
        return round(sum(one.left * self.cost(one) for one in stages if one.left))

    async def look(self) -> None:
        """Look how the quota stands; a store that is away changes nothing."""
        with suppress(VaultioError):
            self.usage = await self.vault.quota()

    async def reckon(self, stages: Sequence[StageNumbers]) -> None:
        """Reckon anew how long the calls take that are left.

        Takes a fifth of a second for a million calls, and so a thread.
        """
        calls, rules = self.calls_left(stages), self.vault.limiter.rules
        if self.usage and self.usage.quotas:
            self.seconds = await anyio.to_thread.run_sync(
                seconds_for, calls, rules, self.usage, _TRAFFIC
            )


def line_seconds(stages: Sequence[StageNumbers], side: Side) -> float | None:
    """Say how long what is left takes at the rate of the last minutes; None if that is unknown.

    Nor is it known of nothing: there is more to be found, or what there was is over.

    A stage that has not begun is taken to go as fast, call for call, as those that have.
    """
    known, calls_per_s, unknown_calls = 0.0, 0.0, 0.0
    for stage in stages:
        items_per_s, size_per_s = stage.rate.over(KEPT_S)
        calls_per_s = max(calls_per_s, items_per_s * side.cost(stage))
        if stage.left and items_per_s <= 0 and size_per_s <= 0:
            unknown_calls += stage.left * side.cost(stage)
        elif stage.left:
            by_items = stage.left / items_per_s if items_per_s > 0 else 0.0
            by_size = stage.left_size / size_per_s if size_per_s > 0 else 0.0
            known += max(by_items, by_size)
    if not any(stage.left for stage in stages) or (unknown_calls and calls_per_s <= 0):
        return None
    return known + (unknown_calls / calls_per_s if unknown_calls else 0.0)


def eta(line_s: float | None, quota_s: float, *, is_waiting: bool) -> Eta | None:
    """Take the longer of the two; *is_waiting* says that calls wait for quota just now.

    Where the quota is short, the present rate is what it allows, and both are about the same: then
    it is the quota's.
    """
    if line_s is None:
        return Eta(seconds=quota_s, by="quota") if is_waiting else None
    by: Literal["quota", "line"] = (
        "quota"
        if quota_s > 0 and (quota_s >= line_s or (is_waiting and quota_s >= _AS_GOOD_AS * line_s))
        else "line"
    )
    return Eta(seconds=max(line_s, quota_s), by=by)
