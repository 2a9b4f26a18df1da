"""What all jobs share: an export, an import and a copy are begun, stopped and summed up alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
from attrs import evolve

from vaultio.client import Vault
from vaultio.errors import VaultioError
from vaultio.limiter import Meter
from vaultio.migration.disk import opened
from vaultio.migration.events import Ended, Event
from vaultio.migration.manifest import NAME, Manifest
from vaultio.migration.outcome import Report, report_of
from vaultio.migration.report.writing import write_files
from vaultio.migration.runner import Runner
from vaultio.migration.stream import Mailbox, told
from vaultio.migration.telling import tell

OnEvent = Callable[[Event], object]


class Job(ABC):
    """One job, with its manifest in *folder*. *meter* counts its calls, *vault* has the quota.

    What is done, and to what, is said by `_job`, `_made` and `_work_through`.
    """

    def __init__(self, folder: Path, vault: Vault, meter: Meter) -> None:
        self.folder = folder
        self.report: Report | None = None
        """What it did, once it has ended."""

        self._meter = meter
        self._limiter = vault.limiter
        self._runner: Runner | None = None
        self._is_stopped = False

    @property
    def calls(self) -> int:
        """API calls of this run so far, those that were repeated too, without logins."""
        return self._meter.calls

    def run(self) -> AsyncGenerator[Event, None]:
        """Do it, and tell of it; the last event is `Ended`, with the report.

        An error that would be that of every item (the login, the quota's longest wait, a
        downtime, a full disk) ends the run and is raised, after `Ended`. Leaving the loop, or
        cancelling it, ends the run at once; then nothing is in flight any more.
        """
        return told(lambda box: self.execute(box.put, box))

    def stop(self) -> None:
        """Begin nothing more: `run` ends when what is in flight is done."""
        self._is_stopped = True
        if self._runner is not None:
            self._runner.stop()

    async def execute(self, on_event: OnEvent, box: Mailbox | None = None) -> Report:
        """Do it with *on_event* called for each event; what that raises ends the run."""
        kind = str(self._job()["kind"])

        def tell_all(event: Event) -> None:
            tell(kind, self.folder, event)
            on_event(event)

        return await self._executed(tell_all, box)

    async def _executed(self, on_event: OnEvent, box: Mailbox | None) -> Report:
        begun = anyio.current_time()
        async with opened(self.folder), Manifest(self.folder / NAME, self._job()) as manifest:
            runner = self._runner = await self._made(manifest, on_event, box)
            if self._is_stopped:
                runner.stop()
            trouble: BaseException | None = None
            try:
                await self._work_through(manifest, runner)
            except BaseException as error:
                trouble = error
            with anyio.CancelScope(shield=trouble is not None):
                report = self.report = await report_of(
                    manifest,
                    runner.progress,
                    calls=self._meter.calls,
                    waited_s=self._meter.waited_s,
                    seconds=anyio.current_time() - begun,
                    is_complete=runner.is_complete,
                )
            try:
                if trouble is None or isinstance(trouble, VaultioError):
                    warnings = await _reported(manifest, self.folder)
                    report = self.report = evolve(report, warnings=warnings)
            finally:
                on_event(Ended(report))
            if trouble is not None:
                raise trouble
        return report

    @abstractmethod
    def _job(self) -> dict[str, Any]:
        """Say whose manifest it is: kind, source, target, settings."""

    @abstractmethod
    async def _made(self, manifest: Manifest, on_event: OnEvent, box: Mailbox | None) -> Runner:
        """Make the runner, and refuse a manifest that does not fit."""

    @abstractmethod
    async def _work_through(self, manifest: Manifest, runner: Runner) -> None:
        """Run it, with what comes before and after."""

    async def _usage(self) -> tuple[int, int]:
        """Say how many calls of the burst quota are used, and how many it has."""
        burst = (await self._limiter.usage()).burst
        return (burst.used + burst.others, burst.limit) if burst else (0, 0)


async def _reported(manifest: Manifest, folder: Path) -> tuple[str, ...]:
    """Write the report into the folder; why that was not possible is a warning."""
    try:
        await write_files(manifest, folder)
    except Exception as error:  # the job is done and in the manifest, whatever is wrong with this
        return (f"the report was not written: {error}; `vaultio report` makes it anew",)
    return ()


def host_of(vault: Vault) -> str:
    """Name a vault in manifests: its host, for the path of its API may change."""
    return urlsplit(vault.base_url).hostname or ""
