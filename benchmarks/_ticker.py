"""What the rest of a program feels: how late its tasks wake, and how much memory is taken."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

TICK_S = 0.01


async def tick(lateness: list[float]) -> None:
    """Wake every 10 ms, and note how late, in seconds."""
    while True:
        due = time.perf_counter() + TICK_S
        await asyncio.sleep(TICK_S)
        lateness.append(time.perf_counter() - due)


def p99(lateness: list[float]) -> float | None:
    """Give the 99th percentile; None where too little was noted."""
    if len(lateness) < 2:
        return None
    return statistics.quantiles(lateness, n=100, method="inclusive")[98]


def memory(field: str) -> int | None:
    """Read a figure of this process in bytes: ``VmRSS`` is now, ``VmHWM`` the highest so far."""
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def idle_memory() -> int | None:
    """Read the memory in use, in bytes, and let the highest so far begin anew (Linux only)."""
    before = memory("VmRSS")
    if before is not None:
        Path("/proc/self/clear_refs").write_text("5")
    return before
