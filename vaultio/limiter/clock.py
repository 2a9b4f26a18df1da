"""Clocks that never go back, in seconds."""

from __future__ import annotations

import asyncio
import time


def loop_time() -> float:
    """Return the running event loop's time; tests may have it jump."""
    return asyncio.get_running_loop().time()


def steady_time() -> float:
    """Return the time of a clock that goes on while the machine sleeps, where there is one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
