"""A file of a vault as the answer to a browser, passed on piece by piece."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from vaultio.downloads import FileOpening, FileStream, safe_name
from vaultio.errors import VaultioError
from vaultio.integrations.fastapi.naming import disposition, may_be_shown, media_type
from vaultio.integrations.fastapi.outlet import Outlet, while_there
from vaultio.integrations.fastapi.pieces import Slice, cut_out, pieces
from vaultio.integrations.fastapi.ranges import UnsatisfiableError, Wanted, is_known, wanted
from vaultio.logs import logger

log = logger("fastapi")

_LEFT = 499  # nobody reads it but the logs on the way, which have it from nginx


class VaultFile(Response):
    """The answer that is a file of a vault: ``VaultFile(vault.documents.open(7, verify=True))``.

    Memory does not grow with the file. What opening it raises comes before the answer begins, so
    `handle_errors` sees it; if it breaks off later, the connection is ended such that nobody takes
    what came for a whole file. When the browser leaves, Vault's answer is closed at once; one that
    takes nothing for *stall_s* seconds is left.

    Where the size is known, by ``verify=True`` (one call more; its MD5 is the ETag) or from
    Vault's answer, there is a Content-Length, and ranges are served (206, 416, If-Range): by Vault,
    if it can, else by leaving out what comes before, which still comes from Vault. Each range, and
    each HEAD, costs the calls of a GET: for viewers that ask for many there is *ranges* False.

    The name is Vault's, made safe, or *filename*. With *inline* the browser shows what cannot run
    in it (PDF, pictures, sound, film, plain text); anything else is saved. *headers* are added to,
    or replace, those of ours.
    """

    def __init__(
        self,
        opening: FileOpening,
        *,
        filename: str | None = None,
        inline: bool = False,
        ranges: bool = True,
        headers: Mapping[str, str] | None = None,
        stall_s: float = 60.0,
    ) -> None:
        super().__init__()
        del self.headers["content-length"]  # of this object's own, empty body
        self.headers["Cache-Control"] = "private, no-cache"
        self.headers["X-Content-Type-Options"] = "nosniff"
        self._given = dict(headers or {})
        self._opening = opening
        self._filename = filename
        self._inline = inline
        self._ranges = ranges
        self._stall_s = stall_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open the file and send it, as long as there is somebody to send it to."""
        out = Outlet(send, self._stall_s)
        async with while_there(receive) as there:
            await self._answer(scope, out)
        if there.cancelled_caught:
            log.info("%r: the browser left after %d bytes", scope["path"], out.sent)
            if out.is_begun:
                return
            self.status_code = _LEFT
            await out.begin(self)
        # Only now, as servers say of an answer that is over that the browser has left.
        await out.end()
        if self.background is not None:
            await self.background()

    async def _answer(self, scope: Scope, out: Outlet) -> None:
        known = await self._opening.checksum()
        tag = f'"{known.md5.strip().lower()}"' if known.md5 else None
        if tag:
            self.headers["ETag"] = tag
        asked, method = Headers(scope=scope), scope["method"]
        if method in {"GET", "HEAD"} and is_known(asked, tag):
            self.status_code = 304
            await out.begin(self)
            return
        want = wanted(asked, tag) if self._ranges and method == "GET" else None
        try:
            async with self._opened(want, known.size) as stream:
                await self._send(stream, cut_out(stream, want), scope, out)
        except UnsatisfiableError as error:
            self.status_code = 416
            self.headers["Content-Length"] = "0"
            self.headers["Content-Range"] = f"bytes */{error.size}"
            await out.begin(self)

    def _opened(self, want: Wanted | None, size: int | None) -> FileOpening:
        """Ask Vault for no more than is wanted; whether it heeds that it will say."""
        if want is None:
            return self._opening
        span = want.span if size is None else want.within(size)
        return self._opening if span is None else self._opening.part(*span)

    async def _send(self, stream: FileStream, part: Slice, scope: Scope, out: Outlet) -> None:
        if part.length is None and scope["http_version"] == "1.0":
            # Its end would be the connection's, and half of it would look like all of it.
            what = "%r: without a length this needs HTTP/1.1 (in nginx: proxy_http_version 1.1)"
            log.error(what, scope["path"])
            self.status_code = 505
            self.headers["Content-Length"] = "0"
            await out.begin(self)
            return
        self._describe(stream, part)
        await out.begin(self)
        if scope["method"] == "HEAD":
            return
        try:
            async with aclosing(pieces(stream, part)) as body:
                async for piece in body:
                    await out.write(piece)
        except (VaultioError, ClientDisconnect) as error:
            log.warning("%r broke off after %d bytes: %s", scope["path"], out.sent, error)
            await out.break_off()
            raise

    def _describe(self, stream: FileStream, part: Slice) -> None:
        """Set the status, and the headers that say what comes."""
        name = safe_name(self._filename or stream.name, self._opening.name)
        kind = media_type(stream.content_type, name)
        inline = self._inline and may_be_shown(kind)
        self.headers["Content-Type"] = kind
        self.headers["Content-Disposition"] = disposition(name, inline=inline)
        if part.length is not None:
            self.headers["Content-Length"] = str(part.length)
        if self._ranges and stream.total is not None:
            self.headers["Accept-Ranges"] = "bytes"
        if part.content_range is not None:
            self.status_code = 206
            self.headers["Content-Range"] = part.content_range
        self.headers.update(self._given)
