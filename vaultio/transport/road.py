"""One request out, one answer in, one permit spent; everything that calls share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from importlib.metadata import version as installed_version
from typing import TypeVar
from urllib.parse import quote, urlencode
from uuid import uuid4

import anyio
import httpx
from attrs import define, field

from vaultio.config import Config
from vaultio.errors import (
    ApiLimitError,
    DeadlineError,
    InvalidArgumentError,
    VaultioError,
)
from vaultio.limiter import Limiter, Meter, Permit, Priority, Spacing
from vaultio.protocol.forms import Body
from vaultio.protocol.href import Href, local_target
from vaultio.protocol.multipart import Multipart
from vaultio.protocol.quota_headers import QuotaReading, read_quota
from vaultio.protocol.request import Book, Request
from vaultio.protocol.version import ApiVersion
from vaultio.transport.answers import check_reference
from vaultio.transport.gate import Gate
from vaultio.transport.home import Home, closed
from vaultio.transport.reply import Reply
from vaultio.transport.retry import RetryBudget
from vaultio.transport.session import Ticket
from vaultio.transport.uploads import UploadStream
from vaultio.transport.wire import closes_at_once, translated, was_not_sent

T = TypeVar("T")
Receive = Callable[[Reply, int], Awaitable[T]]
USER_AGENT = f"vaultio/{installed_version('vaultio')}"
_STANDING = {
    "User-Agent": USER_AGENT,
    "Accept-Encoding": "gzip, deflate",
    "Connection": "keep-alive",
}
_CLOSING_S = 2.0
_THREADS = 32


class Stopwatch:
    """The time of one call: what it spends on the wire, and what it waits for quota and slots.

    Each has its own limit, in seconds; *max_wait_s* None is none. *meter* gets what it costs,
    *sent* is called when the waiting is over.
    """

    def __init__(
        self,
        timeout_s: float,
        max_wait_s: float | None,
        meter: Meter | None = None,
        sent: Callable[[], None] | None = None,
    ) -> None:
        self.meter = meter or Meter()
        self._sent = sent
        self._timeout_s = timeout_s
        self._max_wait_s = max_wait_s
        self._created = self._began = anyio.current_time()
        self._on_the_wire_s = self._spent_s = 0.0
        self._scope = anyio.CancelScope()

    @property
    def created_s(self) -> float:
        """When the call began, by the event loop's clock."""
        return self._created

    @property
    def timeout_s(self) -> float:
        """The longest time on the wire, in seconds, unless it moves on."""
        return self._timeout_s

    @property
    def patience_s(self) -> float | None:
        """How much longer the call may wait before it is sent; None for as long as it takes."""
        if self._max_wait_s is None:
            return None
        waited_s = anyio.current_time() - self._created - self._on_the_wire_s
        return max(0.0, self._max_wait_s - waited_s)

    def moved(self) -> None:
        """Give the call all its time again: a long body is on its way and does not stand still."""
        now = anyio.current_time()
        self._on_the_wire_s += now - self._began
        self._began, self._spent_s = now, 0.0
        self._scope.deadline = now + self._timeout_s

    @contextmanager
    def running(self, request: Request, reference_id: str | None) -> Iterator[None]:
        """Count the block's time; a `DeadlineError` ends it when the call's time is over."""
        self._began = anyio.current_time()
        if self._sent is not None:
            self._sent()
        try:
            with anyio.fail_after(max(0.0, self._timeout_s - self._spent_s)) as self._scope:
                yield
        except TimeoutError as error:
            if isinstance(error, VaultioError):
                raise
            raise DeadlineError(
                f"{request} was not answered within {self._timeout_s} s",
                request=str(request),
                reference_id=reference_id,
            ) from error
        finally:
            passed_s = anyio.current_time() - self._began
            self._spent_s += passed_s
            self._on_the_wire_s += passed_s


