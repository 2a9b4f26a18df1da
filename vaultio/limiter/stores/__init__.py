"""Where the state of the quotas lives: in this process, or where other processes see it too."""

from __future__ import annotations

from typing import Protocol

from vaultio.limiter.rules import Priority, Rules
from vaultio.limiter.stores.memory import MemoryStore
from vaultio.limiter.usage import Usage
from vaultio.protocol.quota_headers import QuotaReading

__all__ = ["MemoryStore", "Store"]


class Store(Protocol):
    """The books of one vault's quotas. Each operation is atomic; time is the store's own.

    A ticket names a call, is chosen by the caller and unique among all that share the store, so
    that a `take` whose answer was lost can be given back. Operations on a ticket that the store
    does not know are no errors: it may have forgotten it (the lease ended, it was flushed).
    All times that come out are spans in seconds, never instants: clocks differ. A store that is
    far away ends each operation in bounded time, with an error if need be, never with a guess.
    """

    @property
    def longest_wait_s(self) -> float | None:
        """Ask again after at most so many seconds, as others may free something; None: never."""

    def bind(self, rules: Rules) -> None:
        """Learn the rules; called once, before anything else, without opening anything."""

    async def take(self, ticket: str, priority: Priority) -> float:
        """Let the call go and return 0, or return the least time to wait, in seconds."""

    async def settle(self, ticket: str, reading: QuotaReading | None, *, exceeded: bool) -> None:
        """Note that a call was answered (`reading`), refused (`exceeded`) or given up on (None)."""

    async def give_back(self, ticket: str) -> None:
        """Take back the permit of a call that surely was not sent."""

    async def renew(self, ticket: str) -> None:
        """Start the lease of a long call anew."""

    async def forecast(self, priority: Priority, ahead: int) -> float:
        """Say how long a call waits at the least, in seconds, with `ahead` others before it."""

    async def usage(self) -> Usage:
        """Describe all quotas; who waits is not the store's to know."""

    async def aclose(self) -> None:
        """Let go of files and connections."""
