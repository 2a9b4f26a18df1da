"""Workers elsewhere who do the items of a job, while its manifest stays where the job runs.

What is here knows of no cluster: how a batch is done on a worker, and what whoever brings workers
has to offer. See `vaultio.integrations.dask`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol, TypeAlias

import anyio
from attrs import Factory, define, field, frozen

from vaultio.client import Vault
from vaultio.downloads import Progress
from vaultio.errors import ClusterError, VaultioError
from vaultio.limiter import Meter
from vaultio.migration.entries import Draft, Entry, Result, failure
from vaultio.migration.trouble import MOST_LINE_ERRORS, Outage, first, stops_all

Add: TypeAlias = Callable[[list[Draft]], Awaitable[None]]
"""Enters what was found in the course of an item's work."""


class Task(Protocol):
    """What a job does with one item. It is pickled and sent to the workers."""

    async def do(self, vault: Vault, entry: Entry, add: Add, progress: Progress) -> Result:
        """Do it."""


@frozen(kw_only=True)
class Done:
    """What came of a batch: results, items found in its course, and what its calls took."""

    results: Sequence[Result] = ()
    found: Sequence[Draft] = ()
    calls: int = 0
    waited_s: float = 0.0
    """Seconds that calls waited for quota, all added up."""

    trouble: str | None = None
    """What ended it early, and would end every batch."""


class Hands(Protocol):
    """Workers that are ready."""

    async def work(self, entries: Sequence[Entry]) -> Done:
        """Let one of them do a batch; if it dies, another one.

        Items of which the result says nothing were not begun. `ClusterError` is everybody's.
        """

    def stop(self) -> None:
        """Let nothing more be begun; what is in flight is finished."""


class Crew(Protocol):
    """Workers that can be called together. A batch has *batch_size* items, *batches* are out."""

    batch_size: int
    batches: int

    def gathered(
        self, vault: Vault, folder: Path, task: Task
    ) -> AbstractAsyncContextManager[Hands]:
        """Have them ready for a task that writes to a folder, which all of them must see.

        *vault* is the driver's own, which they share the quota with.
        """


@define
class Shift:
    """What one worker does: batches, *at_once* items of all of them at a time.

    An error that would be that of every item ends the batch, as do too many errors of the line in
    a row; both are a `ClusterError` that says what it was.
    """

    vault: Vault
    task: Task
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

    async def work(self, entries: Sequence[Entry]) -> Done:
        """Do a batch; items that were not begun have no result."""
        meter, results, found = Meter(), list[Result](), list[Draft]()
        vault = self.vault.with_options(priority="bulk", meter=meter, always_md5=True)

        async def add(drafts: list[Draft]) -> None:
            found.extend(drafts)

        async def do(entry: Entry) -> None:
            async with self._room:
                if not self.is_over:
                    results.append(await self._done(vault, entry, add))

        try:
            async with anyio.create_task_group() as group:
                for entry in entries:
                    group.start_soon(do, entry)
        except BaseExceptionGroup as errors:
            raise first(errors) from None
        return Done(results=results, found=found, calls=meter.calls, waited_s=meter.waited_s)

    async def _done(self, vault: Vault, entry: Entry, add: Add) -> Result:
        try:
            result = await self.task.do(vault, entry, add, lambda _, __: None)
        except VaultioError as error:
            if stops_all(error) or self._outage.note(error):
                raise ClusterError(f"{type(error).__name__}: {error}") from error
            return failure(entry.number, error)
        self._outage.note(None)
        return result