@define
class Road:
    """The way to one vault: its address, its limits and the connections."""

    origin: str
    version: ApiVersion
    config: Config
    client: httpx.AsyncClient
    limiter: Limiter
    gate: Gate
    threads: Executor = field(factory=lambda: ThreadPoolExecutor(_THREADS, "vaultio"))
    """For the disk: the event loop has only four more than there are cores, and on a slow disk
    each download holds one. They are started as they are needed and end with this object."""
    budget: RetryBudget = field(factory=RetryBudget)
    spacing: Spacing = field(factory=Spacing)
    home: Home = field(factory=Home)

    async def exchange(
        self,
        request: Request,
        receive: Receive[T],
        held: AsyncExitStack,
        *,
        ticket: Ticket | None,
        stopwatch: Stopwatch,
        priority: Priority,
    ) -> T:
        """Send once and let *receive* say what came back; the open answer goes onto *held*.

        The permit is settled as soon as that is known: a file's body does not hold it.
        """
        if self.client.is_closed:
            raise closed(request)
        reference_id = uuid4().hex
        upload = await self._opened(request, held)
        outgoing = self._build(request, ticket, reference_id, upload)
        permit = await self._permit(request, priority, stopwatch)
        if upload is not None:
            upload.moved = partial(_keep_alive, stopwatch, permit)
        reply: Reply | None = None
        exceeded = False
        try:
            with stopwatch.running(request, reference_id), permit.kept(stopwatch.timeout_s):
                response = await self._sent(outgoing, permit, str(request), reference_id)
                held.push_async_callback(_close, response)
                secret = request.book is Book.LOGIN
                reply = Reply(response, str(request), reference_id, confidential=secret)
                check_reference(reply)
                return await receive(reply, self.config.max_json_bytes)
        except ApiLimitError:
            exceeded = request.book is Book.API
            raise
        finally:
            await permit.settle(_reading(request, reply), exceeded=exceeded)
            if request.spacing is not None:
                self.spacing.answered(*request.spacing)

    async def _permit(self, request: Request, priority: Priority, stopwatch: Stopwatch) -> Permit:
        """Wait for quota, and note how long that took."""
        began = anyio.current_time()
        try:
            with self.home.waiting(request):
                permit = await self.limiter.acquire(priority, stopwatch.patience_s)
        finally:
            stopwatch.meter.waited_s += anyio.current_time() - began
        stopwatch.meter.calls += 1
        return permit

    async def _opened(self, request: Request, held: AsyncExitStack) -> UploadStream | None:
        """Open a multipart body, anew for each sending; refuses it before a permit is spent."""
        if not isinstance(request.body, Multipart):
            return None
        upload = UploadStream(request.body, self.threads)
        held.push_async_callback(upload.aclose)
        await upload.open()
        return upload

    async def _sent(
        self, outgoing: httpx.Request, permit: Permit, request: str, reference_id: str
    ) -> httpx.Response:
        """Send, and return when the answer's headers are in."""
        if self.client.is_closed:  # while this call waited
            await permit.give_back()
            raise closed(request)
        try:
            return await self.client.send(outgoing, stream=True)
        except httpx.RequestError as error:
            if was_not_sent(error):
                await permit.give_back()
            raise translated(error, request, reference_id, outgoing.url.host) from error

    def _build(
        self,
        request: Request,
        ticket: Ticket | None,
        reference_id: str,
        upload: UploadStream | None,
    ) -> httpx.Request:
        """Write a request out: its address, its headers, its credential."""
        content = request.body.content if isinstance(request.body, Body) else upload
        headers = {
            **_STANDING,
            "Accept": request.accept,
            "X-VaultAPI-ClientID": self.config.client_id,
            "X-VaultAPI-ReferenceId": reference_id,
            **request.headers,
        }
        if request.body is not None:
            headers["Content-Type"] = request.body.content_type
        if upload is not None and upload.length is not None:
            headers["Content-Length"] = str(upload.length)
        # Not `client.build_request`, which would only merge what is complete here.
        try:
            outgoing = httpx.Request(
                request.method,
                self._url(request),
                headers=headers,
                content=content,
                extensions={"timeout": self.client.timeout.as_dict()},
            )
        except httpx.InvalidURL as error:
            raise InvalidArgumentError(f"{request.method} {str(request)[:80]}: {error}") from error
        if ticket is not None:
            # Only here: these headers do not show it in a traceback, a mapping of ours would.
            outgoing.headers["Authorization"] = ticket.header.reveal()
        return outgoing

    def _url(self, request: Request) -> str:
        """Put a request's address together; a session id never stands in it."""
        if isinstance(request.path, Href):
            target = local_target(request.path, self.origin)
        else:
            version = max(self.version, request.since or self.version)
            target = f"/api/{version}/{request.path}" if request.versioned else "/api/"
        query = urlencode(dict(request.query), quote_via=quote)
        if not query:
            return self.origin + target
        return f"{self.origin}{target}{'&' if '?' in target else '?'}{query}"


async def _keep_alive(stopwatch: Stopwatch, permit: Permit) -> None:
    """Let neither the deadline nor the permit's lease end an upload that moves on."""
    stopwatch.moved()
    await permit.renew()


def _reading(request: Request, reply: Reply | None) -> QuotaReading | None:
    """Read the quota headers; on logins and job polls they count something else."""
    if reply is None:
        return None
    return read_quota(reply.headers) if request.book is Book.API else QuotaReading()


async def _close(response: httpx.Response) -> None:
    """Close an answer even while the task is being cancelled, but not for ever.

    In a task of its own, where closing may have to wait: httpx never closes again what was
    cancelled while it closed, and a shield holds no `Task.cancel` off.
    """
    if closes_at_once(response):
        await response.aclose()
        return
    closing = asyncio.create_task(response.aclose())
    with anyio.move_on_after(_CLOSING_S, shield=True):
        await asyncio.shield(closing)
