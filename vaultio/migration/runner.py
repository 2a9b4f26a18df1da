"""The engine of every job: finds items, hands them out, and writes down what became of each.

A job is a manifest and some steps, one a stage. Finding and the first stages overlap; a stage is
over when nothing of it waits and nothing more can be found. Whatever ends a run, the next one of
the same manifest goes on from there.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from secrets import token_hex

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from attrs import frozen

from vaultio.errors import InvalidArgumentError, UnreadableReplyError, VaultioError
from vaultio.limiter import Meter
from vaultio.migration.entries import Draft, Entry, Outcome, Result, failure
from vaultio.migration.events import Event, Found, Stage, Started
from vaultio.migration.ledger import Ledger, Usage
from vaultio.migration.manifest import Manifest
from vaultio.migration.outcome import Progress
from vaultio.migration.trouble import MOST_LINE_ERRORS, Halted, Outage, first, stops_all

Batch = list[Entry]
CHANGED = "ChecksumError"
"""The failure of a file that is not what the source had said of it, or not any more."""


@frozen(kw_only=True)
class Step:
    """What is done with the items of one stage: one by one (`work`) or many at once (`batch`).

    `work` returns the item's result; a `VaultioError` that it raises is the item's failure, or,
    if it would be that of all, ends the run. `batch` gets up to `batch_size` items and returns
    their results, all of them, or raises `Halted` with them. `concurrency` works or batches run
    at once. With `is_whole` all items of one document go in one batch, however large it is then.
    """

    stage: str
    work: Callable[[Entry], Awaitable[Result]] | None = None
    batch: Callable[[Batch], Awaitable[Sequence[Result]]] | None = None
    batch_size: int = 1
    is_whole: bool = False
    concurrency: int = 8

    def __attrs_post_init__(self) -> None:
        if (self.work is None) == (self.batch is None):
            raise InvalidArgumentError("a step works on items one by one or in batches")
        if self.concurrency < 1 or self.batch_size < 1:
            raise InvalidArgumentError("concurrency and batch_size must be at least 1")

    @property
    def claimed(self) -> int:
        """How many items are claimed at a time."""
        return self.batch_size if self.batch else 2 * self.concurrency


class Runner:
    """One run of a job.

    *discover* enters what it finds with `add` and returns when there is no more. *holder* names
    this run in leases of *lease_s* seconds, which are renewed while it lives. With *retry_failed*
    what failed in earlier runs is tried again, once. *on_event* is called in the event loop;
    *ready* is awaited before an item is begun, for listeners that need time. *meter* counts the
    calls, *usage* tells of the quota: both for the samples in the manifest.
    """

    def __init__(
        self,
        manifest: Manifest,
        steps: Sequence[Step],
        *,
        discover: Callable[[], Awaitable[None]] | None = None,
        holder: str | None = None,
        lease_s: float = 300.0,
        retry_failed: bool = True,
        on_event: Callable[[Event], object] = lambda _: None,
        ready: Callable[[], Awaitable[None]] | None = None,
        meter: Meter | None = None,
        usage: Usage | None = None,
    ) -> None:
        self.tell = on_event
        self.is_complete = False
        self._manifest = manifest
        self._steps = steps
        self._discover = discover
        self._holder = holder or f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        self._lease_s = lease_s
        self._retry_failed = retry_failed
        self._ready = ready
        self._ledger = Ledger(manifest, on_event, meter or Meter(), usage)
        self._outage = Outage(MOST_LINE_ERRORS + max(step.concurrency for step in steps))
        self._stopping = False
        self._error: VaultioError | None = None
        self._found_all = anyio.Event()
        self._finding = anyio.CancelScope()
        self._busy = 0
        self._began_at = 0.0
        self._changed = anyio.Event()

    @property
    def progress(self) -> Progress:
        """What this run has done so far."""
        return self._ledger.progress

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more is to be begun."""
        return self._stopping

    def stop(self) -> None:
        """Begin nothing more; what is in flight is finished and written down."""
        self._stopping = True
        self._finding.cancel()
        self._nudge()

    async def add(self, drafts: Iterable[Draft], *, since: float = 0.0) -> None:
        """Enter what was found (see `Manifest.enter`), and tell of what is to be worked on."""
        for draft in await self._manifest.enter(drafts, since=since):
            if draft.state == "found":
                self.tell(Found(draft))
        self._nudge()
        if self._ready is not None:
            await self._ready()

    async def run(self) -> None:
        """Do everything; an error that is everybody's is raised when the rest is written down."""
        trouble: BaseException | None = None
        try:
            await self._begin()
            await self._stages()
            await self._leave(self._error)
        except BaseException as error:
            trouble = first(error)
            with suppress(VaultioError):  # the first error says more
                await self._leave(trouble)
        trouble = trouble or self._error
        if trouble is not None:
            raise trouble
        self.is_complete = not self._stopping

    async def _begin(self) -> None:
        """Take back what dead runs had, and say what waits."""
        await self._manifest.release()
        self._began_at = self._manifest.now()
        if self._retry_failed:
            await self._manifest.retry_failed(but=CHANGED if self._discover else None)
        await self._ledger.begin(self._holder)
        tallies = await self._manifest.tallies()
        for step in self._steps:
            own = [one for one in tallies if one.stage == step.stage]
            waiting = [one for one in own if one.state in {"found", "leased"}]
            size, done = sum(one.expected_size for one in waiting), {"done", "skipped"}
            items = sum(one.items for one in waiting)
            before = sum(one.items for one in own if one.state in done)
            self.tell(Stage(step.stage, items, size, before))

    async def _leave(self, trouble: BaseException | None) -> None:
        """Write down what is done, let go of what is not, and say why it is over."""
        with anyio.CancelScope(shield=True):
            await self._ledger.flush()
            await self._manifest.release(self._holder)
            outcome: Outcome = "stopped" if self._stopping else "complete"
            if trouble is not None:
                outcome = "failed" if isinstance(trouble, Exception) else "cancelled"
            message = f"{type(trouble).__name__}: {trouble}" if outcome == "failed" else None
            await self._ledger.end(outcome, message)

    async def _stages(self) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(self._ledger.keep)
            group.start_soon(self._renew)
            group.start_soon(self._find)
            for step in self._steps:
                await self._do(step)
            await self._found_all.wait()
            group.cancel_scope.cancel()

    async def _find(self) -> None:
        try:
            with self._finding:
                if self._discover is not None:
                    await self._discover()
                    await self._retry_changed()
        except VaultioError as error:
            self._end(error)
        finally:
            self._found_all.set()
            self._nudge()

    async def _retry_changed(self) -> None:
        """Try again what was not the file that the source had named: now it has named it anew."""
        if self._retry_failed:
            await self._manifest.retry_failed(CHANGED, before=self._began_at)

    async def _renew(self) -> None:
        while True:
            await anyio.sleep(self._lease_s / 3)
            await self._manifest.renew(self._holder, self._lease_s)

    async def _do(self, step: Step) -> None:
        """Do one stage, to its end or until the run is stopped."""
        send, receive = anyio.create_memory_object_stream[Batch](0)
        with send, receive:
            async with anyio.create_task_group() as group:
                for _ in range(step.concurrency):
                    group.start_soon(self._work, step, receive.clone())
                await self._feed(step, send)
                send.close()
        await self._ledger.flush()

    async def _feed(self, step: Step, send: MemoryObjectSendStream[Batch]) -> None:
        while not self._stopping:
            self._changed = changed = anyio.Event()
            # Looked at before the claim: what comes in between is waited for.
            is_last = self._found_all.is_set() and not self._busy
            entries = await self._claimed(step)
            if not entries and is_last:
                return
            if not entries:
                await changed.wait()
            size = len(entries) if step.is_whole else step.batch_size
            for at in range(0, len(entries), size or 1):
                if self._stopping:
                    await self._manifest.give_back(one.number for one in entries[at:])
                    return
                self._busy += 1
                await send.send(entries[at : at + size])

    async def _claimed(self, step: Step) -> Batch:
        """Claim what is to be done next; while more is being found, not half a batch."""
        manifest, stage = self._manifest, step.stage
        may_grow = step.batch is not None and not self._found_all.is_set()
        if may_grow and await manifest.waiting(stage, step.batch_size) < step.batch_size:
            return []
        how = {"is_whole": step.is_whole}
        return await manifest.claim(stage, self._holder, step.claimed, self._lease_s, **how)

    async def _work(self, step: Step, receive: MemoryObjectReceiveStream[Batch]) -> None:
        with receive:
            async for entries in receive:
                if self._stopping:
                    await self._manifest.give_back(one.number for one in entries)
                else:
                    await self._done(step, entries)
                self._busy -= 1
                self._nudge()

    async def _done(self, step: Step, entries: Batch) -> None:
        """Work on items and note what became of them."""
        if self._ready is not None:
            await self._ready()
        for entry in entries:
            self.tell(Started(entry))
        try:
            results = await self._results(step, entries)
            self._outage.note(None)
        except Halted as halted:
            self._end(halted.error)
            results = halted.results
        except VaultioError as error:
            if stops_all(error) or self._outage.note(error):
                self._end(error)
                results = [Result(number=entry.number, state="found") for entry in entries]
            else:
                results = [failure(entry.number, error) for entry in entries]
        by_number = {result.number: result for result in results}
        lost = UnreadableReplyError("nothing was said of it")
        for entry in entries:
            result = by_number.get(entry.number) or failure(entry.number, lost)
            await self._ledger.note(entry, result)

    async def _results(self, step: Step, entries: Batch) -> Sequence[Result]:
        if step.batch is not None:
            return await step.batch(entries)
        assert step.work is not None
        return [await step.work(entry) for entry in entries]

    def _end(self, error: VaultioError) -> None:
        """Stop because of an error that is everybody's; the first one is raised."""
        if self._error is None:
            self._error = error
        self.stop()

    def _nudge(self) -> None:
        self._changed.set()
