"""The chain that every call goes through, and nothing goes around."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

import anyio
import attrs
import httpx

from vaultio.config import Config
from vaultio.credentials import Credentials, Password
from vaultio.errors import (
    ApiLimitError,
    DeadlineError,
    SessionExpiredError,
    UnreadableReplyError,
    VaultioError,
    WrongVaultError,
)
from vaultio.limiter import Limiter, Meter, Priority, Usage
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.href import Href
from vaultio.protocol.login import Login, check_vault, login_request, logout_request, read_login
from vaultio.protocol.path import Path
from vaultio.protocol.readers import Reader
from vaultio.protocol.request import Request, get
from vaultio.protocol.version import ApiVersion
from vaultio.transport import answers
from vaultio.transport.gate import Gate
from vaultio.transport.reply import Reply
from vaultio.transport.retry import Tries
from vaultio.transport.road import Receive, Road, Stopwatch
from vaultio.transport.session import Session, Ticket
from vaultio.transport.wire import open_client, origin_of

T = TypeVar("T")
MOST_RENEWALS = 2
ENDING_S = 5.0

log = logging.getLogger("vaultio")


@attrs.frozen(kw_only=True)
class CallOptions:
    """How calls are made: views of a client differ in these alone. Times are in seconds."""

    priority: Priority = "interactive"
    timeout_s: float
    max_wait_s: float | None
    meter: Meter | None = None
    always_md5: bool = False


class Caller:
    """Sends requests to one vault: limit, send, decode, renew the session, retry, read."""

    def __init__(self, road: Road, session: Session | None, options: CallOptions) -> None:
        self._road = road
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
        origin = origin_of(base_url)
        limiter.serve(origin.partition("://")[2])
        road = Road(
            origin=origin,
            version=version,
            config=config,
            client=open_client(config, transport, origin),
            limiter=limiter,
            gate=Gate(config.concurrency, config.interactive_slots),
        )
        options = CallOptions(
            timeout_s=config.timeout_s,
            max_wait_s=config.max_wait_s,
            always_md5=config.always_md5,
        )
        return cls(road, Session(credentials, cls(road, None, options)._log_in), options)

    @property
    def config(self) -> Config:
        """The settings of the client."""
        return self._road.config

    @property
    def threads(self) -> Executor:
        """Where the work of the disk is done."""
        return self._road.threads

    @property
    def always_md5(self) -> bool:
        """Whether to reckon the MD5 of every file that is saved."""
        return self.options.always_md5

    @property
    def origin(self) -> str:
        """The vault's address: scheme, host and port."""
        return self._road.origin

    @property
    def version(self) -> ApiVersion:
        """The API version that calls go out with."""
        return self._road.version

    @property
    def limiter(self) -> Limiter:
        """The limiter that all calls pass."""
        return self._road.limiter

    async def quota(self) -> Usage:
        """Describe the quotas, and who waits for them or for a slot."""
        usage, (interactive, bulk) = await self.limiter.usage(), self._road.gate.waiting
        return attrs.evolve(
            usage,
            interactive_waiting=usage.interactive_waiting + interactive,
            bulk_waiting=usage.bulk_waiting + bulk,
        )

    def view(self, **changes: Any) -> Caller:
        """Make a caller on the same road, with other options."""
        return Caller(self._road, self._session, attrs.evolve(self.options, **changes))

    async def get(self, path: Path | Href, read: Reader[T], **query: object) -> T:
        """Read what is at *path*; a query parameter that is None is not sent."""
        return await self.send(get(path, query), read)

    async def send(self, request: Request, read: Reader[T]) -> T:
        """Send a request and read its answer; its slot is free again before the reading."""
        async with AsyncExitStack() as stack:
            envelope = await self._answered(request, self._envelope, stack)
        try:
            return read(envelope)
        except UnreadableReplyError as error:
            raise UnreadableReplyError(f"{request}: {error}") from error

    async def send_raw(self, request: Request) -> bytes:
        """Send a request and hand out the answer's body as it came; failures raise as ever."""
        async with AsyncExitStack() as stack:
            return await self._answered(request, self._raw, stack)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[Reply]:
        """Open the answer to a request for a file: surely a file, its body yet to come.

        The slot is held until the block ends.
        """
        async with AsyncExitStack() as stack:
            yield await self._answered(request, self._file, stack)

    async def close(self) -> None:
        """End the session if we opened it, and close the connections."""
        try:
            if self._session is not None and self._session.is_ours:
                await self._log_out(await self._session.ticket())
        finally:
            await self._road.client.aclose()

    async def _answered(self, request: Request, receive: Receive[T], stack: AsyncExitStack) -> T:
        """Try until there is an answer; what it keeps open goes onto *stack*, which is empty."""
        stopwatch = Stopwatch(self.options.timeout_s, self.options.max_wait_s, self.options.meter)
        tries = Tries(request, self._road.budget, self.config.max_tries)
        renewals = 0
        while True:
            ticket = await self._admitted(request, stack, stopwatch)
            try:
                answer = await self._road.exchange(
                    request,
                    receive,
                    stack,
                    ticket=ticket,
                    stopwatch=stopwatch,
                    priority=self.options.priority,
                )
                self._road.budget.earn()
                return answer
            except VaultioError as error:
                trouble = error
            await stack.aclose()
            # The slot is free again: neither a login nor a pause keeps others out.
            if isinstance(trouble, SessionExpiredError) and ticket is not None:
                renewals += 1
                if renewals > MOST_RENEWALS or not self._session or not self._session.drop(ticket):
                    raise trouble
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
            await self._road.spacing.wait(*request.spacing, max_wait_s=stopwatch.patience_s)
        if request.anonymous or self._session is None:
            return None
        slot = self._road.gate.slot(self.options.priority, stopwatch.patience_s)
        await held.enter_async_context(slot)
        return await self._ticket(self._session, request, stopwatch)

    async def _ticket(self, session: Session, request: Request, stopwatch: Stopwatch) -> Ticket:
        """Wait for a session; who may not wait for quota does not wait for others that do."""
        if session.at_hand is not None:
            return session.at_hand
        patience_s = stopwatch.patience_s
        most_s = None if patience_s is None else patience_s + self.options.timeout_s
        try:
            with anyio.fail_after(most_s):
                return await session.ticket(patience_s)
        except TimeoutError as error:
            if isinstance(error, VaultioError):
                raise
            raise DeadlineError(
                f"{request} was not sent: no session within {most_s:g} s", request=str(request)
            ) from error

    async def _pause(
        self, pause_s: float, request: Request, stopwatch: Stopwatch, trouble: VaultioError
    ) -> None:
        log.debug("%s is tried again in %.2f s: %s", request, pause_s, trouble)
        if not isinstance(trouble, ApiLimitError):
            with stopwatch.running(request, None):
                await anyio.sleep(pause_s)
            return
        # A wait for quota counts against the caller's patience, not against its deadline.
        if stopwatch.patience_s is not None and stopwatch.patience_s < pause_s:
            raise trouble
        await anyio.sleep(pause_s)

    async def _envelope(self, reply: Reply) -> Envelope:
        if reply.is_file and not answers.may_be_envelope(reply):
            raise answers.unexpected_file(reply)
        return answers.envelope_of(reply, await reply.read(self.config.max_json_bytes))

    async def _raw(self, reply: Reply) -> bytes:
        body = await reply.read(self.config.max_json_bytes)
        if answers.envelope_of(reply, body).status is None:
            raise answers.not_vault(reply, body)
        return body

    async def _file(self, reply: Reply) -> Reply:
        if reply.is_file:
            return reply
        raise answers.no_file(reply, await reply.read(self.config.max_json_bytes))

    async def _log_in(self, credentials: Password, max_wait_s: float | None) -> Login:
        """Open a session, and make sure that it is for the vault that was asked for."""
        trouble: VaultioError | None = None
        try:
            caller = self.view(max_wait_s=max_wait_s)
            login = await caller.send(login_request(credentials), read_login)
        except VaultioError as error:
            trouble = error
        if trouble is not None:
            # The frames it went through hold the form with the password, and maybe a session.
            trouble.__cause__ = trouble.__context__ = None
            raise trouble.with_traceback(None)
        try:
            if self.config.verify_vault:
                check_vault(login.reply, self.origin)
        except WrongVaultError:
            await self._log_out(Ticket(login.session_id, 0))
            raise
        return login

    async def _log_out(self, ticket: Ticket) -> None:
        """End a session of ours. It is a courtesy: whatever goes wrong with it stays here."""
        try:
            with anyio.move_on_after(ENDING_S):
                async with AsyncExitStack() as held:
                    await self._road.exchange(
                        logout_request(),
                        self._envelope,
                        held,
                        ticket=ticket,
                        stopwatch=Stopwatch(ENDING_S, 0.0),
                        priority="interactive",
                    )
        except Exception as error:
            log.debug("the session was not ended: %s", type(error).__name__)
