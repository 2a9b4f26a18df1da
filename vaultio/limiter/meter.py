"""What a piece of work costs: its calls, and the time they waited for quota."""

from __future__ import annotations

from attrs import define


@define
class Meter:
    """Counts the calls of those views of a client that carry it; see `Vault.with_options`."""

    calls: int = 0
    """Calls that were sent, those that had to be repeated too; no logins."""

    waited_s: float = 0.0
    """Seconds that calls waited for quota, all added up: several may wait at once."""
