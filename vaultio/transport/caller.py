"""The chain that every call goes through, and nothing goes around."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from functools import partial
from typing import Any, TypeVar

import anyio
import attrs
import httpx

from vaultio.config import Config
from vaultio.credentials import Credentials
from vaultio.errors import (
    ApiLimitError,
    ClosedError,
    DeadlineError,
    OutcomeUnknownError,
    SessionExpiredError,
    UnreadableReplyError,
    VaultioError,
)
from vaultio.limiter import Limiter, Meter, Priority, Usage
from vaultio.protocol.href import Href
from vaultio.protocol.path import Path
from vaultio.protocol.readers import Reader
from vaultio.protocol.request import Request, get
from vaultio.protocol.version import ApiVersion
from vaultio.transport import answers
from vaultio.transport.logins import log_out, session_for
from vaultio.transport.reply import Reply
from vaultio.transport.retry import Tries
from vaultio.transport.road import Receive, Road
from vaultio.transport.session import Session, Ticket
from vaultio.transport.stopwatch import Stopwatch

T = TypeVar("T")
Verifier = Callable[[OutcomeUnknownError], Awaitable[Any]]
"""Looks whether a call was carried out whose answer was lost; see `Vault.with_options`."""

MOST_RENEWALS = 2

log = logging.getLogger("vaultio")


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


class Caller:
    """Sends requests to one vault: limit, send, decode, renew the session, retry, read."""

    def __init__(self, road: Road, session: Session | None, options: CallOptions) -> None:
        self.road = road
        self._session = session
        self.options = options
        self.may_retry = road.budget.spend

    @classmethod
    def open(
        cls,
        base_url: str,
        credentials: Credentials,
        version: ApiVersion,
        config: Config,
        limiter: Limiter,
        transport: httpx.AsyncBaseTransport | None,
    ) -> Caller:
        """Prepare the road to a vault; nothing is sent before the first call."""
        bare = cls.bare(Road.open(base_url, version, config, limiter, transport))
        return bare.on(bare.road, session_for(bare, credentials))

    @classmethod
    def bare(cls, road: Road) -> Caller:
        """Make a caller without a session, with the options of its road's settings."""
        config = road.config
        options = CallOptions(
            timeout_s=config.timeout_s,
            max_wait_s=config.max_wait_s,
            always_md5=config.always_md5,
        )
        return cls(road, None, options)

    @property
    def config(self) -> Config:
        """The settings of the client."""
        return self.road.config

    @property
    def is_delegated(self) -> bool:
        """Whether the session is one for another user."""
        return self._session is not None and self._session.is_delegated

    @property
    def threads(self) -> Executor:
        """Where the work of the disk is done."""
        return self.road.threads

    @property
    def always_md5(self) -> bool:
        """Whether to reckon the MD5 of every file that is saved."""
        return self.options.always_md5

    @property
    def origin(self) -> str:
        """The vault's address: scheme, host and port."""
        return self.road.origin

    @property
    def version(self) -> ApiVersion:
        """The API version that calls go out with."""
        return self.road.version

    @property
    def limiter(self) -> Limiter:
        """The limiter that all calls pass."""
        return self.road.limiter

    async def quota(self) -> Usage:
        """Describe the quotas, and who waits for them or for a slot."""
        usage, (interactive, bulk) = await self.limiter.usage(), self.road.gate.waiting
        return attrs.evolve(
            usage,
            interactive_waiting=usage.interactive_waiting + interactive,
            bulk_waiting=usage.bulk_waiting + bulk,
        )

    def view(self, **changes: Any) -> Caller:
        """Make a caller on the same road, with other options."""
        return Caller(self.road, self._session, attrs.evolve(self.options, **changes))

    def on(self, road: Road, session: Session) -> Caller:
        """Make a caller on another road, with a session of its own."""
        return Caller(road, session, self.options)

    async def get(self, path: Path | Href, read: Reader[T], **query: object) -> T:
        """Read what is at *path*; a query parameter that is None is not sent."""
        return await self.send(get(path, query), read)

    async def send(self, request: Request, read: Reader[T]) -> T:
        """Send a request and read its answer; its slot is free again before the reading."""
        return await self._verified(partial(self._send, request, read))

    async def _send(self, request: Request, read: Reader[T]) -> T:
        async with AsyncExitStack() as stack:
            envelope = await self._answered(request, answers.envelope, stack)
        try:
            return read(envelope)
        except UnreadableReplyError as error:
            raise UnreadableReplyError(f"{request}: {error}") from error

    async def send_raw(self, request: Request) -> bytes:
        """Send a request and hand out the answer's body as it came; failures raise as ever."""
        return await self._verified(partial(self._send_raw, request))

    async def _send_raw(self, request: Request) -> bytes:
        async with AsyncExitStack() as stack:
            return await self._answered(request, answers.raw, stack)

    async def _verified(self, once: Callable[[], Awaitable[T]]) -> T:
        """Send, and where what came of it is unknown have the caller's hook look and decide."""
        verify, left = self.options.verify, self.config.max_tries
        while True:
            left -= 1
            try:
                return await once()
            except OutcomeUnknownError as error:
                if verify is None:
                    raise
                found: T | None = await verify(error)
                if found is not None:
                    return found
                if not left or not self.may_retry():
                    raise
                log.debug("%s did not arrive and is sent again", error.request)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[Reply]:
        """Open the answer to a request for a file: surely a file, its body yet to come.

        The slot is held until the block ends.
        """
        async with AsyncExitStack() as stack:
            yield await self._answered(request, answers.file, stack)

    async def close(self) -> None:
        """End the session if we opened it, and close the connections.

        Calls that wait are ended first; those under way have until the connections close. In the
        child of a fork nothing is done, in another event loop the connections are dropped.
        """
        home = self.road.home
        if not home.close():
            return
        try:
            if home.is_here and self._session is not None:
                await self._session.give_up()
                for ticket in self._session.ours():
                    await log_out(self.road, ticket)
        finally:
            with home.leaving():
                await self.road.client.aclose()

    async def _answered(self, request: Request, receive: Receive[T], stack: AsyncExitStack) -> T:
        """Try until there is an answer; what it keeps open goes onto *stack*, which is empty."""
        self.road.home.enter(request)
        options = self.options
        stopwatch = Stopwatch(options.timeout_s, options.max_wait_s, options.meter, options.sent)
        tries = Tries(request, self.road.budget, self.config.max_tries)
        renewals = 0
        while True:
            ticket = await self._admitted(request, stack, stopwatch)
            try:
                priority = options.priority
                answer = await self.road.exchange(
                    request, receive, stack, ticket=ticket, stopwatch=stopwatch, priority=priority
                )
                self.road.budget.earn()
                return answer
            except VaultioError as error:
                trouble = error
            await stack.aclose()
            # The slot is free again: neither a login nor a pause keeps others out.
            if isinstance(trouble, SessionExpiredError) and ticket is not None:
                renewals += 1
                assert self._session is not None
                if renewals > MOST_RENEWALS or not self._session.drop(ticket):
                    raise self._session.lost(trouble)
                log.debug("the session ended, %s is sent again", request)
                await self._ticket(self._session, request, stopwatch)
            else:
                await self._pause(tries.pause_after(trouble), request, stopwatch, trouble)

    async def _admitted(
        self, request: Request, held: AsyncExitStack, stopwatch: Stopwatch
    ) -> Ticket | None:
        """Wait for the request's spacing, a slot and a session.

        A login takes no slot: those who hold them all may be waiting for it.
        """
        if request.spacing is not None:
            with self.road.home.waiting(request):
                await self.road.spacing.wait(*request.spacing, max_wait_s=stopwatch.patience_s)
        if request.anonymous or self._session is None:
            return None
        slot = self.road.gate.slot(self.options.priority, stopwatch.patience_s)
        with self.road.home.waiting(request):
            await held.enter_async_context(slot)
        return await self._ticket(self._session, request, stopwatch)

    async def _ticket(self, session: Session, request: Request, stopwatch: Stopwatch) -> Ticket:
        """Wait for a session; who may not wait for quota does not wait for others that do."""
        ticket = session.at_hand
        if ticket is not None:
            return ticket
        began_s = anyio.current_time()
        try:
            with self.road.home.waiting(request):
                return await session.ticket(
                    stopwatch.patience_s, self.options.timeout_s, stopwatch.created_s
                )
        except TimeoutError as error:
            if isinstance(error, VaultioError):
                raise
            raise DeadlineError(
                f"{request} was not sent: no session within {anyio.current_time() - began_s:.3g} s"
                f"{session.delay}",
                request=str(request),
            ) from error

    async def _pause(
        self, pause_s: float, request: Request, stopwatch: Stopwatch, trouble: VaultioError
    ) -> None:
        log.debug("%s is tried again in %.2f s: %s", request, pause_s, trouble)
        # A wait for quota counts against the caller's patience, not against its deadline.
        limited, patience_s = isinstance(trouble, ApiLimitError), stopwatch.patience_s
        if limited and patience_s is not None and patience_s < pause_s:
            raise trouble
        time = nullcontext() if limited else stopwatch.running(str(request), None)
        try:
            with self.road.home.waiting(request), time:
                await anyio.sleep(pause_s)
        except ClosedError as closed:
            raise trouble from closed  # it was sent, and that is what came of it
