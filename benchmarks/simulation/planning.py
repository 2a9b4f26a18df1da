"""How long a migration takes: the calls that each way of doing it needs, and their time."""

from __future__ import annotations

from math import ceil

from attrs import frozen

from vaultio.limiter import Quota, Rules, Traffic, Usage, seconds_for
from vaultio.limiter.usage import QuotaUsage


@frozen(kw_only=True)
class Job:
    """What is to be done, and with which quota."""

    documents: int
    calls_per_document: float = 1.0
    """For an export: the file, and one more for each rendition or attachment."""

    rows_per_page: int = 1_000
    """Of a query for the documents' fields."""

    rows_per_call: int = 500
    """Of a bulk create or update."""

    burst: int = 2_000
    """Calls in 300 seconds."""

    daily: int | None = 100_000
    """Calls in 24 hours; None where the server has no such limit."""

    used_today: int = 0
    """Calls of the last 24 hours."""

    others_per_s: float = 0.0
    answer_s: float = 0.5
    bulk_answer_s: float = 15.0
    """Seconds until a bulk call is answered, which has all its rows to work through."""

    at_once: int = 16
    bulk_at_once: int = 4


@frozen(kw_only=True)
class Way:
    """One way to do a job."""

    name: str
    calls: int
    seconds: float


def ways(job: Job) -> list[Way]:
    """Reckon the ways to export so many documents, and to create or update them."""
    documents = job.documents
    files = ceil(documents * job.calls_per_document)
    pages, bulk = ceil(documents / job.rows_per_page), ceil(documents / job.rows_per_call)
    ones = Traffic(answer_s=job.answer_s, at_once=job.at_once, others_per_s=job.others_per_s)
    many = Traffic(
        answer_s=job.bulk_answer_s, at_once=job.bulk_at_once, others_per_s=job.others_per_s
    )
    counted = [
        (f"export: fields by VQL, {job.rows_per_page} a page, and files", pages + files, ones),
        ("export: fields one by one, and files", documents + files, ones),
        ("fields alone, by VQL", pages, ones),
        ("fields alone, one by one", documents, ones),
        (f"create or update in bulk, {job.rows_per_call} a call", bulk, many),
        ("create or update one by one", documents, ones),
    ]
    rules, usage = _rules(job), _usage(job)
    return [
        Way(name=name, calls=calls, seconds=seconds_for(calls, rules, usage, traffic))
        for name, calls, traffic in counted
    ]


def _rules(job: Job) -> Rules:
    daily = None if job.daily is None else Quota(job.daily, 86_400.0)
    return Rules(burst=Quota(job.burst, 300.0), daily=daily)


def _usage(job: Job) -> Usage | None:
    """Know nothing of when the calls of the day were made: as if just now."""
    if not job.used_today or job.daily is None:
        return None
    used = min(job.used_today, job.daily)
    day = QuotaUsage(
        name="daily",
        limit=job.daily,
        window_s=86_400.0,
        used=used,
        others=0,
        left=job.daily - used,
        next_return_s=86_400.0,
    )
    return Usage(quotas=(day,))
