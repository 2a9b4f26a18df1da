"""The time of one call: on the wire, and in queues."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

import anyio

from vaultio.errors import DeadlineError, VaultioError
from vaultio.limiter import Meter
from vaultio.limiter.clock import loop_time


class Stopwatch:
    """The time of one call: what it spends on the wire, and what it waits for quota and slots.

    Each has its own limit, in seconds; *max_wait_s* None is none. *meter* gets what it costs,
    *sent* is called when the waiting is over.
    """

    def __init__(
        self,
        timeout_s: float,
        max_wait_s: float | None,
        meter: Meter | None = None,
        sent: Callable[[], None] | None = None,
    ) -> None:
        self.meter = meter or Meter()
        self._sent = sent
        self._timeout_s = timeout_s
        self._max_wait_s = max_wait_s
        self._created = self._began = loop_time()
        self._on_the_wire_s = self._spent_s = 0.0
        self._scope: anyio.CancelScope | None = None

    @property
    def created_s(self) -> float:
        """When the call began, by the event loop's clock."""
        return self._created

    @property
    def timeout_s(self) -> float:
        """The longest time on the wire, in seconds, unless it moves on."""
        return self._timeout_s

    @property
    def patience_s(self) -> float | None:
        """How much longer the call may wait before it is sent; None for as long as it takes."""
        if self._max_wait_s is None:
            return None
        waited_s = loop_time() - self._created - self._on_the_wire_s
        return max(0.0, self._max_wait_s - waited_s)

    def moved(self) -> None:
        """Give the call all its time again: a long body is on its way and does not stand still."""
        now = loop_time()
        self._on_the_wire_s += now - self._began
        self._began, self._spent_s = now, 0.0
        if self._scope is not None:
            self._scope.deadline = now + self._timeout_s

    def running(self, request: str, reference_id: str | None) -> Running:
        """Count the block's time; a `DeadlineError` ends it when the call's time is over."""
        return Running(self, request, reference_id)

    def start(self) -> anyio.CancelScope:
        """Begin to count; the scope ends what is in it when the time is over."""
        if self._sent is not None:
            self._sent()
        self._began = now = loop_time()
        left_s = max(0.0, self._timeout_s - self._spent_s)
        self._scope = anyio.CancelScope(deadline=now + left_s)
        return self._scope

    def stop(self) -> None:
        """End to count."""
        passed_s = loop_time() - self._began
        self._spent_s += passed_s
        self._on_the_wire_s += passed_s


class Running:
    """A context whose time a `Stopwatch` counts."""

    __slots__ = ("_reference_id", "_request", "_scope", "_stopwatch")

    def __init__(self, stopwatch: Stopwatch, request: str, reference_id: str | None) -> None:
        self._stopwatch = stopwatch
        self._request = request
        self._reference_id = reference_id

    def __enter__(self) -> None:
        self._scope = self._stopwatch.start()
        self._scope.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            is_over = self._scope.__exit__(kind, error, traceback)
        finally:
            self._stopwatch.stop()
        is_foreign = isinstance(error, TimeoutError) and not isinstance(error, VaultioError)
        if is_over or is_foreign:
            raise DeadlineError(
                f"{self._request} was not answered within {self._stopwatch.timeout_s} s",
                request=self._request,
                reference_id=self._reference_id,
            ) from error
