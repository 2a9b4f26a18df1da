"""Tests in virtual time: `@virtual` makes one of an ``async def``.

The loop whose clock jumps is the simulator's, `benchmarks/simulation/virtual_time.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from benchmarks.simulation.virtual_time import run_virtual

__all__ = ["run_virtual", "virtual"]

T = TypeVar("T")
P = ParamSpec("P")


def virtual(test: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Make a plain function, to be collected as a test, of an ``async def`` in virtual time."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return run_virtual(test(*args, **kwargs))

    return run
