"""The event loop that a client lives in, and whether it is still open there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

import anyio

from vaultio.errors import ClosedError, WrongLoopError


class Home:
    """Where a client was used first, which is where it is to be used, until it is closed.

    Nothing of it may be touched from elsewhere: to wake a task of another thread's event loop
    does not wake it, and the connections in the child of a fork are the parent's.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0
        self._is_closed = False
        self._waiting = set[anyio.CancelScope]()

    @property
    def is_here(self) -> bool:
        """Whether this is the place, or may become it."""
        return self._loop is None or (
            self._process == os.getpid() and asyncio.get_running_loop() is self._loop
        )

    def enter(self, request: object) -> None:
        """Let a call in; raises `WrongLoopError` anywhere but here, `ClosedError` after the end."""
        if self._loop is None:
            self._loop, self._process = asyncio.get_running_loop(), os.getpid()
        elif not self.is_here:
            raise WrongLoopError(f"{request} was not sent: the client {self._elsewhere()}")
        if self._is_closed:
            raise _closed(request)

    @contextmanager
    def waiting(self, request: object) -> Iterator[None]:
        """Wait for something, at most until the client is closed: a `ClosedError`."""
        if self._is_closed:
            raise _closed(request)
        with anyio.CancelScope() as scope:
            self._waiting.add(scope)
            try:
                yield
            finally:
                self._waiting.discard(scope)
        if scope.cancelled_caught:
            raise _closed(request)

    def close(self) -> bool:
        """Let nobody in any more and end all waiting; False if all of it is another process's.

        Raises `WrongLoopError` while the client's own event loop is running elsewhere.
        """
        if self._loop is not None and self._process != os.getpid():
            return False
        if not self.is_here and self._loop is not None and self._loop.is_running():
            raise WrongLoopError(f"not closed: the client {self._elsewhere()}")
        self._is_closed = True
        for scope in self._waiting if self.is_here else ():
            scope.cancel()
        return True

    def leaving(self) -> AbstractContextManager[None]:
        """Pass over that nothing can be waited for any more where the event loop is over."""
        return nullcontext() if self.is_here else suppress(RuntimeError)

    def _elsewhere(self) -> str:
        if self._process != os.getpid():
            return (
                "was used before this process was forked, and its connections are the parent's: "
                "open one of your own in the child"
            )
        return (
            "was used in another event loop (of another thread, or another asyncio.run), and "
            "belongs there: open one for each event loop"
        )


def _closed(request: object) -> ClosedError:
    return ClosedError(f"{request} was not sent: the client is closed")
