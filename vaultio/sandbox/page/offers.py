"""The faults as the page offers them: a name for people, and values to begin with."""

from __future__ import annotations

from typing import Any

from vaultio.sandbox.faults import Faults, Kind

_GATEWAY = "<html><body><h1>Service Unavailable</h1></body></html>"
_LOGIN = "<html><body><h1>Sign in</h1></body></html>"
_REFUSED: dict[str, Any] = {"type": "API_LIMIT_EXCEEDED", "message": "As asked for."}

OFFERS: dict[Kind, tuple[str, dict[str, Any]]] = {
    "failure": ("Refuse the call", _REFUSED),
    "end_session": ("End the session", {}),
    "delay": ("Answer late", {"seconds": 2.0}),
    "lost_answer": ("Do it, but lose the answer", {}),
    "status": ("A gateway's error page", {"status": 503, "body": _GATEWAY}),
    "downtime": ("Announced downtime", {"minutes": 60, "status": 503, "body": _GATEWAY}),
    "html": ("A web page in place of an answer", {"status": 200, "body": _LOGIN}),
    "empty": ("An empty answer", {}),
    "cut": ("Cut a body off", {"after_bytes": 1000}),
    "wrong_length": ("Cut a body off before its length", {"after_bytes": 1000}),
    "stall": ("Stop in the middle of a body", {"after_bytes": 1000, "seconds": 30.0}),
    "drip": ("Send a body slowly", {"bytes_per_second": 1024.0}),
    "json": ("A failure in place of a file", {"type": "UNEXPECTED_ERROR"}),
    "file_name": ("Another file name", {"value": "../../elsewhere.exe"}),
    "reference_id": ("Somebody else's reference id", {"value": "someone-else"}),
}


def offers() -> list[dict[str, Any]]:
    """Return the kinds with title, explanation and the values that belong to them alone."""
    return [
        {"kind": kind, "title": title, "about": _about(kind), "values": values}
        for kind, (title, values) in OFFERS.items()
    ]


def _about(kind: Kind) -> str:
    """Return the first sentence that the method of that name says about itself."""
    text = getattr(Faults, kind).__doc__ or ""
    return text.partition("\n")[0].replace("*", "").replace("``", "")
