"""Where the state of the quotas lives: in this process, or where other processes see it too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from vaultio.errors import InvalidArgumentError
from vaultio.limiter.clock import loop_time
from vaultio.limiter.rules import Priority, Rules
from vaultio.limiter.stores.memory import MemoryStore
from vaultio.limiter.stores.shared import SharedStore
from vaultio.limiter.usage import Usage
from vaultio.protocol.quota_headers import QuotaReading

__all__ = ["MemoryStore", "SharedStore", "Store", "open_store", "usages"]

_SERVERS = {"redis", "rediss", "unix", "valkey", "valkeys"}


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

    @property
    def is_near(self) -> bool:
        """Whether `settle` and `give_back` never suspend, so that no cancel can break them off."""

    @property
    def is_lost(self) -> bool:
        """Whether it could not be reached when that was tried last."""

    def bind(self, rules: Rules) -> None:
        """Learn the rules; called once, before anything else, without opening anything."""

    def serve(self, vault: str) -> None:
        """Learn whose quotas these are, such as ``myvault.veevavault.com``; before the first call.

        A file or server may hold the books of several vaults.
        """

    async def take(
        self, ticket: str, priority: Priority, waiting: tuple[int, int] = (0, 0)
    ) -> float:
        """Let the call go and return 0, or return the least time to wait, in seconds.

        *waiting* are the calls that wait in this process, interactive and bulk, this one included:
        a store that is far away gets tokens for them too.
        """

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


def open_store(url: str | None, clock: Callable[[], float] = loop_time) -> Store:
    """Make the store that a text names; nothing is opened before the first call.

    - None or ``"memory:"``: this process alone (*clock* returns its seconds).
    - ``"sqlite:///relative.db"``, ``"sqlite:////absolute.db"``: a file of this machine.
    - ``"redis://[user:password@]host:port/db"``, ``"rediss://"``, ``"valkey://"``,
      ``"unix:///socket"``: a server; needs the extra `redis`. ``?share=4`` says that there are at
      most four holders, each of which goes on with a quarter while the server is away; without
      it calls fail with `QuotaStoreError` then.
    """
    if url is None or url == "memory:":
        return MemoryStore(clock)
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        from vaultio.limiter.stores import sqlite

        return SharedStore(sqlite.SqliteLedger.at(url))
    if scheme in _SERVERS:
        from vaultio.limiter.stores import redis

        return redis.redis_store(url)
    raise _no_store(url)


async def usages(url: str) -> dict[str, Usage]:
    """Describe the quotas that a file or server holds, by vault, without taking part in them.

    The limits are those that the server told last or, before it did, those of the program that
    wrote last. Raises `QuotaStoreError` if there is nothing, or it cannot be read.
    """
    if urlsplit(url).scheme == "sqlite":
        from vaultio.limiter.stores import sqlite

        return await sqlite.usages(url)
    if urlsplit(url).scheme in _SERVERS:
        from vaultio.limiter.stores import redis

        return await redis.usages(url)
    raise _no_store(url)


def _no_store(url: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{urlsplit(url).scheme or url!r} names no store: "
        "use memory:, sqlite:///file or redis://host:port/db"
    )
