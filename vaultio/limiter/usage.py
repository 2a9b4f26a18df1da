"""What a limiter tells about itself: frozen values for a person or a dashboard."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from vaultio.limiter.bucket import BucketState
from vaultio.protocol.quota_headers import QuotaReading

QuotaName = Literal["burst", "daily"]


@frozen(kw_only=True)
class QuotaUsage:
    """One quota as it stands, in calls."""

    name: QuotaName
    limit: int
    window_s: float
    """Seconds."""

    used: int
    """Our own calls that count now: under way, or answered less than a window ago."""

    others: int
    """Calls of other programs that the server told of by what it has left."""

    left: int
    """Calls that may go now, those reserved for `interactive` included."""

    next_return_s: float | None
    """Seconds until the first token can come back; None if none is out."""

    reserved: int = 0
    """Of `left`, those that `bulk` calls leave to `interactive` ones just now."""


@frozen(kw_only=True)
class Usage:
    """All quotas of a limiter and who waits for them."""

    quotas: tuple[QuotaUsage, ...] = ()
    """Empty for a limiter that is off."""

    held_back: bool = False
    """Vault answered `API_LIMIT_EXCEEDED`, and no probe has come through since."""

    delayed: int = 0
    """Answers that Vault held back so far because of the burst limit."""

    refused: int = 0
    """Calls that Vault refused so far because the limit was reached."""

    interactive_waiting: int = 0
    """`interactive` calls that wait, in all processes that share the store."""

    bulk_waiting: int = 0
    """`bulk` calls that wait, in all processes that share the store."""

    reading: QuotaReading | None = None
    """What Vault's headers said last to this process of the API quotas; None if nothing yet."""

    @property
    def burst(self) -> QuotaUsage | None:
        """The quota of a few minutes; None if it is off."""
        return self._named("burst")

    @property
    def daily(self) -> QuotaUsage | None:
        """The quota of 24 hours; None if it is off."""
        return self._named("daily")

    @property
    def throttled(self) -> int:
        """Calls that felt the limit so far: delayed or refused."""
        return self.delayed + self.refused

    def _named(self, name: QuotaName) -> QuotaUsage | None:
        return next((quota for quota in self.quotas if quota.name == name), None)


def quota_usage(name: QuotaName, window_s: float, state: BucketState, reserved: int) -> QuotaUsage:
    """Describe a quota by the state of its bucket."""
    return QuotaUsage(
        name=name,
        limit=state.limit,
        window_s=window_s,
        used=state.used,
        others=state.foreign,
        left=state.left,
        next_return_s=state.next_return_s,
        reserved=reserved,
    )
