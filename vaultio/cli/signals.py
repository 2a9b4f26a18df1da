"""Ctrl-C once: finish what is in flight. Twice: stop at once. A container's SIGTERM counts, too."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from attrs import define

# Only Windows has SIGBREAK: Ctrl-Break.
_NAMES = ("SIGINT", "SIGTERM", "SIGBREAK")


@define
class Presses:
    """How often somebody has asked the program to stop."""

    first: Callable[[], object]
    second: Callable[[], object]
    count: int = 0

    def take(self) -> None:
        """Do what the next one asks for; from the third on nothing is left to do."""
        self.count += 1
        if self.count == 1:
            self.first()
        elif self.count == 2:
            self.second()


@contextmanager
def presses(first: Callable[[], object], second: Callable[[], object]) -> Iterator[Presses]:
    """Call *first*, then *second*, in the event loop, as signals come; a context.

    Outside the main thread there are no signals, and so no calls.
    """
    taken = Presses(first, second)
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        _listen(number, taken)
    try:
        yield taken
    finally:
        loop = asyncio.get_running_loop()
        for number, handler in before.items():
            with suppress(NotImplementedError, ValueError, RuntimeError):
                loop.remove_signal_handler(number)
            if handler is not None:  # else it was none of Python's
                with suppress(ValueError):  # not the main thread
                    signal.signal(number, handler)


def _listen(number: signal.Signals, taken: Presses) -> None:
    """Listen to one signal, by the event loop where it can, else as Python always could."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, taken.take)
    except NotImplementedError:
        with suppress(ValueError):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(taken.take))
    except (ValueError, RuntimeError):
        return
