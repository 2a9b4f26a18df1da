"""Who waits for tokens in one process, and how many it asks for at once. No `await`, no clock."""

from __future__ import annotations

from attrs import define, field

from vaultio.limiter.rules import Priority

_BATCH = 16
"""The most tokens asked for at once: as many as calls are in flight by default."""


@define
class Demand:
    """What was said last of who waits; it is old after `old_after_s` seconds."""

    old_after_s: float
    _waiting: tuple[int, int] = field(init=False, default=(0, 0))
    _told_at_s: float = field(init=False, default=0.0)

    def tell(self, waiting: tuple[int, int], now: float) -> None:
        """Learn how many calls wait: interactive, bulk."""
        self._waiting, self._told_at_s = waiting, now

    def waiting(self, now: float) -> tuple[int, int]:
        """Say how many calls wait: interactive, bulk; none if nobody has said it lately."""
        return (0, 0) if now > self._told_at_s + self.old_after_s else self._waiting

    def wanted(self, priority: Priority | None, now: float) -> tuple[int, int]:
        """Say for how many calls to ask, if one of this priority must have a token."""
        if priority is None:
            return 0, 0
        interactive, bulk = self.waiting(now)
        if priority == "interactive":
            interactive = max(1, interactive)
        else:
            bulk = max(1, bulk)
        return min(interactive, _BATCH), min(bulk, _BATCH)
