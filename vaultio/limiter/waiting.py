"""The queue of a limiter: first in first out within a priority, and one call that leads.

Only the leader asks for a token and keeps a timer; all others sleep until they are called. Every
operation is O(1), so ten thousand waiters cost memory and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import anyio
from attrs import define, field

from vaultio.limiter.rules import Priority

_FAIR = 9


@define(eq=False)
class Waiter:
    """One call that waits for its permit."""

    priority: Priority
    _called: bool = field(init=False, default=False)
    _event: anyio.Event | None = field(init=False, default=None)

    def call(self) -> None:
        """Wake the waiter, now or when it next wants to sleep."""
        self._called = True
        if self._event is not None:
            self._event.set()

    async def sleep(self, seconds: float) -> None:
        """Sleep until called, at most *seconds* (infinity has no end)."""
        if not self._called:
            self._event = anyio.Event()
            with anyio.move_on_after(seconds):
                await self._event.wait()
            self._event = None
        self._called = False


@define(eq=False)
class Queue:
    """Who waits, in order, and whose turn it is."""

    _lanes: dict[Priority, OrderedDict[int, Waiter]] = field(
        init=False, factory=lambda: {"interactive": OrderedDict(), "bulk": OrderedDict()}
    )
    _passed: int = field(init=False, default=0)
    _loop: asyncio.AbstractEventLoop | None = field(init=False, default=None)
    count: int = field(init=False, default=0)
    """Calls served so far."""

    def begin_anew(self) -> None:
        """Have nobody wait: in the child of a fork no task lives on, nor in another loop."""
        for lane in self._lanes.values():
            lane.clear()
        self._passed = 0

    def join(self, waiter: Waiter) -> None:
        """Stand at the end of the lane; no task lives on of an event loop that ended."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            self.begin_anew()
        self._lanes[waiter.priority][id(waiter)] = waiter

    def leave(self, waiter: Waiter) -> None:
        """Leave, served or not; whoever leads now is called."""
        self._lanes[waiter.priority].pop(id(waiter), None)
        self.call_leader()

    def served(self, priority: Priority) -> None:
        """Count a call that was served, and how often `bulk` was passed over."""
        self.count += 1
        passed_over = priority == "interactive" and self._lanes["bulk"]
        self._passed = self._passed + 1 if passed_over else 0

    @property
    def is_bulks_turn(self) -> bool:
        """One call in ten is `bulk` however many `interactive` ones there are: none starves."""
        return self._passed >= _FAIR and bool(self._lanes["bulk"])

    def leader(self) -> Waiter | None:
        """Say who may ask for the next token."""
        interactive, bulk = self._lanes["interactive"], self._lanes["bulk"]
        lane = bulk if self.is_bulks_turn or not interactive else interactive
        return next(iter(lane.values()), None)

    def call_leader(self) -> None:
        """Wake the leader: something may have changed."""
        if leader := self.leader():
            leader.call()

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return not self._lanes["interactive"] and not self._lanes["bulk"]

    @property
    def lengths(self) -> tuple[int, int]:
        """How many calls wait: interactive, bulk."""
        return self.waiting("interactive"), self.waiting("bulk")

    def waiting(self, priority: Priority) -> int:
        """Say how many calls of this priority wait."""
        return len(self._lanes[priority])

    def ahead(self, waiter: Waiter) -> int:
        """Say how many calls will be served before one that just joined."""
        before = self.waiting(waiter.priority) - 1
        return before if waiter.priority == "interactive" else before + self.waiting("interactive")
