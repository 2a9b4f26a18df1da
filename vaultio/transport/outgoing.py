"""A request to Vault written out for the HTTP library: its address, its headers, its credential."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from secrets import token_hex
from urllib.parse import quote, urlencode

import httpx
from attrs import define, field

from vaultio.errors import InvalidArgumentError
from vaultio.protocol.forms import Body
from vaultio.protocol.href import Href, local_target
from vaultio.protocol.request import Request
from vaultio.protocol.version import ApiVersion
from vaultio.transport.addresses import Addresses
from vaultio.transport.session import Ticket
from vaultio.transport.uploads import UploadStream
from vaultio.transport.wire import USER_AGENT

_TAKES_A_BODY = frozenset({"POST", "PUT"})


def reference_ids() -> Iterator[str]:
    """Yield ids for calls that nobody else gives out: 32 hexadecimal digits, half of them counted.

    To ask the system for chance once more with every call can cost a switch of threads.
    """
    own = token_hex(8)
    return (f"{own}{number:016x}" for number in count(1))


@define
class Outgoing:
    """Writes the requests of one client to one vault."""

    origin: str
    version: ApiVersion
    client_id: str
    addresses: Addresses = field(init=False)
    _standing: dict[str, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.addresses = Addresses(self.origin)
        self._standing = {
            "Host": httpx.URL(self.origin).netloc.decode("ascii"),
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
            "X-VaultAPI-ClientID": self.client_id,
        }

    def write(
        self,
        request: Request,
        reference_id: str,
        ticket: Ticket | None,
        upload: UploadStream | None,
        timeout: httpx.Timeout,
    ) -> httpx.Request:
        """Write a request out; *upload* is its body if that is multipart.

        httpx is given all that it would otherwise work out for itself, with every call anew.
        """
        content = request.body.content if isinstance(request.body, Body) else b""
        try:
            outgoing = httpx.Request(
                request.method,
                self.addresses.url(self._target(request)),
                headers=self._headers(request, reference_id, upload, len(content)),
                stream=httpx.ByteStream(content) if upload is None else upload,
                extensions={"timeout": timeout.as_dict()},
            )
        except httpx.InvalidURL as error:
            raise InvalidArgumentError(f"{request.method} {str(request)[:80]}: {error}") from error
        if upload is None:
            outgoing.read()  # for transports that look at the content, as mocks do
        if ticket is not None:
            # Only here: these headers do not show it in a traceback, a mapping of ours would.
            outgoing.headers["Authorization"] = ticket.header.reveal()
            for name, value in ticket.more:
                outgoing.headers[name] = value
        return outgoing

    def _headers(
        self, request: Request, reference_id: str, upload: UploadStream | None, length: int
    ) -> dict[str, str]:
        headers = {
            **self._standing,
            "Accept": request.accept,
            "X-VaultAPI-ReferenceId": reference_id,
            **request.headers,
        }
        if request.body is not None:
            headers["Content-Type"] = request.body.content_type
        if upload is None:
            if length or request.method in _TAKES_A_BODY:
                headers["Content-Length"] = str(length)
        elif upload.length is None:
            headers["Transfer-Encoding"] = "chunked"
        else:
            headers["Content-Length"] = str(upload.length)
        return headers

    def _target(self, request: Request) -> str:
        """Put a request's path and query together; a session id never stands in them."""
        if isinstance(request.path, Href):
            target = local_target(request.path, self.origin)
        else:
            version = max(self.version, request.since or self.version)
            target = f"/api/{version}/{request.path}" if request.versioned else "/api/"
            target = f"/{request.path}" if request.at_root else target
        if not request.query:
            return target
        query = urlencode(dict(request.query), quote_via=quote)
        return f"{target}{'&' if '?' in target else '?'}{query}" if query else target
