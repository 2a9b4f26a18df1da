"""The limiter's settings: frozen values with their units, shared by every store."""

from __future__ import annotations

from typing import Any, Literal

from attrs import Attribute, field, frozen

from vaultio.errors import InvalidArgumentError

Priority = Literal["interactive", "bulk"]
"""`interactive` calls have somebody waiting for them, `bulk` ones are many and can wait."""


def _positive(_: Any, attribute: Attribute[Any], value: float | None) -> None:
    if value is not None and not value > 0:
        raise InvalidArgumentError(f"{attribute.name} must be more than 0, not {value!r}")


def _share(_: Any, attribute: Attribute[Any], value: float) -> None:
    if not 0 <= value < 1:
        raise InvalidArgumentError(f"{attribute.name} must be from 0 to below 1, not {value!r}")


@frozen
class Quota:
    """At most `limit` calls in any window of `window_s` seconds."""

    limit: int = field(validator=_positive)
    """Calls. What the server says takes its place, both up and down, unless it is `fixed`."""

    window_s: float = field(validator=_positive)
    """Seconds."""

    fixed: bool = False
    """Keep to `limit` even if the server allows more, to leave the rest to other programs."""


@frozen(kw_only=True)
class Pace:
    """How calls are spread inside a window: shape only, the guarantee does not rest on it.

    What is None follows from the shortest quota, also when the server changes its limit.
    """

    burst: int | None = field(default=None, validator=_positive)
    """`bulk` calls that may go at once after a pause; by default 5 % of the limit, at least 100."""

    interactive_burst: int | None = field(default=None, validator=_positive)
    """`interactive` calls that may go at once; by default half the limit, at least 100."""

    calls_per_second: float | None = field(default=None, validator=_positive)
    """The even rate after that; by default 5 % above what the quota carries for ever, so that
    time lost to a slow answer can be made up for."""


DEFAULT_BURST = Quota(2_000, 300.0)
DEFAULT_DAILY = Quota(100_000, 86_400.0)
DEFAULT_PACE = Pace()


@frozen(kw_only=True)
class Rules:
    """All that a store must know to say whether a call may go."""

    burst: Quota | None = DEFAULT_BURST
    daily: Quota | None = DEFAULT_DAILY
    pace: Pace | None = DEFAULT_PACE

    reserved_share: float = field(default=0.1, validator=_share)
    """The part of each quota that `bulk` calls leave to `interactive` ones. It is kept whole for
    one window after an interactive call; without any, a twentieth of it is kept."""

    lease_s: float = field(default=900.0, validator=_positive)
    """Seconds after which a call that nobody reported on is taken for dead. Must exceed the
    longest time from a permit to the headers of its answer, or be renewed in between."""

    holder_lease_s: float = field(default=30.0, validator=_positive)
    """Seconds after which a process that shares a store, and is not heard of, is taken for dead."""

    linger_s: float = field(default=60.0, validator=_positive)
    """Seconds in which a call that was given up on may still reach the server."""

    @property
    def shortest_window_s(self) -> float:
        """The window of the shortest quota, in seconds; what is timed by it is so in proportion."""
        windows_s = [quota.window_s for quota in (self.burst, self.daily) if quota]
        return min(windows_s, default=DEFAULT_BURST.window_s)
