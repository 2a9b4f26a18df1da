"""The event loop that a client lives in, and whether it is still open there."""

from __future__ import annotations

import asyncio
import os
from contextlib import AbstractContextManager, nullcontext, suppress

from vaultio.errors import ClosedError, WrongLoopError


class Wait:
    """The context of a task that waits; what ends it is the same as in `asyncio.timeout`.

    Not a scope of anyio's, which takes ten times as long, and each call waits twice.
    """

    __slots__ = ("_all", "_before", "_is_ended", "_request", "_task")

    def __init__(self, all_: set[Wait], request: object) -> None:
        self._all = all_
        self._request = request
        self._is_ended = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._before = task, task.cancelling()
        self._all.add(self)

    def __exit__(self, kind: type[BaseException] | None, error: object, _: object) -> None:
        self._all.discard(self)
        if not self._is_ended:
            return
        is_alone = self._task.uncancel() <= self._before
        if is_alone and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise closed(self._request)

    def end(self) -> None:
        """Have the task go on with a `ClosedError`."""
        self._is_ended = True
        self._task.cancel()


class Home:
    """Where a client was used first, which is where it is to be used, until it is closed.

    Nothing of it may be touched from elsewhere: to wake a task of another thread's event loop
    does not wake it, and the connections in the child of a fork are the parent's.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0
        self._is_closed = False
        self._waiting = set[Wait]()

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
            raise closed(request)

    def waiting(self, request: object) -> Wait:
        """Wait for something, at most until the client is closed: a `ClosedError`."""
        if self._is_closed:
            raise closed(request)
        return Wait(self._waiting, request)

    def close(self) -> bool:
        """Let nobody in any more and end all waiting; False if all of it is another process's.

        Raises `WrongLoopError` while the client's own event loop is running elsewhere.
        """
        if self._loop is not None and self._process != os.getpid():
            return False
        if not self.is_here and self._loop is not None and self._loop.is_running():
            raise WrongLoopError(f"not closed: the client {self._elsewhere()}")
        self._is_closed = True
        for wait in tuple(self._waiting) if self.is_here else ():
            wait.end()
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


def closed(request: object) -> ClosedError:
    """Make the error of a call that comes too late."""
    return ClosedError(f"{request} was not sent: the client is closed")
