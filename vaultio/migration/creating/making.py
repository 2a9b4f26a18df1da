"""What all stages work with: the target, the books, the files, and so many things at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeAlias, TypeVar

import anyio
from attrs import Factory, define, field

from vaultio.errors import VaultioError
from vaultio.migration.creating.books import Books
from vaultio.migration.creating.target import Target
from vaultio.migration.entries import Entry, Result, failure
from vaultio.migration.runner import Step
from vaultio.migration.trouble import MOST_LINE_ERRORS, Halted, Outage, stops_all
from vaultio.protocol.multipart import UploadProgress

Files: TypeAlias = Callable[[Entry], AbstractAsyncContextManager[Path]]
"""Opens an item's file: at that path while the block lasts."""

ROUNDS = 3
"""How often something is begun whose answers are lost, each time after a look."""

T = TypeVar("T")
R = TypeVar("R")


@define(kw_only=True, eq=False)
class Making:
    """One run's means to bring things into *target*.

    *files* opens the file of an item that has a `path`. *concurrency* calls are made at once,
    whatever the stage. *progress* is told of bytes that went out; *is_stopped* says that nothing
    more is to be begun. *outage* may be one for several of these.
    """

    target: Target
    books: Books
    files: Files
    concurrency: int = 8
    progress: Callable[[Entry, int, int | None], object] = lambda *_: None
    is_stopped: Callable[[], bool] = lambda: False
    trouble: VaultioError | None = None
    """The error that ends the run, once there is one."""

    outage: Outage = field(
        default=Factory(lambda self: Outage(MOST_LINE_ERRORS + self.concurrency), takes_self=True)
    )
    _slots: anyio.Semaphore = field(init=False)
    _noted: int = field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        self._slots = anyio.Semaphore(self.concurrency)

    def step(
        self,
        stage: str,
        work: Callable[[Making, list[Entry]], Awaitable[list[Result]]],
        *,
        size: int,
        at_once: int = 1,
    ) -> Step:
        """Make the step of a stage that works on many items at a time."""

        async def batch(entries: list[Entry]) -> Sequence[Result]:
            results = await work(self, entries)
            await self.note_left_out()
            if self.trouble is not None:
                raise Halted(self.trouble, results)
            return results

        return Step(stage=stage, batch=batch, batch_size=size, concurrency=at_once)

    async def each(
        self, items: Sequence[T], work: Callable[[T], Awaitable[R]]
    ) -> list[R | VaultioError | None]:
        """Do *work* on each, some at once; None is what was not begun any more."""
        outcomes: list[R | VaultioError | None] = [None] * len(items)

        async def one(at: int) -> None:
            async with self._slots:
                if not (self.is_stopped() or self.trouble):
                    outcomes[at] = await self._tried(items[at], work)

        async with anyio.create_task_group() as group:
            for at in range(len(items)):
                group.start_soon(one, at)
        return outcomes

    async def asked(self, ask: Callable[[], Awaitable[R]]) -> R | VaultioError:
        """Ask the target something; an error is returned, and noted if it ends the run."""
        return await self._tried(None, lambda _: ask())

    def result(self, entry: Entry, outcome: Result | VaultioError | None) -> Result:
        """Make an item's result of how its work ended; what ends the run leaves it waiting."""
        if isinstance(outcome, Result):
            return outcome
        if outcome is None or outcome is self.trouble or stops_all(outcome):
            return Result(number=entry.number, state="found")
        return failure(entry.number, outcome)

    async def note_left_out(self) -> None:
        """Write down which fields the target does not know, before their documents are done."""
        if len(self.target.left_out) > self._noted:
            self._noted = len(self.target.left_out)
            await self.books.leave_out(self.target.left_out)

    def told(self, entry: Entry) -> UploadProgress:
        """Make what an upload tells of its bytes."""
        return lambda sent, total: self.progress(entry, sent, total)

    async def _tried(self, item: T, work: Callable[[T], Awaitable[R]]) -> R | VaultioError:
        try:
            outcome = await work(item)
        except VaultioError as error:
            is_outage = self.outage.note(error)
            if self.trouble is None and (is_outage or stops_all(error)):
                self.trouble = error
            return error
        self.outage.note(None)
        return outcome
