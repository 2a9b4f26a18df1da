"""An event loop whose clock jumps: when nothing is ready, the next timer is due at once.

`run_virtual(coroutine)` runs hours of sleeping in a moment. Sockets and threads work too as long
as no timer runs beside them: it would be due at once. Where sockets of this machine are to be
faster than the timers, the clock waits *patience_s* real seconds before each jump.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_GIVE_UP_S = 10.0


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits for a timer: it moves the clock on instead."""

    now: float = 0.0
    patience_s: float = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; without any, jump *timeout* seconds (None: wait for threads)."""
        if timeout is None or timeout <= 0:
            patience_s = _GIVE_UP_S if timeout is None else 0.0
        else:
            patience_s = self.patience_s
        ready = super().select(patience_s)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise RuntimeError("every task waits for something that never comes")
        self.now += max(timeout, 0)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio loop that lives in virtual time, from 0 seconds on."""

    def __init__(self, patience_s: float = 0.0) -> None:
        self._jumping = _JumpingSelector()
        self._jumping.patience_s = patience_s
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._jumping.now


def run_virtual(main: Coroutine[Any, Any, T], patience_s: float = 0.0) -> T:
    """Run a coroutine to its end in virtual time, and close the loop."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(patience_s)) as runner:
        return runner.run(main)
