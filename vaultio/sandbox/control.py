"""The routes beside Vault's: a word about the sandbox, and its controls. They never count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vaultio.sandbox import control_logins
from vaultio.sandbox.call import json_reply
from vaultio.sandbox.faults import describe, from_mapping
from vaultio.sandbox.wire import Headers, SandboxReply, SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox

_PAGE = b"""<!doctype html><title>vaultio sandbox</title>
<p>This is a vaultio sandbox: a Vault in memory for tests and demos. The API is under /api.</p>
"""


async def answer(sandbox: Sandbox, request: SandboxRequest) -> SandboxReply:
    """Serve ``/`` and what is below ``/sandbox``."""
    if request.path == "/":
        headers = Headers({"Content-Type": "text/html;charset=UTF-8"})
        headers["Content-Length"] = str(len(_PAGE))
        return SandboxReply(headers=headers, body=_PAGE)
    try:
        result = await _control(sandbox, request)
    except (ValueError, TypeError, KeyError) as error:
        result = {"responseStatus": "FAILURE", "message": str(error)}
    if result is None:
        reply = json_reply({"responseStatus": "FAILURE", "message": "no such control"})
        reply.status = 404
        return reply
    return json_reply(result)


async def _control(sandbox: Sandbox, request: SandboxRequest) -> dict[str, Any] | None:
    match request.method, request.path:
        case "POST", "/sandbox/faults":
            values = json.loads(await request.read())
            return {"fault": describe(sandbox.faults.add(from_mapping(values)))}
        case "GET", "/sandbox/faults":
            return {"faults": [describe(fault) for fault in sandbox.faults]}
        case "DELETE", "/sandbox/faults":
            sandbox.faults.clear()
            return {}
        case "POST", "/sandbox/sessions/end":
            return {"ended": sandbox.sessions.end_all()}
        case "POST", "/sandbox/jobs/finish":
            sandbox.jobs.finish_all()
            return {}
        case "GET", "/sandbox/state":
            return {
                "documents": len(sandbox.documents),
                "calls": sandbox.quota.calls,
                "refused": sandbox.quota.refused,
                "delayed": sandbox.quota.delayed,
                "worst_window": sandbox.quota.worst_window(),
                "logins": sandbox.sessions.logins,
                "sessions": len(sandbox.sessions),
                "bytes_produced": sandbox.bytes_produced,
            }
    return await control_logins.control(sandbox, request)
