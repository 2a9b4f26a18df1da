"""What is told of a call while it happens, and to whom: the log, telemetry, one's own code."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

from attrs import define, field

from vaultio.errors import VaultError, VaultioError
from vaultio.limiter import Priority
from vaultio.limiter.clock import loop_time
from vaultio.logs import logger
from vaultio.protocol.operations import Operation, operation_of
from vaultio.protocol.quota_headers import QuotaReading
from vaultio.protocol.request import Request

if TYPE_CHECKING:
    from vaultio.transport.reply import Reply

WaitedFor = Literal["quota", "slot"]
"""The vault's quota, or one of `Config.concurrency` calls in flight."""

_A_WAIT_S = 0.001
_NONE: Mapping[str, str] = MappingProxyType({})
log = logger("transport")


class Observer(Protocol):
    """Is told of each call of a client, in the event loop: nothing here may wait or block.

    What it raises is logged and breaks no call. State of its own it keeps in `Story.notes`.
    """

    def began(self, story: Story) -> None:
        """Tell that a call begins; nothing of it is known but the request."""

    def waited(self, story: Story, what: WaitedFor, seconds: float) -> None:
        """Tell that it may go on after so many seconds."""

    def headers(self, story: Story) -> Mapping[str, str]:
        """Return headers for this sending, which goes to the client's own vault."""

    def retried(self, story: Story, error: VaultioError, pause_s: float) -> None:
        """Tell that a try failed, and that there will be another after a pause, in seconds."""

    def renewed(self, story: Story) -> None:
        """Tell that the session had ended, and that the call is sent again with a new one."""

    def ended(self, story: Story, error: BaseException | None) -> None:
        """Tell that the call is over; of a file: that its body is."""


@define(eq=False)
class Story:
    """One call as it goes: from the coroutine's call until its answer, or the end of its file.

    A context for that time, of whose beginning and end observers are told, too. Times are in
    seconds, sizes in bytes; what is not known is None.
    """

    request: Request
    origin: str
    """The vault's address: scheme, host and port."""

    version: str
    priority: Priority
    observers: tuple[Observer, ...] = ()
    notes: dict[Any, Any] = field(factory=dict)
    """What observers remember of this call, each under a key of its own."""

    began_s: float = field(init=False, factory=loop_time)
    tries: int = field(init=False, default=0)
    """How often it was sent."""

    waited_s: float = field(init=False, default=0.0)
    """What it waited for quota and a slot."""

    renewals: int = field(init=False, default=0)
    sent: int = field(init=False, default=0)
    """Bytes of the bodies that went out, as far as their length is known."""

    reference_id: str | None = field(init=False, default=None)
    """What Vault's logs know the last sending by, and how long it ran there."""

    reading: QuotaReading | None = field(init=False, default=None)
    """What the last answer said of the API quotas."""

    reply: Reply | None = field(init=False, default=None)
    """The answer to the last sending, once its headers are in."""

    _received: int = field(init=False, default=0)

    @property
    def operation(self) -> Operation:
        """What the call is, without any id."""
        return operation_of(self.request.method, str(self.request.path))

    @property
    def seconds(self) -> float:
        """How long it has taken so far, with all waits."""
        return loop_time() - self.began_s

    @property
    def status(self) -> int | None:
        """The HTTP status of the last answer."""
        return self.reply.status if self.reply else None

    @property
    def execution_id(self) -> str | None:
        """What Vault calls the execution that gave the last answer."""
        return self.reply.headers.get("x-vaultapi-executionid") if self.reply else None

    @property
    def received(self) -> int:
        """Bytes of the bodies that came, as they came over the wire."""
        return self._received + (self.reply.received if self.reply else 0)

    def __enter__(self) -> Story:
        for one in self.observers:
            self._told(one.began, self)
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        for one in self.observers:
            self._told(one.ended, self, error)

    def waited(self, what: WaitedFor, seconds: float) -> None:
        """Note a wait, and tell of it if it was more than to ask and be let through."""
        self.waited_s += seconds
        if seconds >= _A_WAIT_S:
            for one in self.observers:
                self._told(one.waited, self, what, seconds)

    def sending(self, reference_id: str, size: int) -> None:
        """Note that it goes onto the wire now, with a body of so many bytes."""
        self._received, self.reply = self.received, None
        self.tries += 1
        self.reference_id = reference_id
        self.sent += size

    def headers(self) -> Mapping[str, str]:
        """Collect the headers that observers want to have sent."""
        found: dict[str, str] | None = None
        for one in self.observers:
            more = self._told(one.headers, self)
            if more:
                found = {**(found or {}), **more}
        return found or _NONE

    def replied(self, reply: Reply) -> None:
        """Note that the headers of an answer are in."""
        self.reply = reply

    def retried(self, error: VaultioError, pause_s: float) -> None:
        """Tell of a try that failed."""
        for one in self.observers:
            self._told(one.retried, self, error, pause_s)

    def renewed(self) -> None:
        """Tell that the session had ended."""
        self.renewals += 1
        for one in self.observers:
            self._told(one.renewed, self)

    def _told(self, tell: Any, *what: Any) -> Any:
        try:
            return tell(*what)
        except Exception:
            # Whoever only looks on must not stop a migration.
            log.exception("an observer failed; the call goes on")
            return None


