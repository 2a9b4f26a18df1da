"""How many calls are in flight: our own gate before the HTTP library's pool.

The pool of httpx 0.28 keeps connections stuck for good when tasks are cancelled while they wait
in it, and its cost grows with waiting x connections. Behind this gate nothing ever waits there.
"""

from __future__ import annotations

from collections import OrderedDict

import anyio
from attrs import define, field

from vaultio.errors import QuotaWaitError
from vaultio.limiter import Priority
from vaultio.limiter.clock import loop_time
from vaultio.limiter.wording import about

_FAIR = 9
_WEIGHT_OF_THE_LAST = 0.2


@define(eq=False)
class _Waiter:
    """A call in the queue; `admitted` once it holds a slot."""

    event: anyio.Event = field(factory=anyio.Event)
    admitted: bool = False


class Gate:
    """Slots for calls in flight, FIFO within a priority; ``interactive`` calls go first.

    *reserved* slots are for them alone, so that none waits behind the long downloads of a bulk
    job. Of the others each tenth goes to a ``bulk`` call that waits, however many interactive ones
    there are; ``bulk`` always keeps at least one slot.
    """

    def __init__(self, slots: int, reserved: int) -> None:
        self._slots = slots
        self._bulk_slots = max(1, slots - reserved)
        self._in_use = 0
        self._bulk_in_use = 0
        self._passed = 0
        self._began_s = 0.0
        self._usual_s = 0.0
        self._waiting: dict[Priority, OrderedDict[int, _Waiter]] = {
            "interactive": OrderedDict(),
            "bulk": OrderedDict(),
        }

    @property
    def in_use(self) -> int:
        """How many calls are in flight."""
        return self._in_use

    @property
    def waiting(self) -> tuple[int, int]:
        """How many calls wait for a slot: interactive, bulk."""
        return len(self._waiting["interactive"]), len(self._waiting["bulk"])

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
        queue[id(waiter)] = waiter
        try:
            with anyio.move_on_after(max_wait_s):
                await waiter.event.wait()
        except BaseException:
            # A cancel may come in the same moment as the admission: the slot goes on.
            if waiter.admitted:
                self.leave(priority)
            raise
        finally:
            queue.pop(id(waiter), None)
        if not waiter.admitted:
            raise self._too_long(priority, max_wait_s or 0.0)

    def began(self, at_s: float) -> None:
        """Note when a call got its slot, in seconds of the event loop."""
        self._began_s += at_s

    def ended(self, began_s: float) -> None:
        """Note that a call which began then gives its slot back now."""
        self._began_s -= began_s
        self._usual_s += _WEIGHT_OF_THE_LAST * (loop_time() - began_s - self._usual_s)

    def leave(self, priority: Priority) -> None:
        """Give a slot back."""
        self._in_use -= 1
        self._bulk_in_use -= priority == "bulk"
        while (kind := self._next()) is not None:
            _, waiter = self._waiting[kind].popitem(last=False)
            waiter.admitted = True
            self._take(kind)
            waiter.event.set()

    def _next(self) -> Priority | None:
        """Say of which kind a waiting call may enter; count how often `bulk` is passed over."""
        bulk_may = bool(self._waiting["bulk"]) and self._free("bulk")
        interactive_may = bool(self._waiting["interactive"]) and self._free("interactive")
        if interactive_may and not (bulk_may and self._passed >= _FAIR):
            self._passed += bulk_may
            return "interactive"
        if not bulk_may:
            return None
        self._passed = 0
        return "bulk"

    def _free(self, priority: Priority) -> bool:
        if self._in_use >= self._slots:
            return False
        return priority == "interactive" or self._bulk_in_use < self._bulk_slots

    def _take(self, priority: Priority) -> None:
        self._in_use += 1
        self._bulk_in_use += priority == "bulk"

    def _too_long(self, priority: Priority, max_wait_s: float) -> QuotaWaitError:
        """Make the error of a call that waited so many seconds; the rest is an estimate.

        A call takes as long as calls did lately, or as those under way have been at it.
        """
        age_s = loop_time() - self._began_s / max(1, self._in_use)
        slots = self._slots if priority == "interactive" else self._bulk_slots
        before = len(self._waiting[priority])
        wait_s = max(self._usual_s, age_s) * (1 + before // slots)
        return QuotaWaitError(
            f"no call is free within max_wait_s={max_wait_s:g} s: all {slots} calls that may be "
            f"under way at once are, and {before:,} more wait before a new one; "
            f"try again in {about(wait_s)}, or allow a longer wait",
            retry_after_s=wait_s,
            reason="slots",
        )


class Slot:
    """An async context that holds a slot of a `Gate`; it never waits on its way out."""

    __slots__ = ("_began_s", "_gate", "_max_wait_s", "_priority")

    def __init__(self, gate: Gate, priority: Priority, max_wait_s: float | None) -> None:
        self._gate = gate
        self._priority = priority
        self._max_wait_s = max_wait_s

    async def __aenter__(self) -> None:
        await self._gate.enter(self._priority, self._max_wait_s)
        self._began_s = loop_time()
        self._gate.began(self._began_s)

    async def __aexit__(self, *_: object) -> None:
        self._gate.ended(self._began_s)
        self._gate.leave(self._priority)
