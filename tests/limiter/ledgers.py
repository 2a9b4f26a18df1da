"""The store of one process, for tests in virtual time: books on the simulator's shelf."""

from __future__ import annotations

from collections.abc import Callable

import anyio

from benchmarks.simulation.shelf import DistantLedger, Shelf
from vaultio.limiter import SharedStore

__all__ = ["DistantLedger", "Shelf", "holder"]


def holder(
    shelf: Shelf,
    distance_s: Callable[[], float] = lambda: 0.0,
    *,
    workers: int | None = None,
    is_volatile: bool = True,
) -> SharedStore:
    """Make the store of one process, in virtual time."""
    ledger = DistantLedger(shelf, distance_s, is_volatile)
    return SharedStore(ledger, workers=workers, clock=anyio.current_time)
