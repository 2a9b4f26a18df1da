"""What stands on each worker of a dask cluster while a job runs: its vaults, and who uses them.

Batches run in the event loop of the worker, which stays free for dask: what blocks (hashes, the
disk) is in threads already, so heartbeats go out while files arrive.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
from attrs import frozen
from distributed import Worker, WorkerPlugin, get_worker

from vaultio.errors import ClusterError, VaultioError
from vaultio.integrations.recipe import Recipe
from vaultio.migration.crew import Batch, Bench, Done, Task

IDLE_S = 60.0
"""Seconds without a batch after which a station lets its `Vault` go: its driver may be dead."""


@frozen(kw_only=True)
class Order:
    """What a station is told; it is pickled, and has no secret."""

    name: str
    run: str
    """Tells the runs of one job apart: batches of a dead driver's are not done any more."""

    recipes: tuple[Recipe, ...]
    """Of the vaults of the job."""

    task: Task
    at_once: int
    mark: Path
    """A file that lies in the job's folder: who does not see it writes somewhere else."""


class Station(WorkerPlugin):
    """Does the batches of one job on one worker, with vaults opened for the first of them."""

    def __init__(self, order: Order, *, idle_s: float = IDLE_S) -> None:
        self.order = order
        self._idle_s = idle_s
        self._is_over = False
        self._bench: Bench | None = None
        self._stack = AsyncExitStack()
        self._lock = asyncio.Lock()
        self._running = set[asyncio.Task[Done]]()
        self._closing: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def __reduce__(self) -> Any:
        """Send the order alone."""
        return Station, (self.order,)

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002 # dask's names
        """End what is in flight, and the session; the driver has left, or this worker does."""
        await self.close()

    async def work(self, batch: Batch) -> Done:
        """Do a batch. What is wrong with this worker is said in the result, never raised.

        A raised error would stand in logs, with all that it was about.
        """
        task = asyncio.ensure_future(self._work(batch))
        self._running.add(task)
        try:
            await asyncio.wait({task})
        finally:
            self._running.discard(task)
            task.cancel()
            self._rest()
        return Done() if task.cancelled() else task.result()

    def hold(self) -> None:
        """Begin no more items; those in flight are finished."""
        self._is_over = True
        if self._bench is not None:
            self._bench.is_over = True

    async def close(self) -> None:
        """End the batches in flight, their items undone, and close the vaults."""
        for task in self._running:
            task.cancel()
        if self._timer is not None:
            self._timer.cancel()
        async with self._lock:
            self._bench = None
            await self._stack.aclose()

    async def _work(self, batch: Batch) -> Done:
        try:
            bench = await self._opened()
            return await bench.work(batch)
        except VaultioError as error:
            return Done(trouble=str(error))

    async def _opened(self) -> Bench:
        async with self._lock:
            if self._bench is None:
                self._bench = await self._open()
            return self._bench

    async def _open(self) -> Bench:
        order = self.order
        if not await anyio.Path(order.mark).exists():
            raise ClusterError(
                f"it does not see {order.mark.parent} as the driver does: a job's folder must be "
                f"on a disk that all workers share, under the same path"
            )
        enter = self._stack.enter_async_context
        try:
            vaults = [await enter(recipe.opened(order.at_once)) for recipe in order.recipes]
        except ImportError as error:
            raise ClusterError(f"something is not installed: {error}") from error
        bench = await enter(order.task.bench(vaults, order.at_once))
        bench.is_over = self._is_over
        return bench

    def _rest(self) -> None:
        """Close after a while without work."""
        if self._timer is not None:
            self._timer.cancel()
        if not self._running:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._idle_s, self._doze)

    def _doze(self) -> None:
        if not self._running:
            self._closing = asyncio.ensure_future(self.close())


async def work(name: str, run: str, batch: Batch) -> Done:
    """Do a batch on the worker that this is called on: dask's task."""
    station = get_worker().plugins.get(name)
    if not isinstance(station, Station) or station.order.run != run:
        return Done(trouble="it was not told of this job, or the job is over")
    return await station.work(batch)


def hold(name: str, dask_worker: Worker) -> None:
    """Let the station on a worker begin nothing more."""
    station = dask_worker.plugins.get(name)
    if isinstance(station, Station):
        station.hold()
