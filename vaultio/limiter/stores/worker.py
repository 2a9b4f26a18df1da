"""A thread that does what would block the event loop, one thing after the other."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

from attrs import define, field, frozen


class Closable(Protocol):
    """What a worker works on, and lets go of at its end."""

    def close(self) -> None:
        """Let go of files."""


T = TypeVar("T")
R = TypeVar("R", bound=Closable)

# Whoever forks waits until no worker is inside the database library: its locks would stay locked
# for ever in the child, where the thread that holds them does not exist.
_at_work = threading.Lock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_at_work.acquire,
        after_in_parent=_at_work.release,
        after_in_child=_at_work.release,
    )


@frozen
class _Job(Generic[R, T]):
    """Something to do, and who waits for it."""

    do: Callable[[R], T]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[T]

    def run(self, resource: R) -> None:
        """Do it, and tell the event loop, if that still runs."""
        try:
            with _at_work:
                result = self.do(resource)
        except Exception as error:
            self._tell(self._failed, error)  # whatever it is, it belongs to who waits
        else:
            self._tell(self._succeeded, result)

    def _tell(self, how: Callable[[Any], None], what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            self.loop.call_soon_threadsafe(how, what)

    def _succeeded(self, result: T) -> None:
        if not self.done.done():
            self.done.set_result(result)

    def _failed(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


@define(eq=False)
class Worker(Generic[R]):
    """A thread with one resource that nobody else touches; it starts with the first thing to do.

    It ends with `aclose`, or when nobody knows the worker any more. In the child of a fork, where
    no thread lives on, a new one starts with a resource of its own; that of the parent is left
    as it is: to close it here would disturb the parent.
    """

    _make: Callable[[], R]
    _jobs: SimpleQueue[_Job[R, Any] | None] | None = field(init=False, default=None)
    _pid: int = field(init=False, default=0)

    async def run(self, do: Callable[[R], T]) -> T:
        """Do something with the resource, after what was asked for before; return the result.

        Whoever is cancelled while waiting does not stop it.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._queue().put(_Job(do, loop, done))
        return await done

    async def aclose(self) -> None:
        """Do what was asked for, let go of the resource and end the thread."""
        if self._jobs is None or self._pid != os.getpid():
            return
        jobs, self._jobs = self._jobs, None
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        jobs.put(_Job(_close, loop, done))
        jobs.put(None)
        await done

    def _queue(self) -> SimpleQueue[_Job[R, Any] | None]:
        if self._jobs is None or self._pid != os.getpid():
            self._jobs, self._pid = SimpleQueue(), os.getpid()
            weakref.finalize(self, self._jobs.put, None).atexit = False
            arguments = self._make, self._jobs
            threading.Thread(target=_work, args=arguments, name="vaultio", daemon=True).start()
        return self._jobs


def _close(resource: Closable) -> None:
    resource.close()


def _work(make: Callable[[], R], jobs: SimpleQueue[_Job[R, Any] | None]) -> None:
    resource = make()
    while (job := jobs.get()) is not None:
        job.run(resource)
        del job  # it holds what its owner may want to see the end of
    with _at_work:
        resource.close()
