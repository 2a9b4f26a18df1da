"""The routes beside Vault's: the page about the sandbox, and its controls. They never count."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from vaultio.sandbox import control_logins
from vaultio.sandbox.call import json_reply
from vaultio.sandbox.faults import describe, from_mapping
from vaultio.sandbox.page import guard
from vaultio.sandbox.wire import SandboxReply, SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox

_FAULT = re.compile(r"/sandbox/faults/\d{1,9}")


async def answer(sandbox: Sandbox, request: SandboxRequest) -> SandboxReply:
    """Serve ``/`` and what is below ``/sandbox``."""
    if sandbox.page.has(request.path):
        return await sandbox.page.answer(request)
    if request.method != "GET" and not guard.may_change(request):
        return _failed("another web page may not do this", 403)
    try:
        result = await _control(sandbox, request)
    except (ValueError, TypeError, KeyError) as error:
        result = {"responseStatus": "FAILURE", "message": str(error)}
    return json_reply(result) if result is not None else _failed("no such control", 404)


def _failed(message: str, status: int) -> SandboxReply:
    reply = json_reply({"responseStatus": "FAILURE", "message": message})
    reply.status = status
    return reply


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
        case "DELETE", path if _FAULT.fullmatch(path):
            sandbox.faults.remove(int(path.rpartition("/")[2]))
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
