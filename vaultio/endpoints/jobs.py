"""Jobs that run in the vault.

Source: API 26.2 reference, Jobs › Retrieve Job Status; the v11.0 reference has no such chapter.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio

from vaultio.endpoints.room import Room
from vaultio.errors import JobFailedError, JobWaitError
from vaultio.models import Job
from vaultio.protocol.path import Path
from vaultio.protocol.readers import one
from vaultio.protocol.request import Book, Request
from vaultio.protocol.version import ApiVersion
from vaultio.transport import Caller

RESULTS_SINCE = ApiVersion(18, 3)
"""From here on a job says where its results are; calls about jobs go out at it at least."""

POLL_S = 10.0
"""Vault lets a job be asked about once in so many seconds, per job."""


class Jobs(Room):
    """What the vault works on in the background."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "services" / "jobs"

    async def retrieve(self, job_id: int | str) -> Job:
        """Retrieve a job's state; waits until 10 s have passed since it was last asked.

        Goes out at v18.3 at least, below which Vault does not say where the results are.

        ``GET /api/{version}/services/jobs/{job_id}``
        Source: API 26.2 reference, Jobs › Retrieve Job Status
        """
        path, spacing = self._root / job_id, (f"job {job_id}", POLL_S)
        request = Request(
            method="GET", path=path, book=Book.JOB, spacing=spacing, since=RESULTS_SINCE
        )
        return await self._caller.send(request, one("data", Job))

    async def wait(
        self,
        job_id: int | str,
        *,
        timeout_s: float | None = 3600.0,
        progress: Callable[[Job], object] | None = None,
    ) -> Job:
        """Wait until a job has succeeded, asking once in 10 s; *progress* gets each answer.

        A job that ends otherwise is a `JobFailedError`; one that is still going after
        *timeout_s* seconds (None: no end) a `JobWaitError`. A status that nobody has heard of
        counts as still going.
        """
        job: Job | None = None
        # The 10 s between two questions are no quota that a `max_wait_s` is meant for.
        patient = Jobs(self._caller.view(max_wait_s=None))
        with anyio.move_on_after(timeout_s):
            while job is None or not job.finished:
                job = await patient.retrieve(job_id)
                if progress is not None:
                    progress(job)
        if job is None:
            asked = f"Vault is asked about a job once in {POLL_S:g} s"
            raise JobWaitError(
                f"nothing was heard of job {job_id} within {timeout_s} s; {asked}", job_id=job_id
            )
        if not job.finished:
            raise JobWaitError(
                f"job {job_id} is still {job.status or 'going'} after {timeout_s} s",
                job_id=job_id,
                status=job.status,
            )
        if job.failed:
            raise JobFailedError(
                f"job {job_id} ended with {job.status}", job_id=job_id, status=job.status
            )
        return job
