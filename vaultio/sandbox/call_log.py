"""The last calls that came in, for the page that shows them; nothing secret is kept."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from attrs import define

from vaultio.sandbox.faults import Fault
from vaultio.sandbox.wire import SandboxReply, SandboxRequest

MOST = 200
_LONGEST_TEXT = 500
# What is sent by POST and changes nothing that a list of documents shows.
_HARMLESS = ("/auth", "/query", "/keep-alive")


@define
class LoggedCall:
    """One call. *status* None: it had no answer; *type* "" is for what no envelope says.

    *at* is in seconds since 1970, *milliseconds* are those until the answer's head. *path* has no
    query, which may hold a session id. *faults* are the kinds that hit the call.
    """

    number: int
    at: float
    method: str
    path: str
    status: int | None
    type: str
    milliseconds: float
    reference_id: str
    execution_id: str
    faults: tuple[str, ...]


class CallLog:
    """The last calls of the API, oldest first; *total* counts all, *writes* those that may change.

    However many calls come, it keeps `MOST`.
    """

    def __init__(self) -> None:
        self._calls: deque[LoggedCall] = deque(maxlen=MOST)
        self.total = 0
        self.writes = 0

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[LoggedCall]:
        return iter(self._calls)

    def since(self, number: int) -> list[LoggedCall]:
        """Return the calls after that number, of those that are kept."""
        return [call for call in self._calls if call.number > number]

    def add(
        self,
        request: SandboxRequest,
        reply: SandboxReply | None,
        faults: Sequence[Fault],
        seconds: float,
    ) -> None:
        """Note a call; *reply* None if there was no answer."""
        self.total += 1
        if request.method != "GET" and not request.path.endswith(_HARMLESS):
            self.writes += 1
        said = reply.headers if reply is not None else {}
        self._calls.append(
            LoggedCall(
                self.total,
                time.time(),
                request.method[:20],
                request.path[:_LONGEST_TEXT],
                reply.status if reply is not None else None,
                _type(reply),
                seconds * 1000,
                request.headers.get("x-vaultapi-referenceid", "")[:_LONGEST_TEXT],
                said.get("X-VaultAPI-ExecutionId", ""),
                tuple(fault.kind for fault in faults),
            )
        )


def _type(reply: SandboxReply | None) -> str:
    # What a gateway sends in Vault's place has no envelope, and so no status of Vault's.
    if reply is None or "X-VaultAPI-Status" not in reply.headers:
        return ""
    return reply.error_type or reply.response_status


def readable(path: str) -> str:
    """Return a path as people read it; one that is no UTF-8 keeps its signs."""
    return unquote(path, errors="replace")
