"""The default store: the books of one process, in its memory."""

from __future__ import annotations

from collections.abc import Callable

from vaultio.limiter.clock import loop_time
from vaultio.limiter.quotas import Quotas
from vaultio.limiter.rules import Priority, Rules
from vaultio.limiter.usage import Usage
from vaultio.protocol.quota_headers import QuotaReading


class MemoryStore:
    """Keeps the quotas in one object of one event loop; no operation ever suspends.

    `clock` returns seconds and never goes back; by default it is the event loop's.
    """

    longest_wait_s: float | None = None
    is_near: bool = True
    is_lost: bool = False

    def __init__(self, clock: Callable[[], float] = loop_time) -> None:
        self._clock = clock
        self._quotas = Quotas(Rules())

    def bind(self, rules: Rules) -> None:
        """Start empty books under these rules."""
        self._quotas = Quotas(rules)

    def serve(self, vault: str) -> None:
        """Nothing to learn: these are nobody else's books."""

    async def take(
        self,
        ticket: str,
        priority: Priority,
        waiting: tuple[int, int] = (0, 0),  # noqa: ARG002 - nobody else wants to know
    ) -> float:
        """Let the call go and return 0, or return the least time to wait, in seconds."""
        return self.take_now(ticket, priority)

    def take_now(self, ticket: str, priority: Priority) -> float:
        """Do what `take` does, at once."""
        return self._quotas.take(ticket, priority, self._clock())

    async def settle(self, ticket: str, reading: QuotaReading | None, *, exceeded: bool) -> None:
        """Note that a call was answered (`reading`), refused (`exceeded`) or given up on (None)."""
        self._quotas.settle(ticket, reading, self._clock(), exceeded=exceeded)

    async def give_back(self, ticket: str) -> None:
        """Take back the permit of a call that surely was not sent."""
        self._quotas.give_back(ticket, self._clock())

    async def renew(self, ticket: str) -> None:
        """Start the lease of a long call anew."""
        self._quotas.renew(ticket, self._clock())

    async def forecast(self, priority: Priority, ahead: int) -> float:
        """Say how long a call waits at the least, in seconds, with `ahead` others before it."""
        return self._quotas.wait_s(priority, ahead, self._clock())

    async def usage(self) -> Usage:
        """Describe all quotas."""
        return self._quotas.usage(self._clock())

    async def aclose(self) -> None:
        """Nothing to let go of."""
