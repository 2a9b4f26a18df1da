"""What a piece of work costs: its calls, and the time they waited for quota."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import define, field


@define
class Meter:
    """Counts the calls of those views of a client that carry it; see `Vault.with_options`."""

    calls: int = 0
    """Calls that were sent, those that had to be repeated too; no logins."""

    waited_s: float = 0.0
    """Seconds that calls waited for quota, all added up: several may wait at once."""

    guard: Callable[[], Awaitable[None]] | None = field(default=None, repr=False, eq=False)
    """Awaited when a call has its quota and is about to go out, and before each part of an upload:
    where it raises nothing more of that call is sent, and that is what the call raises."""
