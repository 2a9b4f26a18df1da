"""Where the answer of a call that starts a job keeps the job's id.

Source: supplement to the reference, 4.4 and 5.2: no page shows the answer of a controlled copy,
so every known place is looked at, and the answer is kept as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from vaultio.models import JobStart
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.readers import nothing

# Only of a job: the last number in a document's address is the document's.
_LAST_NUMBER = re.compile(r"/jobs/(\d{1,19})/?(?:[?#].*)?$", re.ASCII)


def job_start(envelope: Envelope) -> JobStart:
    """Read which job a call started, if the answer names one."""
    nothing(envelope)
    payload = envelope.payload
    data = payload.get("data")
    inner: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    url = payload.get("url") or inner.get("url")
    said = (payload.get("job_id"), inner.get("job_id"), inner.get("jobId"), payload.get("jobId"))
    job_id = next((value for value in (*said, _id_in(url)) if _is_id(value)), None)
    known = {"responseStatus", "responseMessage", "errors", "errorType", "url", "job_id"}
    fields = {key: value for key, value in payload.items() if key not in known}
    return JobStart(job_id=job_id, url=url if isinstance(url, str) else None, fields=fields)


def _is_id(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and value != ""


def _id_in(url: object) -> int | None:
    """Read the number at the end of a job's URL."""
    found = _LAST_NUMBER.search(url) if isinstance(url, str) else None
    return int(found[1]) if found else None
