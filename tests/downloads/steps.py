"""Cancel a coroutine at its n-th wait; run its threads late and in any order."""

from __future__ import annotations

import asyncio
import random
import time
import types
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@types.coroutine
def cancelled_at(
    steps: set[int], work: Coroutine[Any, Any, object]
) -> Generator[Any, Any, tuple[int, object]]:
    """Run *work*, and cancel the task whenever it waits for the n-th time, for every n in *steps*.

    Returns how often it waited, and what came of it: its result or the cancellation.
    """
    task, count = asyncio.current_task(), 0
    thrown: BaseException | None = None
    while True:
        try:
            waits_for = work.throw(thrown) if thrown else work.send(None)
        except StopIteration as end:
            return count, end.value
        except asyncio.CancelledError as error:
            return count, error
        count += 1
        if task is not None and count in steps:
            task.cancel()
        try:
            thrown = None
            yield waits_for
        except BaseException as error:
            thrown = error


class Erratic(ThreadPoolExecutor):
    """Starts what it is given up to 2 ms late, so that a later thing may come first."""

    random = random.Random(7)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run *fn* some time from now."""
        delay_s = self.random.random() / 500

        def late() -> T:
            time.sleep(delay_s)
            return fn(*args, **kwargs)

        return super().submit(late)
