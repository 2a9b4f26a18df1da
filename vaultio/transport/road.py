"""One request out, one answer in, one permit spent; everything that calls share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from math import inf
from typing import TypeVar, cast

import anyio
import httpx
from attrs import define, field

from vaultio.config import Config
from vaultio.errors import ApiLimitError
from vaultio.limiter import Limiter, Meter, Permit, Priority, Spacing
from vaultio.limiter.clock import loop_time
from vaultio.protocol.forms import Body
from vaultio.protocol.multipart import Multipart
from vaultio.protocol.quota_headers import QuotaReading, read_quota
from vaultio.protocol.request import Book, Request
from vaultio.protocol.version import ApiVersion
from vaultio.transport.answers import check_reference
from vaultio.transport.gate import Gate
from vaultio.transport.home import Home, closed
from vaultio.transport.observer import Observer, Story
from vaultio.transport.outgoing import Outgoing, reference_ids
from vaultio.transport.reply import Reply
from vaultio.transport.retry import RetryBudget
from vaultio.transport.session import Ticket
from vaultio.transport.stopwatch import Stopwatch
from vaultio.transport.uploads import UploadStream
from vaultio.transport.wire import (
    closes_at_once,
    open_client,
    origin_of,
    translated,
    was_not_sent,
)

T = TypeVar("T")
Receive = Callable[[Reply, int], Awaitable[T]]
_CLOSING_S = 2.0
_THREADS = 32


@define
class Road:
    """The way to one vault: its address, its limits and the connections."""

    origin: str
    version: ApiVersion
    config: Config
    client: httpx.AsyncClient
    limiter: Limiter
    gate: Gate
    transport: httpx.AsyncBaseTransport | None = None
    """What the user brought to carry the calls, to whatever host."""
    threads: Executor = field(factory=lambda: ThreadPoolExecutor(_THREADS, "vaultio"))
    """For the disk: the event loop has only four more than there are cores, and on a slow disk
    each download holds one. They are started as they are needed and end with this object."""
    observers: tuple[Observer, ...] = ()
    """Who is told of all calls."""

    budget: RetryBudget = field(factory=RetryBudget)
    spacing: Spacing = field(factory=Spacing)
    home: Home = field(factory=Home)
    reference_ids: Iterator[str] = field(factory=reference_ids)
    under_way: int = 0
    """How many answers are open."""
    used_s: float = -inf
    """When the last answer was over, by the event loop's clock."""
    outgoing: Outgoing = field(init=False)

    @classmethod
    def open(
        cls,
        base_url: str,
        version: ApiVersion,
        config: Config,
        limiter: Limiter,
        transport: httpx.AsyncBaseTransport | None,
        observers: tuple[Observer, ...] = (),
    ) -> Road:
        """Prepare the way to a vault; nothing is sent."""
        origin = origin_of(base_url)
        limiter.serve(origin.partition("://")[2])
        return cls(
            origin=origin,
            version=version,
            config=config,
            client=open_client(config, transport, origin),
            limiter=limiter,
            gate=Gate(config.concurrency, config.interactive_slots),
            transport=transport,
            observers=observers,
        )

    def __attrs_post_init__(self) -> None:
        self.outgoing = Outgoing(self.origin, self.version, self.config.client_id)

    async def exchange(
        self,
        story: Story,
        receive: Receive[T],
        held: AsyncExitStack,
        *,
        ticket: Ticket | None,
        stopwatch: Stopwatch,
    ) -> T:
        """Send once and let *receive* say what came back; the open answer goes onto *held*.

        The permit is settled as soon as that is known: a file's body does not hold it. *story*
        has the request, and is told what happens.
        """
        request, reference_id = story.request, next(self.reference_ids)
        if self.client.is_closed:
            raise closed(request)
        upload = await self._opened(request, held)
        outgoing = self.outgoing.write(request, reference_id, ticket, upload, self.client.timeout)
        permit = await self._permit(story, stopwatch)
        if upload is not None:
            upload.moved = partial(_moved, stopwatch, permit)
        story.sending(reference_id, _length(request, upload))
        exceeded = False
        try:
            with stopwatch.running(str(request), reference_id), permit.kept(stopwatch.timeout_s):
                reply = await self._replied(outgoing, story, permit, held)
                return await receive(reply, self.config.max_json_bytes)
        except ApiLimitError:
            exceeded = request.book is Book.API
            raise
        finally:
            story.reading = _reading(request, story.reply)
            await permit.settle(story.reading, exceeded=exceeded)
            if request.spacing is not None:
                self.spacing.answered(*request.spacing)

    async def _replied(
        self, outgoing: httpx.Request, story: Story, permit: Permit, held: AsyncExitStack
    ) -> Reply:
        """Send, and wait until the headers of an answer are in that is this request's."""
        request, reference_id = story.request, story.reference_id or ""
        if more := story.headers():
            outgoing.headers.update(more)
        response = await self._sent(outgoing, permit, str(request), reference_id)
        self.under_way += 1
        held.push_async_callback(self._closed, response)
        reply = Reply(response, str(request), reference_id, confidential=request.is_secret)
        story.replied(reply)
        check_reference(reply)
        return reply

    def story(self, request: Request, priority: Priority) -> Story:
        """Begin the story of a call, which observers are told."""
        return Story(request, self.origin, str(self.version), priority, self.observers)

    async def _permit(self, story: Story, stopwatch: Stopwatch) -> Permit:
        """Wait for quota, and note how long that took."""
        began = loop_time()
        try:
            with self.home.waiting(story.request):
                permit = await self.limiter.acquire(story.priority, stopwatch.patience_s)
        finally:
            waited_s = loop_time() - began
            stopwatch.meter.waited_s += waited_s
            story.waited("quota", waited_s)
        await _admit(permit, stopwatch.meter)
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

    async def _closed(self, response: httpx.Response) -> None:
        """Close an answer even while the task is being cancelled, but not for ever.

        In a task of its own, where closing may have to wait: httpx never closes again what was
        cancelled while it closed, and a shield holds no `Task.cancel` off.
        """
        try:
            if closes_at_once(response):
                await cast(httpx.AsyncByteStream, response.stream).aclose()
                return
            closing = asyncio.create_task(response.aclose())
            with anyio.move_on_after(_CLOSING_S, shield=True):
                await asyncio.shield(closing)
        finally:
            self.under_way -= 1
            self.used_s = loop_time()


async def _admit(permit: Permit, meter: Meter) -> None:
    """Ask the guard of those who pay for the call; one that it keeps back takes no quota."""
    try:
        if meter.guard is not None:
            await meter.guard()
    except BaseException:
        await permit.give_back()
        raise


async def _moved(stopwatch: Stopwatch, permit: Permit) -> None:
    """Let neither the deadline nor the permit's lease end an upload that moves on, and may."""
    if (guard := stopwatch.meter.guard) is not None:
        await guard()
    stopwatch.moved()
    await permit.renew()


def _length(request: Request, upload: UploadStream | None) -> int:
    """Say how many bytes a body has; 0 also where nobody knows before its end."""
    if upload is not None:
        return upload.length or 0
    return len(request.body.content) if isinstance(request.body, Body) else 0


def _reading(request: Request, reply: Reply | None) -> QuotaReading | None:
    """Read the quota headers; on logins and job polls they count something else."""
    if reply is None:
        return None
    return read_quota(reply.headers) if request.book is Book.API else QuotaReading()
