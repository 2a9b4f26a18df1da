"""Manifests with a past, for the tests of reports: runs that did this and that at known times."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import define

from tests.migration.books import JOB, drafts
from vaultio.migration.entries import Result, Sample
from vaultio.migration.manifest import NAME, Manifest

BEGAN = 1_000_000.0
HOLDER = "elsewhere:1:a"
DENIED = ("AccessDeniedError", "INSUFFICIENT_ACCESS: no")


@define
class Clock:
    """A clock that stands until it is set."""

    at: float = BEGAN

    def __call__(self) -> float:
        """Tell the time, in seconds since 1970."""
        return self.at


@define
class Story:
    """A manifest that is told what happened, in runs of 100 s each."""

    manifest: Manifest
    clock: Clock
    found: int = 0

    async def run(
        self,
        done: int = 0,
        failed: Sequence[tuple[str, str]] = (),
        outcome: str | None = "complete",
        holder: str = HOLDER,
        **figures: Any,
    ) -> None:
        """Add a run in the middle of which items are done and others fail."""
        number = await self.manifest.begin_run(holder)
        self.clock.at += 50
        await self.add(done + len(failed))
        entries = await self.manifest.claim("files", "x", done + len(failed), 60)
        results = [
            Result(number=one.number, state="done", size=10, md5="ab", verified="md5")
            for one in entries[:done]
        ]
        for entry, (kind, message) in zip(entries[done:], failed, strict=True):
            result = Result(number=entry.number, state="failed", error_type=kind, message=message)
            results.append(result)
        await self.manifest.settle(results)
        self.clock.at += 50
        values = dict.fromkeys(("skipped", "calls", "waited_s"), 0)
        counts = {"done": done, "files": done, "failed": len(failed), "size": 10 * done}
        await self.manifest.keep_run(number, {**values, **counts, "outcome": outcome, **figures})

    async def add(self, number: int) -> None:
        """Find items."""
        await self.manifest.add(drafts(range(self.found, self.found + number)))
        self.found += number

    async def sample(self, used: int, quota: int) -> None:
        """Take a sample now."""
        sample = Sample(
            at=self.clock.at, done=0, failed=0, size=0, calls=1, waited_s=0, used=used, quota=quota
        )
        await self.manifest.sample(sample)


def begun(folder: Path, **job: Any) -> Story:
    """Make a manifest, yet to be opened, with a past yet to be told."""
    clock = Clock()
    return Story(Manifest(folder / NAME, {**JOB, **job}, wall_clock=clock), clock)
