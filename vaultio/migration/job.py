"""What all jobs share: an export, an import and a copy are begun, stopped and summed up alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
from attrs import evolve

from vaultio.client import Vault
from vaultio.errors import InvalidArgumentError, VaultioError
from vaultio.limiter import Meter
from vaultio.migration.creating import Files, Making, ManifestBooks, Target
from vaultio.migration.crew import Batch, Crew, Done, Hands, Task
from vaultio.migration.disk import in_thread, opened
from vaultio.migration.events import Ended, Event, Progressed
from vaultio.migration.finding import Finding
from vaultio.migration.manifest import NAME, Manifest
from vaultio.migration.outcome import Report, report_of
from vaultio.migration.report.writing import write_files
from vaultio.migration.runner import Runner, Step
from vaultio.migration.stream import Mailbox, told
from vaultio.migration.telling import tell

OnEvent = Callable[[Event], object]

_BEGUN = {
    "template": "was laid out by the template",
    "identity": "was begun with the identity",
}
"""Settings that must stay as they were when the manifest was begun."""


class Job(ABC):
    """One job, with its manifest in *folder*. *meter* counts its calls, *vault* has the quota.

    What is done, and to what, is said by `_job`, `_made` and `_work_through`.
    """

    def __init__(
        self,
        folder: Path,
        vault: Vault,
        meter: Meter,
        *,
        retry_failed: bool,
        crew: Crew | None = None,
    ) -> None:
        self.folder = folder
        self.report: Report | None = None
        """What it did, once it has ended."""

        self._meter = meter
        self._limiter = vault.limiter
        self._retry_failed = retry_failed
        self._crew = crew
        self._hands: Hands | None = None
        self._place = folder
        """The folder as a crew sees it, from the root."""

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
        if self._hands is not None:
            self._hands.stop()

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
            await self._check_settings(manifest)
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
        """Make the runner."""

    @abstractmethod
    async def _work_through(self, manifest: Manifest, runner: Runner) -> None:
        """Run it, with what comes before and after."""

    async def _check_settings(self, manifest: Manifest) -> None:
        """Refuse to go on with what was begun otherwise."""
        before = (await manifest.job())["settings"]
        for name, value in self._job()["settings"].items():
            if before[name] != value:
                raise InvalidArgumentError(
                    f"{self.folder} {_BEGUN[name]} {before[name]!r}: use that, or another folder"
                )

    def _running(
        self,
        manifest: Manifest,
        steps: Sequence[Step],
        on_event: OnEvent,
        box: Mailbox | None,
        *,
        finding: Finding | None = None,
    ) -> Runner:
        """Make a runner of this job's own settings."""
        runner = Runner(
            manifest,
            steps,
            discover=None if finding is None else lambda: finding.run(runner.add),
            retry_failed=self._retry_failed,
            on_event=on_event,
            ready=box.room if box is not None else None,
            meter=self._meter,
            usage=self._usage,
        )
        return runner

    def _making(
        self, manifest: Manifest, target: Target, files: Files, *, concurrency: int
    ) -> Making:
        """Make the means to bring things into *target*, in the course of this job's run."""
        return Making(
            target=target,
            books=ManifestBooks(manifest),
            files=files,
            concurrency=concurrency,
            progress=lambda entry, size, total: self._begun.tell(Progressed(entry, size, total)),
            is_stopped=lambda: self._begun.is_stopping,
        )

    @asynccontextmanager
    async def _gathered(
        self, vaults: Sequence[Vault], task: Callable[[Path], Task]
    ) -> AsyncIterator[None]:
        """Have the crew ready, if there is one, for a task in the job's folder."""
        if self._crew is None:
            yield
            return
        self._place = place = await in_thread(lambda _: self.folder.absolute())
        async with self._crew.gathered(vaults, place, task(place)) as self._hands:
            if self._is_stopped:
                self._hands.stop()
            yield
        self._hands = None

    async def _by_crew(self, batch: Batch) -> Done:
        """Let the crew do a batch; what it found is entered before it counts as done."""
        assert self._hands is not None
        done = await self._hands.work(batch)
        self._meter.calls += done.calls
        self._meter.waited_s += done.waited_s
        await self._begun.add(done.found)
        return done

    @property
    def _begun(self) -> Runner:
        """The runner, once there is one."""
        assert self._runner is not None
        return self._runner

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
