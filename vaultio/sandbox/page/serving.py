"""The page, its files and what it asks for.

Its routes lie below ``/sandbox/page``. They need no login and are no API calls; what they show is
for this machine alone (see `guard`). Everything comes as JSON and is put into the page as text.
"""

from __future__ import annotations

import json
import uuid
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from vaultio.sandbox.call import OCTET_STREAM, disposition, file_chunks
from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.page import guard, library
from vaultio.sandbox.page.offers import offers
from vaultio.sandbox.page.pulse import Pulse
from vaultio.sandbox.page.state import state
from vaultio.sandbox.wire import Headers, SandboxReply, SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox

ROOT = "/sandbox/page/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    # No script of ours makes HTML of text; a browser that knows this does not let it.
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_TYPES = {
    ".html": "text/html;charset=UTF-8",
    ".css": "text/css;charset=UTF-8",
    ".js": "text/javascript;charset=UTF-8",
    ".svg": "image/svg+xml",
}
_JSON = "application/json;charset=UTF-8"


class Page:
    """The page of one sandbox; its *id* tells a browser that another sandbox has taken over."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._id = uuid.uuid4().hex
        self._pulse = Pulse()

    @staticmethod
    def has(path: str) -> bool:
        """Say whether a path belongs to the page."""
        return path == "/" or path.startswith(ROOT)

    async def answer(self, request: SandboxRequest) -> SandboxReply:
        """Answer a request for the page, one of its files, or what it shows."""
        if request.method not in ("GET", "HEAD"):
            return _reply(_JSON, _said("the page can only be read"), 405)
        static = _static().get(request.path.removeprefix(ROOT))
        if static is not None:
            return _reply(*static)
        if not guard.may_read(request):
            return _reply(_JSON, _said("this is for pages of this machine alone"), 403)
        try:
            return await self._data(request)
        except RefusedError as refusal:
            return _reply(_JSON, _said(refusal.message), 404)

    async def _data(self, request: SandboxRequest) -> SandboxReply:
        path = [unquote(part) for part in request.path.removeprefix(ROOT).split("/")]
        shown: dict[str, Any]
        match path:
            case ["state"]:
                shown = self._state(request.params)
            case ["offers"]:
                shown = {"offers": offers()}
            case ["documents"]:
                shown = await self._documents(request.params)
            case ["documents", document_id]:
                shown = library.detail(self._sandbox.documents.find(document_id))
            case ["files", *rest] if len(rest) > 1:
                return self._file(rest)
            case _:
                return _reply(_JSON, _said("there is no such thing"), 404)
        return _reply(_JSON, json.dumps(shown, ensure_ascii=False).encode(errors="replace"))

    def _state(self, wanted: dict[str, str]) -> dict[str, Any]:
        # After a restart the numbers begin anew, and a page gets everything.
        since = _number(wanted.get("since")) if wanted.get("id") == self._id else 0
        sandbox = self._sandbox
        pulse = self._pulse.read(sandbox.quota, sandbox.clock())
        return {"id": self._id, "pulse": pulse, **state(sandbox, since)}

    async def _documents(self, wanted: dict[str, str]) -> dict[str, Any]:
        offset, limit = _number(wanted.get("offset")), _number(wanted.get("limit"), 50)
        words = wanted.get("search", "")
        return await library.search(self._sandbox.documents, words, offset, limit)

    def _file(self, path: list[str]) -> SandboxReply:
        stored = library.file(self._sandbox.documents, path)
        chunk_bytes = self._sandbox.settings.chunk_bytes
        body = file_chunks(stored.content, 0, None, chunk_bytes)
        reply = SandboxReply(headers=_headers(OCTET_STREAM), body=body)
        reply.headers["Content-Disposition"] = disposition(stored.name)
        return reply


@cache
def _static() -> dict[str, tuple[str, bytes]]:
    """Return the page's files by name, read once, and the page itself as ``/``."""
    folder = files("vaultio.sandbox.page") / "static"
    found: dict[str, tuple[str, bytes]] = {}
    for file in folder.iterdir():
        media_type = _TYPES.get(file.name[file.name.rfind(".") :])
        if media_type is not None:
            found[file.name] = (media_type, file.read_bytes())
    found["/"] = found.pop("index.html")
    return found


def _headers(media_type: str) -> Headers:
    return Headers(
        {
            "Content-Type": media_type,
            "Cache-Control": "no-store",
            "Content-Security-Policy": POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
    )


def _reply(media_type: str, body: bytes, status: int = 200) -> SandboxReply:
    reply = SandboxReply(status=status, headers=_headers(media_type), body=body)
    reply.headers["Content-Length"] = str(len(body))
    return reply


def _said(message: str) -> bytes:
    return json.dumps({"responseStatus": "FAILURE", "message": message}).encode()


def _number(text: str | None, default: int = 0) -> int:
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number and text is not None else default
