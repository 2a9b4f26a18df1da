"""What keeps a session from idling away while its client is open and makes no calls."""

from __future__ import annotations

import asyncio
import weakref
from contextlib import AsyncExitStack

from vaultio.errors import SessionExpiredError
from vaultio.limiter.clock import loop_time
from vaultio.logs import logger
from vaultio.protocol.login import keep_alive_request
from vaultio.transport import answers
from vaultio.transport.road import Road
from vaultio.transport.session import Session, Ticket
from vaultio.transport.stopwatch import Stopwatch

log = logger("session")


class Keeper:
    """Sends one call whenever none was made for *interval_s* seconds, from the session's begin on.

    It knows its session by a weak reference: a client that was dropped unclosed keeps nothing
    alive. What goes wrong with such a call is no reason to stop; only the end of a session is that
    cannot be renewed.
    """

    def __init__(self, road: Road, interval_s: float) -> None:
        self._road = road
        self._interval_s = interval_s
        self._task: asyncio.Task[None] | None = None

    def begin(self, session: Session) -> None:
        """Begin to look after a session, or go on."""
        if self._task is None:
            keeping = _keep(weakref.ref(session), self._road, self._interval_s)
            self._task = asyncio.create_task(keeping, name="vaultio keep-alive")

    async def end(self) -> None:
        """Look after nothing any more, and wait for a call that is under way to be given up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})


async def _keep(owner: weakref.ref[Session], road: Road, interval_s: float) -> None:
    """Look after a session until it is lost, or nobody wants it any more."""
    tried_s = loop_time()
    while True:
        quiet_since_s = max(tried_s, road.used_s)
        await asyncio.sleep(quiet_since_s + interval_s - loop_time())
        session = owner()
        if session is None:
            return
        if road.under_way:
            tried_s = loop_time()  # a running call keeps a session alive, and so does its end
        elif max(tried_s, road.used_s) == quiet_since_s:
            tried_s = loop_time()
            ticket = session.at_hand
            if ticket is not None and not await _sent(session, road, ticket, interval_s):
                return
        del session


async def _sent(session: Session, road: Road, ticket: Ticket, interval_s: float) -> bool:
    """Send one call, once; False if there is nothing left to keep alive."""
    watch = Stopwatch(road.config.timeout_s, interval_s)
    try:
        with road.story(keep_alive_request(), "interactive") as story:
            async with AsyncExitStack() as held:
                await road.exchange(story, answers.envelope, held, ticket=ticket, stopwatch=watch)
    except SessionExpiredError:
        is_renewable = session.drop(ticket)
        log.debug("the session ended while nobody used it")
        return is_renewable
    except Exception as error:
        log.debug("the session was not kept alive: %s", type(error).__name__)
    return True
