"""A job on a dask cluster that is there: its workers move the files, the driver keeps the manifest.

::

    recipe = Recipe(url="https://myvault.veevavault.com", api_version="v24.3",
                    user="ana@example.com", password="env:VAULTIO_PASSWORD",
                    store="redis://quota:6379/0")
    async with recipe.opened() as vault:
        crew = DaskCrew("tcp://scheduler:8786", recipe)
        report = await export(vault, to="/shared/archive", crew=crew)

A copy needs the recipe of its target too: ``DaskCrew(address, recipe, target=other)``.
More machines bring bandwidth, disks and processors, never quota. All of them need
``vaultio[dask,redis]``, what the recipe refers to, and the folder under the same path.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

import anyio
from attrs import define, evolve, field

from vaultio.client import Vault
from vaultio.errors import ClusterError, InvalidArgumentError
from vaultio.integrations.recipe import Recipe
from vaultio.migration.crew import Batch, Done, Task
from vaultio.migration.disk import marked, sweep
from vaultio.migration.entries import failure

try:
    from distributed import Client, KilledWorker, Security

    from vaultio.integrations.station import Order, Station, hold, work
except ImportError as error:
    raise ImportError('a cluster needs more of vaultio: pip install "vaultio[dask]"') from error

__all__ = ["DaskCrew", "Recipe"]

_CLIENT: Any = Client  # which releases annotate more or less
_CONNECT_S = 10.0
_LEAVE_S = 15.0


@define(kw_only=True)
class DaskCrew:
    """The workers of the cluster whose scheduler is at *address*, as the ``crew`` of a job.

    Each worker process opens one `Vault` by the *recipe*, for a copy another one by that of the
    *target*, and fetches *at_once* files at a time. A task of dask's is a batch of *batch_size*
    items (None: 16 of an export, 200 of a copy), of which *batches* are out: more than the threads
    of the cluster, so that none runs dry. A worker with two threads or more begins another batch
    while the last files of one arrive.

    A dead worker's batches are done by others; an item that workers died of again and again
    fails with `ClusterError`. That is raised where the cluster cannot be used at all: no
    scheduler, no worker within *wait_s* seconds, another folder on the workers, a secret that is
    not there, or an error on one worker that would be that of every item.
    """

    address: str = field(kw_only=False)
    recipe: Recipe = field(kw_only=False)
    target: Recipe | None = None
    at_once: int = 8
    batch_size: int | None = None
    batches: int = 32
    wait_s: float = 60.0
    security: Security | None = field(default=None, repr=False)
    """For a cluster that speaks TLS."""

    @asynccontextmanager
    async def gathered(
        self, vaults: Sequence[Vault], folder: Path, task: Task
    ) -> AsyncIterator[_Hands]:
        """Have a station on each worker, those that join later too, while the block lasts."""
        recipes = self._recipes(len(vaults))
        for vault, recipe in zip(vaults, recipes, strict=True):
            _check(vault, recipe)
        name = f"vaultio-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
        async with marked(folder) as mark, self._client() as client:
            order = Order(
                name=name,
                run=token_hex(4),
                recipes=recipes,
                task=task,
                at_once=self.at_once,
                mark=mark,
            )
            hands = _Hands(client, order)
            try:
                with _cluster_errors("the workers could not be told of the job"):
                    # A name that a dead driver's has: that is torn down, with what is in flight.
                    await client.register_plugin(Station(order), name=name)
                yield hands
            finally:
                with anyio.move_on_after(_LEAVE_S, shield=True):
                    await hands.leave()

    def _recipes(self, number: int) -> tuple[Recipe, ...]:
        """Return those of a job with so many vaults."""
        recipes = (self.recipe,) if self.target is None else (self.recipe, self.target)
        if number > len(recipes):
            raise InvalidArgumentError(
                "the workers of a copy open its target, too: DaskCrew(..., target=Recipe(...))"
            )
        return recipes[:number]

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Any]:
        with _cluster_errors(f"there is no scheduler at {self.address}"):
            client = await _CLIENT(
                self.address,
                asynchronous=True,
                set_as_default=False,
                security=self.security,
                timeout=min(self.wait_s, _CONNECT_S),
            )
        try:
            with _cluster_errors(f"no worker came within {self.wait_s:g} s to {self.address}"):
                await client.wait_for_workers(1, timeout=self.wait_s)
            yield client
        finally:
            with anyio.move_on_after(_LEAVE_S, shield=True):
                await client.close()


class _Hands:
    """A cluster whose workers have their stations."""

    def __init__(self, client: Any, order: Order) -> None:
        self._client = client
        self._order = order
        self._numbers = count(1)
        self._in_flight = dict[str, frozenset[Path]]()
        self._shaken = set[Path]()
        self._suspects = anyio.Lock()
        self._holding: asyncio.Future[object] | None = None
        client.subscribe_topic("all", self._heard)

    async def work(self, batch: Batch) -> Done:
        """Let a worker do a batch, and another one if it dies."""
        key = f"vaultio-batch-{self._order.run}-{next(self._numbers)}"
        name, run = self._order.name, self._order.run
        self._in_flight[key] = batch.folders
        sent = evolve(batch, folders=frozenset())
        future = self._client.submit(work, name, run, sent, key=key, pure=False)
        try:
            return await self._outcome(future, batch)
        finally:
            del self._in_flight[key]
            future.release()

    def stop(self) -> None:
        """Let all stations begin nothing more."""
        if self._holding is None:
            self._holding = asyncio.ensure_future(self._client.run(hold, self._order.name))

    async def leave(self) -> None:
        """Take the stations away, and the parts of files that dead workers left."""
        if self._holding is not None:
            self._holding.cancel()
        self._client.unsubscribe_topic("all")
        await self._client.unregister_worker_plugin(self._order.name)
        await sweep(self._shaken)

    async def _outcome(self, future: Any, batch: Batch) -> Done:
        try:
            with _cluster_errors("a worker could not do its batch"):
                done: Done = await future
            return done
        except KilledWorker as error:
            return await self._one_by_one(batch, error)
        except CancelledError:
            return self._given_back()

    async def _one_by_one(self, batch: Batch, error: KilledWorker) -> Done:
        """Find out which item of a batch it was that workers died of.

        Suspects are tried one after the other: dask blames all that was on a worker that died, so
        two at once might stand for each other.
        """
        if len(batch.entries) > 1:
            done = list[Done]()
            async with self._suspects:
                for part in batch.parts():
                    done.append(await self.work(part))
                    if done[-1].trouble is not None:
                        break
            return Done.of(done)
        trouble = ClusterError(f"every worker that began it died, at last {error.last_worker}")
        return Done(results=[failure(one.number, trouble) for one in batch.entries])

    def _given_back(self) -> Done:
        """Let a batch wait again that somebody cancelled; without a scheduler nobody does it."""
        if self._client.status != "running":
            raise ClusterError("the scheduler is gone: run the job again, it goes on")
        return Done()

    def _heard(self, event: tuple[float, object]) -> None:
        """Note whose parts may lie about: those in flight when a worker went."""
        _, said = event
        if isinstance(said, dict) and said.get("action") == "remove-worker":
            self._shaken.update(*self._in_flight.values())


def _check(vault: Vault, recipe: Recipe) -> None:
    """Refuse a driver's client of another vault, or with books of its own."""
    if vault.base_url != recipe.url.rstrip("/"):
        raise InvalidArgumentError(
            f"the driver's vault is {vault.base_url}, the workers' {recipe.url}"
        )
    if (recipe.burst or recipe.daily) and not vault.limiter.is_shared:
        raise InvalidArgumentError(
            "the driver's limiter counts by itself: open its vault by recipe.opened(), or give "
            "its Limiter the store that the workers have"
        )


@contextmanager
def _cluster_errors(what: str) -> Iterator[None]:
    """Turn what dask raises into a `ClusterError`, but for the death or cancel of a task."""
    try:
        yield
    except (CancelledError, KilledWorker, ClusterError):
        raise
    except Exception as error:  # it may be anything, from any of several processes
        raise ClusterError(f"{what}: {type(error).__name__}: {error}") from error
