"""Many rows in few calls: batches that run side by side, results that come in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

import anyio
import attrs
from anyio.to_thread import run_sync

from vaultio.errors import InvalidArgumentError
from vaultio.models import RowResult
from vaultio.protocol.request import Request
from vaultio.protocol.rows import Batch, row_results, rows_csv, rows_json
from vaultio.transport.row_source import Rows, batches, check_rows

if TYPE_CHECKING:
    from vaultio.transport.caller import Caller

CONCURRENCY = 4
RowResults = AsyncGenerator[RowResult, None]
"""One result a row, in the order of the input; nothing is sent before the first is asked for."""

_Send = Callable[[Batch], Awaitable[tuple[RowResult, ...]]]


def in_batches(
    caller: Caller,
    request: Request,
    rows: Rows,
    *,
    size: int,
    numbers: bool = True,
    as_json: bool = False,
    same_keys: bool = False,
    concurrency: int = CONCURRENCY,
) -> RowResults:
    """Send *rows* by copies of *request*, *size* rows a call, *concurrency* calls at once.

    Rows are read as they are needed, never more than *concurrency* batches ahead of the results
    given out. Leaving the iteration gives up the calls in flight, which may be carried out all
    the same, and closes *rows* if it is an async generator. *numbers* says that ids are whole
    numbers, *as_json* how rows are written; *same_keys* refuses CSV rows of one call with
    different keys.
    """
    if not isinstance(concurrency, int) or concurrency < 1:
        raise InvalidArgumentError(f"concurrency is a number of calls, 1 or more: {concurrency!r}")
    check_rows(rows)
    write = rows_json if as_json else partial(rows_csv, same_keys=same_keys)

    async def send(batch: Batch) -> tuple[RowResult, ...]:
        # 1,000 wide rows take 50 ms to write: time that others on the loop do not have.
        body = await run_sync(write, batch)
        read = row_results(batch, numbers=numbers)
        return await caller.send(attrs.evolve(request, body=body), read)

    return _results(send, rows, size, concurrency)


async def _results(send: _Send, rows: Rows, size: int, concurrency: int) -> RowResults:
    work = _Work(send, batches(rows, size), concurrency)
    done = 0
    try:
        while (batch := await work.next_batch()) is not None:
            try:
                results = await work.result_of(batch)
            except Exception as error:
                _tell(error, batch, work.begun_after(batch), done)
                raise
            done = batch.last
            for result in results:
                yield result
            work.forget(batch)
        try:
            await work.reading
        except Exception as error:
            error.add_note(f"the rows after row {done} were not sent; {_said(done)}")
            raise
    finally:
        await work.end()


class _Work:
    """The calls of one iteration: a task that reads and starts, and a task a call.

    One task reads from beginning to end: an async generator of the user's may hold what must
    be left in the task that entered it.
    """

    def __init__(self, send: _Send, source: AsyncGenerator[Batch, None], concurrency: int) -> None:
        self._send = send
        self._source = source
        self._slots = asyncio.Semaphore(concurrency)
        self._ready: asyncio.Queue[Batch | None] = asyncio.Queue()
        self._calls: dict[Batch, asyncio.Task[tuple[RowResult, ...]]] = {}
        self._failed = False
        self.reading = asyncio.create_task(self._read())

    async def next_batch(self) -> Batch | None:
        """Wait for the next batch that was begun; None when there will be no more."""
        return await self._ready.get()

    async def result_of(self, batch: Batch) -> tuple[RowResult, ...]:
        """Wait for a batch's results."""
        return await self._calls[batch]

    def begun_after(self, batch: Batch) -> list[Batch]:
        """Say which later batches were begun."""
        return [one for one in self._calls if one.first > batch.first]

    def forget(self, batch: Batch) -> None:
        """Let go of a batch whose results are given out; the next one may be read."""
        del self._calls[batch]
        self._slots.release()

    async def end(self) -> None:
        """Give up what is in flight, and wait until it is gone."""
        tasks = [self.reading, *self._calls.values()]
        for task in tasks:
            # Whoever waited for a call has cancelled it with himself. A second time would hit its
            # clean-up, and its connection would stay open for good.
            if not task.cancelling():
                task.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> None:
        try:
            while await self._slots.acquire() and not self._failed:
                batch = await anext(self._source, None)
                if batch is None:
                    return
                self._calls[batch] = asyncio.create_task(self._call(batch))
                self._ready.put_nowait(batch)
        finally:
            self._ready.put_nowait(None)
            await self._source.aclose()

    async def _call(self, batch: Batch) -> tuple[RowResult, ...]:
        try:
            return await self._send(batch)
        except BaseException:
            self._failed = True  # its turn may be far off: begin nothing more
            raise


def _tell(error: Exception, batch: Batch, later: list[Batch], done: int) -> None:
    """Note on the error which rows it is about, and what became of the others."""
    error.add_note(f"this was the call with {batch} of the input; {_said(done)}")
    if later:
        more = Batch(later[0].first, [row for one in later for row in one.rows])
        error.add_note(f"{more} were under way and were given up: they may have been carried out")


def _said(done: int) -> str:
    if done == 0:
        return "no row before is done"
    return f"all rows up to row {done} are done, and their results were given"
