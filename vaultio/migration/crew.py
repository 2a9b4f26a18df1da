"""Workers elsewhere who do the items of a job, while its manifest stays where the job runs.

What is here knows of no cluster: how a batch is done on a worker, and what whoever brings workers
has to offer. See `vaultio.integrations.dask`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import anyio
from attrs import Factory, define, evolve, field, frozen

from vaultio.client import Vault
from vaultio.downloads import Progress
from vaultio.errors import ClusterError, VaultioError
from vaultio.limiter import Meter
from vaultio.migration.entries import Draft, Entry, Result, failure
from vaultio.migration.trouble import MOST_LINE_ERRORS, Halted, Outage, first, stops_all

Add: TypeAlias = Callable[[list[Draft]], Awaitable[None]]
"""Enters what was found in the course of an item's work."""


@frozen(kw_only=True)
class Batch:
    """Items for a worker to do. *key* is the batch's for good, whoever does it, and how often."""

    key: str
    entries: Sequence[Entry]
    known: Any = None
    """What the driver has looked up for it in the manifest; it is pickled."""

    folders: frozenset[Path] = frozenset()
    """Where a worker that dies may leave parts of files; the driver's alone."""

    def parts(self) -> list[Batch]:
        """Make a batch of each item; for others they are the same one."""
        return [evolve(self, entries=[one]) for one in self.entries]


@frozen(kw_only=True)
class Done:
    """What came of a batch: results, items found in its course, and what its calls took."""

    results: Sequence[Result] = ()
    found: Sequence[Draft] = ()
    left_out: frozenset[str] = frozenset()
    """Fields that had a value and that the target does not know."""

    calls: int = 0
    waited_s: float = 0.0
    """Seconds that calls waited for quota, all added up."""

    trouble: str | None = None
    """What ended it early, and would end every batch."""

    @classmethod
    def of(cls, parts: Sequence[Done]) -> Done:
        """Add up what came of the parts of a batch."""
        return cls(
            results=[result for part in parts for result in part.results],
            found=[draft for part in parts for draft in part.found],
            left_out=frozenset().union(*(part.left_out for part in parts)),
            calls=sum(part.calls for part in parts),
            waited_s=sum(part.waited_s for part in parts),
            trouble=next((part.trouble for part in parts if part.trouble), None),
        )

    def settled(self, batch: Batch) -> list[Result]:
        """Return the results of all items, or raise `Halted` with them; who has none, waits."""
        told = {one.number: one for one in self.results}
        results = [
            told.get(one.number) or Result(number=one.number, state="found")
            for one in batch.entries
        ]
        if self.trouble is not None:
            raise Halted(ClusterError(f"a worker gave up: {self.trouble}"), results)
        return results


class Bench(Protocol):
    """Where a worker does the batches of one job."""

    is_over: bool
    """Nothing more is to be begun."""

    async def work(self, batch: Batch) -> Done:
        """Do a batch; items that were not begun have no result."""


class Task(Protocol):
    """What a job lets workers do. It is pickled and sent to them."""

    def bench(self, vaults: Sequence[Vault], at_once: int) -> AbstractAsyncContextManager[Bench]:
        """Make ready on a worker, which has opened the vaults of the job.

        *at_once* items of all its batches are under way at a time.
        """


class Hands(Protocol):
    """Workers that are ready."""

    async def work(self, batch: Batch) -> Done:
        """Let one of them do a batch; if it dies, another one.

        Items of which the result says nothing were not begun. `ClusterError` is everybody's.
        """

    def stop(self) -> None:
        """Let nothing more be begun; what is in flight is finished."""


class Crew(Protocol):
    """Workers that can be called together. A batch has *batch_size* items, *batches* are out.

    None leaves it to the job how large a batch is.
    """

    batch_size: int | None
    batches: int

    def gathered(
        self, vaults: Sequence[Vault], folder: Path, task: Task
    ) -> AbstractAsyncContextManager[Hands]:
        """Have them ready for a task that writes to a folder, which all of them must see.

        *vaults* are the driver's own, which they share the quotas with.
        """


Do: TypeAlias = Callable[[Vault, Entry, Add, Progress], Awaitable[Result]]
"""Does one item."""


@define
class Shift:
    """A bench where items are done one by one, *at_once* of all batches at a time.

    An error that would be that of every item ends the batch, as do too many errors of the line in
    a row; both are its trouble.
    """

    vault: Vault
    do: Do
    at_once: int
    is_over: bool = False
    """Nothing more is to be begun."""

    _room: anyio.Semaphore = field(
        init=False, default=Factory(lambda self: anyio.Semaphore(self.at_once), takes_self=True)
    )
    _outage: Outage = field(
        init=False,
        default=Factory(lambda self: Outage(MOST_LINE_ERRORS + self.at_once), takes_self=True),
    )

    async def work(self, batch: Batch) -> Done:
        """Do a batch; items that were not begun have no result."""
        meter, results, found = Meter(), list[Result](), list[Draft]()
        vault = self.vault.with_options(priority="bulk", meter=meter, always_md5=True)
        trouble: str | None = None

        async def add(drafts: list[Draft]) -> None:
            found.extend(drafts)

        async def do(entry: Entry) -> None:
            async with self._room:
                if not self.is_over:
                    results.append(await self._done(vault, entry, add))

        try:
            async with anyio.create_task_group() as group:
                for entry in batch.entries:
                    group.start_soon(do, entry)
        except BaseExceptionGroup as errors:
            error = first(errors)
            if not isinstance(error, ClusterError):
                raise error from None
            trouble = str(error)
        return Done(
            results=results,
            found=found,
            calls=meter.calls,
            waited_s=meter.waited_s,
            trouble=trouble,
        )

    async def _done(self, vault: Vault, entry: Entry, add: Add) -> Result:
        try:
            result = await self.do(vault, entry, add, lambda _, __: None)
        except VaultioError as error:
            if stops_all(error) or self._outage.note(error):
                raise ClusterError(f"{type(error).__name__}: {error}") from error
            return failure(entry.number, error)
        self._outage.note(None)
        return result
