"""One call: its tries, its time, and what is told of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, nullcontext
from types import TracebackType
from typing import Any, TypeVar

import anyio
import attrs

from vaultio.errors import (
    ApiLimitError,
    ClosedError,
    DeadlineError,
    OutcomeUnknownError,
    QuotaWaitError,
    SessionExpiredError,
    VaultioError,
)
from vaultio.limiter import Meter, Priority
from vaultio.limiter.clock import loop_time
from vaultio.protocol.request import Request
from vaultio.transport import answers
from vaultio.transport.gate import Lane
from vaultio.transport.retry import Tries
from vaultio.transport.road import Receive, Road
from vaultio.transport.session import HeldLoginError, Session, Ticket
from vaultio.transport.stopwatch import Stopwatch

T = TypeVar("T")
Verifier = Callable[[OutcomeUnknownError], Awaitable[Any]]
"""Looks whether a call was carried out whose answer was lost; see `Vault.with_options`."""

MOST_RENEWALS = 2


@attrs.frozen(kw_only=True)
class CallOptions:
    """How calls are made: views of a client differ in these alone. Times are in seconds."""

    priority: Priority = "interactive"
    timeout_s: float
    max_wait_s: float | None
    meter: Meter | None = None
    always_md5: bool = False
    verify: Verifier | None = None
    sent: Callable[[], None] | None = None
    """Called when the call has its quota and goes onto the wire."""


class Call:
    """One request on its way: limit, send, decode, renew the session, retry.

    A context, from its beginning until what was asked for is read; observers are told of both.
    It begins in the client's own event loop alone.
    """

    __slots__ = ("_options", "_request", "_road", "_session", "_stopwatch", "story")

    def __init__(
        self, road: Road, session: Session | None, options: CallOptions, request: Request
    ) -> None:
        road.home.enter(request)
        self._road = road
        self._session = session
        self._options = options
        self._request = request
        self.story = road.story(request, options.priority)

    def __enter__(self) -> Call:
        options = self._options
        self._stopwatch = Stopwatch(
            options.timeout_s, options.max_wait_s, options.meter, options.sent
        )
        self.story.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.story.__exit__(kind, error, traceback)

    async def answered(self, receive: Receive[T], stack: AsyncExitStack) -> T:
        """Try until there is an answer; what it keeps open goes onto *stack*, which is empty."""
        road, request = self._road, self._request
        tries = Tries(request, road.budget, road.config.max_tries)
        while True:
            ticket = await self._admitted(stack, is_file=receive is answers.file)
            try:
                answer = await road.exchange(
                    self.story, receive, stack, ticket=ticket, stopwatch=self._stopwatch
                )
                road.budget.earn()
                return answer
            except VaultioError as error:
                trouble = error
            await stack.aclose()
            # The slot is free again: neither a login nor a pause keeps others out.
            if isinstance(trouble, SessionExpiredError) and ticket is not None:
                await self._renew(ticket, trouble)
            else:
                await self._pause(tries.pause_after(trouble), trouble)

    async def _renew(self, ticket: Ticket, trouble: SessionExpiredError) -> None:
        """Have another session where one ended; raises *trouble* if there is to be none."""
        session = self._session
        assert session is not None
        if self.story.renewals >= MOST_RENEWALS or not session.drop(ticket):
            raise session.lost(trouble)
        self.story.renewed()
        await self._ticket(session)

    async def _admitted(self, held: AsyncExitStack, *, is_file: bool) -> Ticket | None:
        """Wait for the request's spacing, a slot and a session.

        A login takes no slot: those who hold them all may be waiting for it.
        """
        road, request, stopwatch = self._road, self._request, self._stopwatch
        if request.spacing is not None:
            with road.home.waiting(request):
                await road.spacing.wait(*request.spacing, max_wait_s=stopwatch.patience_s)
        if request.anonymous or self._session is None:
            return None
        priority, began_s = self._options.priority, loop_time()
        lane: Lane = "files" if is_file and priority == "interactive" else priority
        slot = road.gate.slot(lane, stopwatch.patience_s)
        with road.home.waiting(request):
            await held.enter_async_context(slot)
        self.story.waited("slot", loop_time() - began_s)
        return await self._ticket(self._session)

    async def _ticket(self, session: Session) -> Ticket:
        """Wait for a session; who may not wait for quota does not wait for others that do."""
        ticket = session.at_hand
        if ticket is not None:
            return ticket
        request, stopwatch, began_s = self._request, self._stopwatch, loop_time()
        try:
            with self._road.home.waiting(request):
                return await session.ticket(
                    stopwatch.patience_s, self._options.timeout_s, stopwatch.created_s
                )
        except HeldLoginError as error:
            raise QuotaWaitError(
                f"{request} was not sent: the login before it waits for quota, after "
                f"{loop_time() - began_s:.3g} s still; try again in about 1 s",
                retry_after_s=1.0,
                reason="login",
            ) from error
        except TimeoutError as error:
            if isinstance(error, VaultioError):
                raise
            raise DeadlineError(
                f"{request} was not sent: no session within {loop_time() - began_s:.3g} s"
                f"{session.delay}",
                request=str(request),
            ) from error

    async def _pause(self, pause_s: float, trouble: VaultioError) -> None:
        self.story.retried(trouble, pause_s)
        request, stopwatch = self._request, self._stopwatch
        # A wait for quota counts against the caller's patience, not against its deadline.
        limited, patience_s = isinstance(trouble, ApiLimitError), stopwatch.patience_s
        if limited and patience_s is not None and patience_s < pause_s:
            raise trouble
        time = nullcontext() if limited else stopwatch.running(str(request), None)
        try:
            with self._road.home.waiting(request), time:
                await anyio.sleep(pause_s)
        except ClosedError as closed:
            raise trouble from closed  # it was sent, and that is what came of it
