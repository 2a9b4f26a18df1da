"""What moves in a sandbox, as JSON values: the page asks for it once a second."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from vaultio.sandbox.call_log import LoggedCall, readable
from vaultio.sandbox.faults import describe
from vaultio.sandbox.quota import Quota, Window
from vaultio.sandbox.sessions import Session
from vaultio.sandbox.stores.jobs import Job

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox

MOST_JOBS = 30
MOST_SESSIONS = 30


def state(sandbox: Sandbox, since: int) -> dict[str, Any]:
    """Describe everything but the documents; of the calls those after number *since*."""
    now = sandbox.clock()
    sessions = list(sandbox.sessions)
    jobs = list(sandbox.jobs)
    log = sandbox.call_log
    return {
        # Documents are asked for again when this changes, not every second.
        "documents": {"total": len(sandbox.documents), "revision": log.writes},
        "calls": [_call(call) for call in log.since(since)],
        "last_call": log.total,
        "quota": _quota(sandbox.quota, now),
        "jobs": [_job(job, now) for job in islice(reversed(jobs), MOST_JOBS)],
        "jobs_total": len(jobs),
        "sessions": [_session(sandbox, session, now) for session in sessions[-MOST_SESSIONS:]],
        "sessions_total": len(sessions),
        "logins": sandbox.sessions.logins,
        "failed_logins": sandbox.sessions.failed_logins,
        "bytes_produced": sandbox.bytes_produced,
        "faults": [describe(fault) for fault in sandbox.faults],
    }


def _call(call: LoggedCall) -> dict[str, Any]:
    return {
        "number": call.number,
        "at": call.at,
        "method": call.method,
        "path": readable(call.path),
        "status": call.status,
        "type": call.type,
        "milliseconds": round(call.milliseconds, 1),
        "reference_id": call.reference_id,
        "execution_id": call.execution_id,
        "faults": call.faults,
    }


def _quota(quota: Quota, now: float) -> dict[str, Any]:
    return {
        "burst": _window(quota.burst, quota.burst_limit, now),
        "daily": _window(quota.daily, quota.daily_limit, now),
        "calls": quota.calls,
        "refused": quota.refused,
        "delayed": quota.delayed,
    }


def _window(window: Window, limit: int | None, now: float) -> dict[str, Any]:
    window.turn(now)
    return {
        "limit": limit,
        "used": window.used,
        "window_s": window.window_s,
        "turns_in_s": window.window_s - (now - window.phase_s) % window.window_s,
    }


def _job(job: Job, now: float) -> dict[str, Any]:
    whole = job.queued_s + job.running_s
    age = min(now - job.began, whole)
    return {
        "id": job.id,
        "label": job.label,
        "user_id": job.user_id,
        "status": job.status(now),
        "finished": job.finished(now),
        "part": age / whole if whole > 0 else 1.0,
        "left_s": whole - age,
        "created": job.created.timestamp(),
    }


def _session(sandbox: Sandbox, session: Session, now: float) -> dict[str, Any]:
    """Describe a session without its id, which is as good as a password."""
    sessions = sandbox.sessions
    ends_in_s = None
    if not session.is_token:
        idle_s = 0.0 if session.open_calls else now - session.last_used
        lifetime_left_s = sessions.lifetime_s - (now - session.started)
        ends_in_s = max(0.0, min(sessions.idle_timeout_s - idle_s, lifetime_left_s))
    return {
        "user": session.user.username,
        "token": session.is_token,
        "age_s": now - session.started,
        "unused_s": 0.0 if session.open_calls else now - session.last_used,
        "open_calls": session.open_calls,
        "ends_in_s": ends_in_s,
    }
