"""How many calls are in flight: our own gate before the HTTP library's pool.

The pool of httpx 0.28 keeps connections stuck for good when tasks are cancelled while they wait
in it, and its cost grows with waiting x connections. Behind this gate nothing ever waits there.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import count
from typing import Literal

import anyio
from attrs import define, field

from vaultio.errors import QuotaWaitError
from vaultio.limiter.clock import loop_time
from vaultio.limiter.wording import about

Lane = Literal["interactive", "files", "bulk"]
"""Calls that somebody waits for, files that somebody waits for, and all that nobody does."""

_FAIR = 9
_WEIGHT_OF_THE_LAST = 0.2


@define(eq=False)
class _Waiter:
    """A call in the queue, with its place in it; `admitted` once it holds a slot."""

    number: int
    event: anyio.Event = field(factory=anyio.Event)
    admitted: bool = False


class Gate:
    """Slots for calls in flight, FIFO; ``interactive`` calls and ``files`` go before ``bulk``.

    *reserved* slots are not for ``bulk``, so that nobody waits behind the long downloads of a
    job, and half of these (rounded up) not for ``files`` either: people with slow lines may have
    all others for minutes. Of the others each tenth goes to a ``bulk`` call that waits, however
    many there are before it; ``bulk`` and ``files`` always keep at least one slot.
    """

    def __init__(self, slots: int, reserved: int) -> None:
        self._most: dict[Lane, int] = {
            "interactive": slots,
            "files": max(1, slots - (reserved + 1) // 2),
            "bulk": max(1, slots - reserved),
        }
        self._held: dict[Lane, int] = dict.fromkeys(self._most, 0)
        self._passed = 0
        self._began_s = 0.0
        self._usual_s = 0.0
        self._waiting = {lane: OrderedDict[int, _Waiter]() for lane in self._most}
        self._numbers = count()

    @property
    def in_use(self) -> int:
        """How many calls are in flight."""
        return sum(self._held.values())

    @property
    def waiting(self) -> tuple[int, int]:
        """How many calls wait for a slot: interactive (files too), bulk."""
        quick, files, bulk = (len(queue) for queue in self._waiting.values())
        return quick + files, bulk

    def slot(self, lane: Lane, max_wait_s: float | None) -> Slot:
        """Hold a slot for the time of the block; it is given back whatever happens."""
        return Slot(self, lane, max_wait_s)

    async def enter(self, lane: Lane, max_wait_s: float | None) -> None:
        """Wait for a slot; raises `QuotaWaitError` after *max_wait_s* seconds."""
        queue = self._waiting[lane]
        if not queue and self._free(lane):
            self._held[lane] += 1
            return
        waiter = _Waiter(next(self._numbers))
        queue[id(waiter)] = waiter
        try:
            with anyio.move_on_after(max_wait_s):
                await waiter.event.wait()
        except BaseException:
            # A cancel may come in the same moment as the admission: the slot goes on.
            if waiter.admitted:
                self.leave(lane)
            raise
        finally:
            queue.pop(id(waiter), None)
        if not waiter.admitted:
            raise self._too_long(lane, max_wait_s or 0.0)

    def began(self, at_s: float) -> None:
        """Note when a call got its slot, in seconds of the event loop."""
        self._began_s += at_s

    def ended(self, began_s: float) -> None:
        """Note that a call which began then gives its slot back now."""
        self._began_s -= began_s
        self._usual_s += _WEIGHT_OF_THE_LAST * (loop_time() - began_s - self._usual_s)

    def leave(self, lane: Lane) -> None:
        """Give a slot back."""
        self._held[lane] -= 1
        while (kind := self._next()) is not None:
            _, waiter = self._waiting[kind].popitem(last=False)
            waiter.admitted = True
            self._held[kind] += 1
            waiter.event.set()

    def _next(self) -> Lane | None:
        """Say of which kind a waiting call may enter; count how often `bulk` is passed over."""
        may = {
            lane: next(iter(queue.values())).number
            for lane, queue in self._waiting.items()
            if queue and self._free(lane)
        }
        bulk_may = may.pop("bulk", None) is not None
        if may and not (bulk_may and self._passed >= _FAIR):
            self._passed += bulk_may
            return min(may, key=lambda lane: may[lane])
        if not bulk_may:
            return None
        self._passed = 0
        return "bulk"

    def _free(self, lane: Lane) -> bool:
        if self.in_use >= self._most["interactive"]:
            return False
        is_long = lane != "interactive"
        long = self._held["files"] + self._held["bulk"]
        if is_long and long >= self._most["files"]:
            return False
        return lane != "bulk" or self._held["bulk"] < self._most["bulk"]

    def _too_long(self, lane: Lane, max_wait_s: float) -> QuotaWaitError:
        """Make the error of a call that waited so many seconds; the rest is an estimate.

        A call takes as long as calls did lately, or as those under way have been at it.
        """
        age_s = loop_time() - self._began_s / max(1, self.in_use)
        slots, before = self._most[lane], len(self._waiting[lane])
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

    __slots__ = ("_began_s", "_gate", "_lane", "_max_wait_s")

    def __init__(self, gate: Gate, lane: Lane, max_wait_s: float | None) -> None:
        self._gate = gate
        self._lane = lane
        self._max_wait_s = max_wait_s

    async def __aenter__(self) -> None:
        await self._gate.enter(self._lane, self._max_wait_s)
        self._began_s = loop_time()
        self._gate.began(self._began_s)

    async def __aexit__(self, *_: object) -> None:
        self._gate.ended(self._began_s)
        self._gate.leave(self._lane)
