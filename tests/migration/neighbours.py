"""A crew of one worker, without a cluster around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import define, field

from vaultio import Vault
from vaultio.migration.crew import Batch, Bench, Done, Hands, Task


@define
class Neighbours:
    """A crew of one worker, in this very process."""

    batch_size: int | None = 4
    batches: int = 2
    batches_done: list[int] = field(factory=list)
    _bench: Bench | None = None

    @asynccontextmanager
    async def gathered(
        self, vaults: Sequence[Vault], folder: Path, task: Task
    ) -> AsyncIterator[Hands]:
        """Be the worker."""
        assert folder.is_absolute()
        async with task.bench(vaults, 2) as self._bench:
            yield self

    async def work(self, batch: Batch) -> Done:
        """Do a batch."""
        assert self._bench is not None
        self.batches_done.append(len(batch.entries))
        return await self._bench.work(batch)

    def stop(self) -> None:
        """Begin nothing more."""
        assert self._bench is not None
        self._bench.is_over = True
