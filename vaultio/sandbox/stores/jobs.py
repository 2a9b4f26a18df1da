"""Jobs: queued, running, done, by the sandbox's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from attrs import define, field

from vaultio.sandbox.content import Content
from vaultio.sandbox.failures import RefusedError, not_found

POLL_INTERVAL_S = 10.0


@define(kw_only=True)
class Job:
    """One job; *began* is on the sandbox's clock, *created* a date.

    *artifacts* is what the results link names below ``objects/documents/actions``, *result* the
    archive that comes from it.
    """

    id: int
    user_id: int
    began: float
    created: datetime
    queued_s: float
    running_s: float
    outcome: str
    artifacts: str | None = None
    label: str = ""
    result: Content | None = None
    last_poll: float | None = field(default=None)

    def status(self, now: float) -> str:
        """Return where the job stands at that time of the sandbox's clock."""
        age = now - self.began
        if age < self.queued_s:
            return "QUEUED"
        return "RUNNING" if age < self.queued_s + self.running_s else self.outcome

    def finished(self, now: float) -> bool:
        """Say whether the job is no longer active."""
        return now - self.began >= self.queued_s + self.running_s

    @property
    def run_start(self) -> datetime:
        """When it began to run."""
        return self.created + timedelta(seconds=self.queued_s)

    @property
    def run_end(self) -> datetime:
        """When it will have ended."""
        return self.run_start + timedelta(seconds=self.running_s)


class Jobs:
    """The jobs of the vault; the attributes apply to jobs started from then on.

    *queued_s* and *running_s* are seconds, *outcome* the status at the end, *poll_interval_s* how
    long a job's status may not be asked for again (0 switches that off).
    """

    def __init__(self, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._clock = clock
        self._now = now
        self._jobs: dict[int, Job] = {}
        self.queued_s = 1.0
        self.running_s = 4.0
        self.outcome = "SUCCESS"
        self.poll_interval_s = POLL_INTERVAL_S
        self.early_polls = 0

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def __getitem__(self, job_id: int) -> Job:
        return self._jobs[job_id]

    def start(
        self,
        user_id: int = 46916,
        *,
        artifacts: str | None = None,
        label: str = "",
        result: Content | None = None,
    ) -> Job:
        """Start a job and return it."""
        job = Job(
            id=39303 + len(self._jobs),
            user_id=user_id,
            began=self._clock(),
            created=self._now(),
            queued_s=self.queued_s,
            running_s=self.running_s,
            outcome=self.outcome,
            artifacts=artifacts,
            label=label,
            result=result,
        )
        self._jobs[job.id] = job
        return job

    def finish_all(self) -> None:
        """Let every job that is still active end now."""
        for job in self:
            if not job.finished(self._clock()):
                job.queued_s, job.running_s = 0.0, self._clock() - job.began

    def find(self, job_id: str) -> Job:
        """Return a job, or refuse."""
        for job in self:
            if str(job.id) == job_id:
                return job
        raise not_found(job_id)

    def poll(self, job_id: str) -> Job:
        """Return a job for its status, or refuse because it was asked for just now."""
        job = self.find(job_id)
        now = self._clock()
        if job.last_poll is not None and now - job.last_poll < self.poll_interval_s:
            self.early_polls += 1
            raise RefusedError(
                "API_LIMIT_EXCEEDED",
                f"The status of job {job_id} can be retrieved once every "
                f"{self.poll_interval_s:g} seconds.",
            )
        job.last_poll = now
        return job
