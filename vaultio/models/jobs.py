"""Jobs that run in the vault.

Source: API 26.2 reference, Jobs › Retrieve Job Status (the v11.0 reference has no such chapter).
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from vaultio.models.wire import Model, wire

SUCCEEDED = frozenset({"SUCCESS"})
FAILED = frozenset(
    {
        "ERRORS_ENCOUNTERED",
        "CANCELLED",
        "TIMEOUT",
        "COMPLETED_DUE_TO_INACTIVITY",
        "MISSED_SCHEDULE",
        "FAILURE",
    }
)


@frozen(kw_only=True)
class JobLink(Model):
    """Where a job leads: `rel` is ``self``, ``artifacts``, ``file``, ``content``, ..."""

    rel: str = wire("rel")
    href: str = wire("href")
    method: str | None = wire("method", default=None)
    accept: str | None = wire("accept", default=None)


@frozen(kw_only=True)
class Job(Model):
    """A job's state. `status` is an open set: an unknown one counts as still going.

    Times of scheduled jobs are in the vault's time zone although Vault marks them as UTC.
    """

    id: int | str = wire("id")
    status: str = wire("status")
    method: str | None = wire("method", default=None)
    links: tuple[JobLink, ...] = wire("links", default=())
    created_by: int | None = wire("created_by", default=None)
    created_date: datetime | None = wire("created_date", default=None)
    run_start_date: datetime | None = wire("run_start_date", default=None)
    run_end_date: datetime | None = wire("run_end_date", default=None)

    @property
    def succeeded(self) -> bool:
        """Whether the job ended and did what it was for."""
        return self.status.upper() in SUCCEEDED

    @property
    def failed(self) -> bool:
        """Whether the job ended otherwise; it may have left results all the same."""
        return self.status.upper() in FAILED

    @property
    def finished(self) -> bool:
        """Whether the job ended, one way or the other."""
        return self.succeeded or self.failed

    def link(self, rel: str) -> JobLink | None:
        """Find the first link of that kind."""
        return next((link for link in self.links if link.rel == rel), None)


@frozen(kw_only=True)
class JobStart(Model):
    """The answer of a call that started a job, or that may have.

    `job_id` is None where the answer named none; `fields` holds the answer as it came.
    """

    job_id: int | str | None = None
    url: str | None = None