def kind_of(error: BaseException) -> str:
    """Name what went wrong: by Vault's own type where it has one, else by the class."""
    if isinstance(error, VaultError) and error.type:
        return error.type
    return type(error).__name__


def facts_of(story: Story, error: BaseException | None = None) -> dict[str, Any]:
    """Collect what is known of a call for a log record: what it was, and what it took."""
    operation = story.operation
    return {
        "operation": operation.name,
        "method": story.request.method,
        "path_template": operation.template,
        "status": story.status,
        "error_type": None if error is None else kind_of(error),
        "execution_id": story.execution_id,
        "reference_id": story.reference_id,
        "tries": story.tries,
        "waited_s": round(story.waited_s, 6),
        "seconds": round(story.seconds, 6),
        "bytes_sent": story.sent,
        "bytes_received": story.received,
    }


class CallLog:
    """Tells the log: a line a call at debug, sessions that ended at info, retries as warnings."""

    def began(self, story: Story) -> None:
        """Say nothing: the end tells all."""

    def waited(self, story: Story, what: WaitedFor, seconds: float) -> None:
        """Say nothing: of quotas the limiter tells, and slots are taken all the time."""

    def headers(self, story: Story) -> Mapping[str, str]:  # noqa: ARG002 - the protocol's
        """Add none."""
        return _NONE

    def retried(self, story: Story, error: VaultioError, pause_s: float) -> None:
        """Warn; not of refusals for the quota's sake, which come in swarms: the limiter does."""
        level = logging.DEBUG if kind_of(error) == "API_LIMIT_EXCEEDED" else logging.WARNING
        if log.isEnabledFor(level):
            facts, text = facts_of(story, error), "%s is tried again in %.2f s: %s"
            log.log(level, text, facts["operation"], pause_s, error, extra=facts)

    def renewed(self, story: Story) -> None:
        """Say that a session ended, for it costs a login."""
        if log.isEnabledFor(logging.INFO):
            facts = facts_of(story)
            log.info("the session had ended, %s is sent again", facts["operation"], extra=facts)

    def ended(self, story: Story, error: BaseException | None) -> None:
        """Say what came of it, in a line."""
        if not log.isEnabledFor(logging.DEBUG):
            return
        facts = facts_of(story, error)
        came = facts["error_type"] or facts["status"] or "no answer"
        text = "%s: %s in %.3f s, %d tries"
        log.debug(text, facts["operation"], came, facts["seconds"], story.tries, extra=facts)


CALL_LOG = CallLog()
