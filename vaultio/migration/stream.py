"""Events as an iterator: the job runs in a task of its own, and waits for who does not read."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable

import anyio

from vaultio.migration.events import Event, Progressed

MOST_EVENTS = 1_000


class Mailbox:
    """Events on their way. `put` never waits, `room` does while there are too many unread."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._changed = anyio.Event()

    @property
    def unread(self) -> int:
        """How many events wait to be taken."""
        return len(self._events)

    def put(self, event: Event) -> None:
        """Add an event; of progress only what a reader keeps up with."""
        if isinstance(event, Progressed) and len(self._events) >= MOST_EVENTS:
            return
        self._events.append(event)
        self.wake()

    def take(self) -> Event | None:
        """Take the oldest event; None if there is none."""
        if not self._events:
            return None
        event = self._events.popleft()
        if len(self._events) == MOST_EVENTS - 1:
            self.wake()
        return event

    async def room(self) -> None:
        """Wait until there is room for more."""
        while len(self._events) >= MOST_EVENTS:
            await self.changed()

    async def changed(self) -> None:
        """Wait until something was put, or taken from a full box."""
        await self._changed.wait()

    def wake(self) -> None:
        """Wake who waits."""
        changed, self._changed = self._changed, anyio.Event()
        changed.set()


async def told(work: Callable[[Mailbox], Awaitable[object]]) -> AsyncGenerator[Event, None]:
    """Yield what *work* puts into its mailbox, to the end; what it raises comes last.

    Who leaves early, or is cancelled, cancels the work and waits until it has let go.
    """
    box = Mailbox()
    task = asyncio.ensure_future(work(box))
    task.add_done_callback(lambda _: box.wake())
    try:
        while not task.done():
            while (event := box.take()) is not None:
                yield event
            if not task.done():
                await box.changed()
        while (event := box.take()) is not None:
            yield event
    finally:
        if not task.done():
            task.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.wait({task})
    await task
