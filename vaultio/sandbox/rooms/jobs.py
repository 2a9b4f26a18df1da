"""The status of jobs, and the answers that start one."""

from __future__ import annotations

from vaultio.sandbox import versions
from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.dates import stamp
from vaultio.sandbox.stores.jobs import Job

routes = Routes()


def job_id(call: Call, job: Job) -> int | str:
    """Return a job's id as the settings want it in JSON."""
    return str(job.id) if call.sandbox.settings.job_id == "string" else job.id


def href(call: Call, *segments: object) -> str:
    """Return a link of a job: root-relative, absolute, or without its slash."""
    path, form = call.path(*segments), call.sandbox.settings.job_href
    if form == "absolute":
        return (call.sandbox.settings.link_origin or call.request.origin) + path
    return path.removeprefix("/") if form == "bare" else path


def started(call: Call, job: Job) -> JSON:
    """Return the answer of an operation that started a job.

    No source shows the one of a controlled copy, so the settings choose among those that are known.
    """
    url = call.path("services", "jobs", job.id)
    match call.sandbox.settings.job_start:
        case "flat":
            return {"url": url, "job_id": job_id(call, job)}
        case "data":
            return {"data": {"job_id": job_id(call, job), "url": url}}
        case "camel":
            return {"data": {"jobId": str(job.id), "url": url}}
        case "url":
            return {"url": url}


def require_access(call: Call, job: Job) -> None:
    """Refuse whoever neither started the job nor may read all jobs."""
    if job.user_id != call.user.id and not call.user.may_read_jobs:
        raise RefusedError(
            "INSUFFICIENT_ACCESS", f"User does not have access to the job [{job.id}]."
        )


@routes.on("GET", "/services/jobs/{job_id}")
async def retrieve_job_status(call: Call) -> JSON:
    """Say where a job stands; once in ten seconds for each job."""
    job = call.sandbox.jobs.find(call.ids["job_id"])
    require_access(call, job)
    call.sandbox.jobs.poll(call.ids["job_id"])
    now = call.sandbox.clock()
    finished = job.finished(now)
    own = href(call, "services", "jobs", job.id)
    links = [_link("self", own)]
    if finished and job.artifacts is not None and _has_artifacts(call):
        results = ("objects", "documents", "actions", job.artifacts, job.id, "results")
        links.append(_link("artifacts", href(call, *results)))
    data: JSON = {
        "id": job_id(call, job),
        "status": job.status(now),
        "method": "POST",
        "links": links,
        "created_by": job.user_id,
        "created_date": stamp(job.created),
    }
    if job.status(now) != "QUEUED":
        data["run_start_date"] = stamp(job.run_start)
    if finished:
        data["run_end_date"] = stamp(job.run_end)
    return {"responseStatus": "SUCCESS", "responseMessage": "OK", "data": data}


def _has_artifacts(call: Call) -> bool:
    return call.version >= versions.parse(call.sandbox.settings.artifacts_since)


def _link(rel: str, target: str) -> JSON:
    return {"rel": rel, "href": target, "method": "GET", "accept": "application/json"}
