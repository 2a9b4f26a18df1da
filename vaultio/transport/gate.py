"""How many calls are in flight: our own gate before the HTTP library's pool.

The pool of httpx 0.28 keeps connections stuck for good when tasks are cancelled while they wait
in it, and its cost grows with waiting x connections. Behind this gate nothing ever waits there.
"""

from __future__ import annotations

from collections import deque

import anyio

from vaultio.errors import QuotaWaitError
from vaultio.limiter import Priority


class _Waiter:
    """A call in the queue; `admitted` once it holds a slot."""

    __slots__ = ("admitted", "event", "gone")

    def __init__(self) -> None:
        self.event = anyio.Event()
        self.admitted = False
        self.gone = False


class Gate:
    """Slots for calls in flight, FIFO within a priority.

    *reserved* slots are for ``interactive`` calls alone, so that none waits behind the long
    downloads of a bulk job; ``bulk`` always keeps at least one slot.
    """

    def __init__(self, slots: int, reserved: int) -> None:
        self._slots = slots
        self._bulk_slots = max(1, slots - reserved)
        self._in_use = 0
        self._bulk_in_use = 0
        self._waiting: dict[Priority, deque[_Waiter]] = {"interactive": deque(), "bulk": deque()}

    @property
    def in_use(self) -> int:
        """How many calls are in flight."""
        return self._in_use

    def slot(self, priority: Priority, max_wait_s: float | None) -> Slot:
        """Hold a slot for the time of the block; it is given back whatever happens."""
        return Slot(self, priority, max_wait_s)

    async def enter(self, priority: Priority, max_wait_s: float | None) -> None:
        """Wait for a slot; raises `QuotaWaitError` after *max_wait_s* seconds."""
        queue = self._waiting[priority]
        if not queue and self._free(priority):
            self._take(priority)
            return
        waiter = _Waiter()
        queue.append(waiter)
        try:
            with anyio.move_on_after(max_wait_s):
                await waiter.event.wait()
        except BaseException:
            # A cancel may come in the same moment as the admission: the slot goes on.
            if waiter.admitted:
                self.leave(priority)
            waiter.gone = True
            raise
        if not waiter.admitted:
            waiter.gone = True
            raise QuotaWaitError(f"all {self._slots} calls in flight are busy after {max_wait_s} s")

    def leave(self, priority: Priority) -> None:
        """Give a slot back."""
        self._in_use -= 1
        self._bulk_in_use -= priority == "bulk"
        for kind in self._waiting:
            self._admit(kind)

    def _admit(self, priority: Priority) -> None:
        """Let in whoever waits first and may; those that gave up are passed over."""
        queue = self._waiting[priority]
        while queue and self._free(priority):
            waiter = queue.popleft()
            if not waiter.gone:
                waiter.admitted = True
                self._take(priority)
                waiter.event.set()

    def _free(self, priority: Priority) -> bool:
        if self._in_use >= self._slots:
            return False
        return priority == "interactive" or self._bulk_in_use < self._bulk_slots

    def _take(self, priority: Priority) -> None:
        self._in_use += 1
        self._bulk_in_use += priority == "bulk"


class Slot:
    """An async context that holds a slot of a `Gate`; it never waits on its way out."""

    __slots__ = ("_gate", "_max_wait_s", "_priority")

    def __init__(self, gate: Gate, priority: Priority, max_wait_s: float | None) -> None:
        self._gate = gate
        self._priority = priority
        self._max_wait_s = max_wait_s

    async def __aenter__(self) -> None:
        await self._gate.enter(self._priority, self._max_wait_s)

    async def __aexit__(self, *_: object) -> None:
        self._gate.leave(self._priority)
