"""Where the answers that start a job keep its id."""

from __future__ import annotations

from typing import Any

import pytest

from vaultio import Job, UnreadableReplyError
from vaultio.models import JobLink
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.jobs import job_start

URL = "/api/v22.1/services/jobs/70211"


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"url": URL, "job_id": 70211}, 70211),
        ({"url": URL, "job_id": "70211"}, "70211"),
        ({"data": {"job_id": 70211, "url": URL}}, 70211),
        ({"data": {"jobId": "70211", "url": URL}}, "70211"),
        ({"jobId": 70211}, 70211),
        ({"url": URL}, 70211),
        ({"url": f"https://vault.example.com{URL}/?a=1#b"}, 70211),
        ({"data": {"url": URL}}, 70211),
        ({"job_id": "", "data": {"job_id": 70211}}, 70211),
        ({"job_id": None, "url": URL}, 70211),
        ({"job_id": 1, "data": {"job_id": 2, "jobId": 3}, "url": URL}, 1),
    ],
)
def test_job_id(payload: dict[str, Any], expected: int | str) -> None:
    """Every shape that Vault is known to use; the id stays a number or a text."""
    assert job_start(Envelope("SUCCESS", payload)).job_id == expected


@pytest.mark.parametrize(
    "payload",
    [
        {"id": 222, "workflow_id__v": "115"},
        {"id": 222},
        {"url": "/api/v11.0/objects/documents/222"},
        {"url": 70211},
        {"job_id": True},
        {"job_id": [70211]},
        {"data": [{"job_id": 70211}]},
    ],
)
def test_no_job(payload: dict[str, Any]) -> None:
    """An action that starts a workflow, or changes a state, starts no job: no number is guessed."""
    assert job_start(Envelope("SUCCESS", payload)).job_id is None


def test_answer_is_kept() -> None:
    """No page shows the answer of a controlled copy, so what it says beyond the job is kept."""
    payload = {"responseStatus": "SUCCESS", "id": 222, "data": {"job_id": 1}, "url": URL}

    start = job_start(Envelope("SUCCESS", payload))

    assert (start.url, start.fields) == (URL, {"id": 222, "data": {"job_id": 1}})


def test_answer_without_a_status() -> None:
    """An answer that does not say that Vault did it is no start of a job."""
    with pytest.raises(UnreadableReplyError, match="responseStatus"):
        job_start(Envelope(None, {"job_id": 70211}))


@pytest.mark.parametrize(
    ("status", "succeeded", "failed"),
    [
        ("SUCCESS", True, False),
        *((status, False, False) for status in ("SCHEDULED", "QUEUED", "QUEUEING", "RUNNING")),
        *((status, False, False) for status in ("CANCELLING", "IN_PROGRESS", "HIBERNATING", "")),
        *((status, False, True) for status in ("ERRORS_ENCOUNTERED", "CANCELLED", "TIMEOUT")),
        *((status, False, True) for status in ("COMPLETED_DUE_TO_INACTIVITY", "MISSED_SCHEDULE")),
        ("FAILURE", False, True),
    ],
)
def test_status(status: str, succeeded: bool, failed: bool) -> None:
    """Done and good, done and not good, or still going: an unknown status is still going."""
    job = Job(id=1, status=status)

    assert (succeeded, failed) == (job.succeeded, job.failed)
    assert job.finished == (succeeded or failed)


def test_link() -> None:
    """The first link of a kind is found, none is None."""
    first, second = (JobLink(rel="artifacts", href=href) for href in ("/a", "/b"))
    job = Job(id=1, status="SUCCESS", links=(JobLink(rel="self", href="/"), first, second))

    assert job.link("artifacts") is first
    assert job.link("file") is None
