"""What a shared store needs of the place where its books lie."""

from __future__ import annotations

from typing import Protocol

from vaultio.limiter.reports import Grant, Report
from vaultio.limiter.rules import Priority, Rules
from vaultio.limiter.usage import Usage


class Ledger(Protocol):
    """Where shared books lie: a file, a server. Raises `QuotaStoreError`, in bounded time."""

    is_volatile: bool
    """Whether the books may vanish while somebody holds tokens of them."""

    def bind(self, rules: Rules) -> None:
        """Learn the rules; called once, before anything else, without opening anything."""

    def serve(self, vault: str) -> None:
        """Learn whose quotas these are; called before the first exchange, if at all."""

    async def exchange(self, report: Report) -> Grant:
        """Do what `Books.exchange` does, by the time of the books."""

    async def wait_s(self, priority: Priority, ahead: int) -> float:
        """Do what `Books.wait_s` does."""

    async def usage(self) -> Usage:
        """Do what `Books.usage` does."""

    async def aclose(self) -> None:
        """Let go of files and connections."""
