"""One call on its way through the sandbox: what an operation needs to know."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from attrs import define, field

from vaultio.sandbox.content import Content
from vaultio.sandbox.failures import RefusedError, invalid
from vaultio.sandbox.forms import Form, read_form
from vaultio.sandbox.sessions import Session
from vaultio.sandbox.stores.users import User
from vaultio.sandbox.versions import Version
from vaultio.sandbox.wire import Headers, SandboxReply, SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox

OCTET_STREAM = "application/octet-stream;charset=UTF-8"
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_PLAIN_NAME = re.compile(r"[\x20-\x7e]*")


@define(kw_only=True)
class Call:
    """A request with its version, session and the ids of its path, percent-decoded."""

    sandbox: Sandbox
    request: SandboxRequest
    version: Version
    session: Session
    ids: dict[str, str]
    query: dict[str, str] = field(factory=dict)

    @property
    def user(self) -> User:
        """Who calls."""
        return self.session.user

    async def form(self) -> Form:
        """Read the form of the request; once, for its files are not kept to be read again."""
        return await read_form(self.request, self.sandbox.settings.max_upload_bytes)

    def path(self, *segments: object) -> str:
        """Return the root-relative path of a resource, ``/api/{version}/…``."""
        return "/".join([f"/api/{self.version}", *(quote(str(one), safe="") for one in segments)])

    def url(self, *segments: object) -> str:
        """Return the absolute URL of a resource, as answers about documents show it."""
        settings = self.sandbox.settings
        path = self.path(*segments)
        if settings.link_version is not None:
            path = path.replace(f"/api/{self.version}", f"/api/{settings.link_version}", 1)
        return (settings.link_origin or self.request.origin) + path

    def number(self, name: str, default: int, maximum: int | None = None) -> int:
        """Read a whole number of the query; more than *maximum* is reset to it."""
        text = self.query.get(name)
        if not text:
            return default
        if not text.isascii() or not text.isdigit():
            raise invalid(f"Invalid value [{text}] specified for parameter [{name}]")
        return int(text) if maximum is None else min(int(text), maximum)

    def flag(self, name: str) -> bool:
        """Read a true or false of the query; absent is false."""
        return self.query.get(name, "").lower() == "true"


def json_reply(answer: dict[str, Any]) -> SandboxReply:
    """Make a reply of an answer; one without a ``responseStatus`` was successful."""
    answer = answer if "responseStatus" in answer else {"responseStatus": "SUCCESS", **answer}
    body = json.dumps(answer, ensure_ascii=False).encode()
    errors = answer.get("errors")
    return SandboxReply(
        headers=Headers(
            {"Content-Type": "application/json;charset=UTF-8", "Content-Length": str(len(body))}
        ),
        body=body,
        response_status=str(answer["responseStatus"]),
        error_type=str(errors[0].get("type", "")) if errors else "",
    )


def disposition(name: str) -> str:
    """Return the Content-Disposition of a file, as the reference prints it.

    How Vault sends a name beyond ASCII is not documented; RFC 6266's ``filename*`` it is.
    """
    if _PLAIN_NAME.fullmatch(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'attachment;filename="{escaped}"'
    return f"attachment;filename*=UTF-8''{quote(name, safe='')}"


def file_reply(
    call: Call, content: Content, name: str | None, media_type: str = OCTET_STREAM
) -> SandboxReply:
    """Send a file in chunks that are made one at a time; without *name* no name is said."""
    settings = call.sandbox.settings
    headers = Headers({"Content-Type": media_type})
    if name is not None:
        headers["Content-Disposition"] = disposition(name)
    start, end, status = 0, None, 200
    wanted = _RANGE.fullmatch(call.request.headers.get("range", "")) if settings.ranges else None
    if wanted is not None:
        start, end = _bounds(wanted, content.size)
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
        status = 206
    if settings.content_length == "always" or (
        settings.content_length == "small" and content.size <= settings.small_bytes
    ):
        headers["Content-Length"] = str((content.size if end is None else end) - start)
    body = file_chunks(content, start, end, settings.chunk_bytes)
    return SandboxReply(status=status, headers=headers, body=body)


def _bounds(wanted: re.Match[str], size: int) -> tuple[int, int]:
    start = int(wanted[1])
    if start >= size:
        raise RefusedError("INVALID_DATA", f"Range starts at {start}, the file has {size} bytes")
    return start, min(int(wanted[2]) + 1, size) if wanted[2] else size


async def _blocks(content: Content, start: int) -> AsyncIterator[bytes]:
    """Yield a file's blocks; the loop never waits for a disk."""
    blocks = content.blocks(start)
    if not content.on_disk:
        for block in blocks:
            yield block
        return
    while block := await asyncio.to_thread(next, blocks, b""):
        yield block


async def file_chunks(
    content: Content, start: int, end: int | None, chunk_bytes: int
) -> AsyncIterator[bytes]:
    """Yield a file's bytes from *start* to *end* (None is its end), made one chunk at a time."""
    left = end - start if end is not None else None
    async for block in _blocks(content, start):
        for offset in range(0, len(block), chunk_bytes):
            chunk = block[offset : offset + chunk_bytes][:left]
            if not chunk:
                return
            # A network would let others run between two chunks; so does this.
            await asyncio.sleep(0)
            yield chunk
            if left is not None:
                left -= len(chunk)
