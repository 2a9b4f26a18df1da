"""What a run has done and not written down yet: results go to the manifest many at a time."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import anyio
import attrs

from vaultio.limiter import Meter
from vaultio.migration.entries import Entry, Outcome, Result, Sample
from vaultio.migration.events import Event, Failed, Finished, Skipped
from vaultio.migration.manifest import Manifest
from vaultio.migration.outcome import Progress

MOST_WAITING = 64
FLUSH_EVERY_S = 0.25
SAMPLE_EVERY_S = 5.0
_EVENTS: dict[str, Callable[[Entry, Result], Event]] = {
    "done": Finished,
    "skipped": Skipped,
    "failed": Failed,
}

Usage: TypeAlias = Callable[[], Awaitable[tuple[int, int]]]
"""Says how many calls of the quota are used now, and how many it has."""


class Ledger:
    """Gathers results, settles them in the manifest, and tells of each once it is settled.

    `progress` counts what this run did. Samples of it go to the manifest every 5 s; their numbers
    are those of the whole job, all runs.
    """

    def __init__(
        self,
        manifest: Manifest,
        tell: Callable[[Event], object],
        meter: Meter,
        usage: Usage | None,
    ) -> None:
        self.progress = Progress()
        self._manifest = manifest
        self._tell = tell
        self._meter = meter
        self._usage = usage
        self._waiting: list[tuple[Entry, Result]] = []
        self._settling = anyio.Lock()
        self._run: int | None = None
        self._before = Sample(at=0, done=0, failed=0, size=0, calls=0, waited_s=0, used=0, quota=0)

    async def begin(self, holder: str) -> None:
        """Look how far earlier runs came, and note that another begins."""
        self._run = await self._manifest.begin_run(holder)
        samples = await self._manifest.samples(last=1)
        if samples:
            self._before = samples[0]

    async def note(self, entry: Entry, result: Result) -> None:
        """Take a result; waits for the disk when there are many."""
        self._waiting.append((entry, result))
        if len(self._waiting) >= MOST_WAITING:
            await self.flush()

    async def flush(self) -> None:
        """Settle all that waits, and tell of it."""
        async with self._settling:
            waiting, self._waiting = self._waiting, []
            if not waiting:
                return
            try:
                await self._manifest.settle([result for _, result in waiting])
            except BaseException:
                self._waiting = waiting + self._waiting
                raise
        for entry, result in waiting:
            self._count(result)
            if result.state in _EVENTS:
                self._tell(_EVENTS[result.state](entry, result))

    async def keep(self) -> None:
        """Settle four times a second, and take samples, until cancelled."""
        sampled_at = anyio.current_time()
        while True:
            await anyio.sleep(FLUSH_EVERY_S)
            await self.flush()
            if anyio.current_time() - sampled_at >= SAMPLE_EVERY_S:
                sampled_at = anyio.current_time()
                await self.sample()

    async def sample(self) -> None:
        """Write down how far the job is now."""
        used, quota = await self._usage() if self._usage else (0, 0)
        now, before = self.progress, self._before
        sample = Sample(
            at=time.time(),
            done=before.done + now.done,
            failed=now.failed,
            size=before.size + now.size,
            calls=before.calls + self._meter.calls,
            waited_s=before.waited_s + self._meter.waited_s,
            used=used,
            quota=quota,
        )
        await self._manifest.sample(sample)
        await self._keep_run()

    async def end(self, outcome: Outcome, message: str | None = None) -> None:
        """Take the last sample, and write down how the run ended."""
        await self.sample()
        await self._keep_run(outcome=outcome, message=message)

    async def _keep_run(self, **end: str | None) -> None:
        if self._run is not None:
            meter = {"calls": self._meter.calls, "waited_s": self._meter.waited_s}
            values = {**attrs.asdict(self.progress), **meter, **end}
            await self._manifest.keep_run(self._run, values)

    def _count(self, result: Result) -> None:
        progress = self.progress
        progress.done += result.state == "done"
        progress.failed += result.state == "failed"
        progress.skipped += result.state == "skipped"
        if result.state == "done":
            progress.size += result.size or 0
            progress.files += result.size is not None
