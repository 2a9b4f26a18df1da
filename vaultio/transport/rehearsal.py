"""A rehearsal: everything goes its way but for what would write, which is told and not sent."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from attrs import frozen

from vaultio.credentials import Credentials
from vaultio.errors import VaultioError
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.forms import Body
from vaultio.protocol.readers import Reader
from vaultio.protocol.request import Repeat, Request
from vaultio.transport.caller import Caller
from vaultio.transport.reply import Reply

T = TypeVar("T")


@frozen(kw_only=True)
class Rehearsed:
    """A call that would have written: its method and path, and its rows where it is a bulk call."""

    method: str
    path: str
    rows: int | None = None


class RehearsedError(VaultioError):
    """The call would have written, and was not sent: its client rehearses."""


Note = Callable[[Rehearsed], None]


class RehearsingCaller(Caller):
    """Sends what only reads. What would write is handed to *note* and ends in `RehearsedError`.

    A bulk call goes on as if each of its rows had succeeded, without an id: so all rows are read
    and looked at as they would be.
    """

    def __init__(self, caller: Caller, note: Note) -> None:
        super().__init__(caller.road, caller._session, caller.options)
        self._caller, self._note = caller, note

    def view(self, credentials: Credentials | None = None, **changes: Any) -> RehearsingCaller:
        """Make a caller on the same road that rehearses too, with other options or credentials."""
        return RehearsingCaller(self._caller.view(credentials, **changes), self._note)

    async def send(self, request: Request, read: Reader[T]) -> T:
        """Send a request that reads; see above for one that writes."""
        if request.repeat is Repeat.SAFE:
            return await super().send(request, read)
        rows = _rows(request.body) if isinstance(request.body, Body) else None
        self._tell(request, rows)
        if rows is None:
            raise _not_sent(request)
        return read(_as_if(rows))

    async def send_raw(self, request: Request) -> bytes:
        """Send a request that reads; see above for one that writes."""
        if request.repeat is Repeat.SAFE:
            return await super().send_raw(request)
        self._tell(request, None)
        raise _not_sent(request)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[Reply]:
        """Open a file, unless that would check its document out."""
        if request.repeat is not Repeat.SAFE:
            self._tell(request, None)
            raise _not_sent(request)
        async with super().stream(request) as reply:
            yield reply

    def _tell(self, request: Request, rows: int | None) -> None:
        version = max(self.version, request.since or self.version)
        path = str(request.path)
        if not path.startswith("/"):
            path = f"/api/{version}/{path}" if request.versioned else f"/api/{path}"
        self._note(Rehearsed(method=request.method, path=path, rows=rows))


def _not_sent(request: Request) -> RehearsedError:
    return RehearsedError(f"{request} was not sent: this is a rehearsal")


def _rows(body: Body) -> int | None:
    """Count the rows of a bulk call; None if the body is none of one."""
    text = body.content.decode()
    if body.content_type == "text/csv":
        return sum(1 for cells in csv.reader(io.StringIO(text, newline="")) if cells) - 1
    if body.content_type == "application/json":
        found = json.loads(text)
        return len(found) if isinstance(found, list) else None
    return None


def _as_if(rows: int) -> Envelope:
    """Make the answer to a bulk call of so many rows."""
    data = [{"responseStatus": "SUCCESS"} for _ in range(rows)]
    return Envelope("SUCCESS", {"responseStatus": "SUCCESS", "data": data})
