"""Controlled copies: a user action, a job, and a ZIP archive at its end.

Reference: Download Controlled Copy Job Results (Extensible Controlled Copy alone)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from vaultio.downloads import FileOpening, OnExists, Progress, SavedFile
from vaultio.endpoints.jobs import RESULTS_SINCE, Jobs
from vaultio.endpoints.parts import File, Version
from vaultio.endpoints.parts.files import Target, Verify
from vaultio.endpoints.room import Room
from vaultio.errors import JobError
from vaultio.models import Job
from vaultio.protocol.href import Href
from vaultio.protocol.path import Path
from vaultio.protocol.request import get

ARTIFACTS = "artifacts"
_NOTHING: Mapping[str, object] = MappingProxyType({})


class ControlledCopies(Room):
    """Copies that Vault keeps account of."""

    async def start(
        self, version: Version, action: str, requirements: Mapping[str, object] = _NOTHING
    ) -> int | str:
        """Start the user action that makes a controlled copy; its job's id comes back.

        *version* is what `Documents.version` gives, *action* the action's ``name__v``. An
        action that starts no job is a `JobError`. A lost answer is not sent again.

        ``PUT {version}/lifecycle_actions/{lifecycle_action}``
        Reference: Lifecycles › Initiate Lifecycle Action
        """
        started = await version.lifecycle_actions.initiate(action, requirements)
        if started.job_id is None:
            raise JobError(f"the action {action!r} was started, but its answer names no job")
        return started.job_id

    async def download(
        self,
        job: Job,
        *,
        to: Target,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download the archive that a finished job made, from where the job says it is.

        A job without such a link is a `JobError`. Vault knows no size or MD5 of the archive;
        `vaultio.downloads.verify_zip` checks what is in it.

        ``GET /api/{version}/objects/documents/actions/{lifecycle_state_action}/{job_id}/results``
        Reference: Download Controlled Copy Job Results
        """
        return await self._archive(_artifacts(job)).save(to, on_exists, progress, verify)

    def open(self, job: Job, *, verify: Verify = False) -> FileOpening:
        """Open the archive that a finished job made as a stream of chunks; see `download`."""
        return self._archive(_artifacts(job)).open(verify)

    async def download_results(
        self,
        lifecycle_state_action: str,
        job_id: int | str,
        *,
        to: Target,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download the archive of a job whose ``lifecycle.state.action`` is known.

        Vault recommends the address that the job gives, as `download` uses it. Goes out at
        v18.3 at least.

        ``GET /api/{version}/objects/documents/actions/{lifecycle_state_action}/{job_id}/results``
        Reference: Download Controlled Copy Job Results
        """
        actions = Path() / "objects" / "documents" / "actions"
        path = actions / lifecycle_state_action / job_id / "results"
        file = self._archive(path)
        return await file.save(to, on_exists, progress, verify)

    async def create(
        self,
        version: Version,
        action: str,
        requirements: Mapping[str, object] = _NOTHING,
        *,
        to: Target,
        timeout_s: float | None = 3600.0,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
    ) -> SavedFile:
        """Make a controlled copy and download it: start the action, wait for its job, fetch.

        *timeout_s* is for the job. See `start`, `Jobs.wait` and `download` for the errors.
        """
        job_id = await self.start(version, action, requirements)
        job = await Jobs(self._caller).wait(job_id, timeout_s=timeout_s)
        return await self.download(job, to=to, on_exists=on_exists, progress=progress)

    def _archive(self, path: Path | Href) -> File:
        request = attrs.evolve(get(path), since=RESULTS_SINCE)
        return File(self._caller, request, name="controlled-copy.zip", archive=True)


def _artifacts(job: Job) -> Href:
    """Find where a job's results are; the address is never put together from parts."""
    link = job.link(ARTIFACTS)
    if link is None:
        raise JobError(
            f"job {job.id} ({job.status}) has no link to results: not finished, or it made none",
            job_id=job.id,
            status=job.status,
        )
    return Href(link.href)
