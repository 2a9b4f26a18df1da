"""The chain that every call goes through, and nothing goes around."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import attrs
import httpx

from vaultio.config import Config
from vaultio.credentials import Credentials
from vaultio.errors import OutcomeUnknownError, UnreadableReplyError
from vaultio.limiter import Limiter, Usage
from vaultio.logs import logger
from vaultio.protocol.href import Href
from vaultio.protocol.path import Path
from vaultio.protocol.readers import Reader
from vaultio.protocol.request import Request, get
from vaultio.protocol.version import ApiVersion
from vaultio.transport import answers
from vaultio.transport.calls import Call, CallOptions
from vaultio.transport.logins import log_out, session_for
from vaultio.transport.observer import CALL_LOG, Observer
from vaultio.transport.reply import Reply
from vaultio.transport.road import Road
from vaultio.transport.session import Session

T = TypeVar("T")

log = logger("transport")


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
        observers: Sequence[Observer] = (),
    ) -> Caller:
        """Prepare the road to a vault; nothing is sent before the first call."""
        bare = cls.bare(
            Road.open(base_url, version, config, limiter, transport, (CALL_LOG, *observers))
        )
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
        usage = await self.limiter.usage(self.options.max_wait_s)
        interactive, bulk = self.road.gate.waiting
        return attrs.evolve(
            usage,
            interactive_waiting=usage.interactive_waiting + interactive,
            bulk_waiting=usage.bulk_waiting + bulk,
        )

    def view(self, credentials: Credentials | None = None, **changes: Any) -> Caller:
        """Make a caller on the same road, with other options, or in the name of another."""
        session = session_for(self, credentials, keep=False) if credentials else self._session
        return Caller(self.road, session, attrs.evolve(self.options, **changes))

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
        with self._call(request) as call:
            async with AsyncExitStack() as stack:
                envelope = await call.answered(answers.envelope, stack)
            try:
                return read(envelope)
            except UnreadableReplyError as error:
                raise UnreadableReplyError(f"{request}: {error}") from error

    def _call(self, request: Request) -> Call:
        return Call(self.road, self._session, self.options, request)

    async def send_raw(self, request: Request) -> bytes:
        """Send a request and hand out the answer's body as it came; failures raise as ever."""
        return await self._verified(partial(self._send_raw, request))

    async def _send_raw(self, request: Request) -> bytes:
        with self._call(request) as call:
            async with AsyncExitStack() as stack:
                return await call.answered(answers.raw, stack)

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
        with self._call(request) as call:
            async with AsyncExitStack() as stack:
                yield await call.answered(answers.file, stack)

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
