"""How long to wait for the next bytes of a file: a minimum speed, and an end."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from types import TracebackType

import anyio

from vaultio.config import Config
from vaultio.downloads.source import ReadInto
from vaultio.errors import ConnectionLostError, StalledError, TruncatedError
from vaultio.limiter.clock import loop_time

_CELLS = 20


class Speed:
    """The bytes of the last `stall_s` seconds of waiting for the network.

    Time is passed in as seconds spent waiting since the start: a slow disk is not the
    server's fault and does not count.
    """

    def __init__(self, minimum_bytes_per_s: float, stall_s: float) -> None:
        self._needed = minimum_bytes_per_s * stall_s
        self._stall_s = stall_s
        self._cells: deque[list[float]] = deque()  # [when it was begun, bytes]

    def note(self, waited_s: float, size: int) -> None:
        """Count *size* bytes that came after *waited_s* seconds of waiting in all."""
        if self._cells and waited_s - self._cells[-1][0] < self._stall_s / _CELLS:
            self._cells[-1][1] += size
        else:
            self._cells.append([waited_s, size])
        while self._cells[0][0] <= waited_s - self._stall_s:
            self._cells.popleft()

    def patience(self, waited_s: float) -> float:
        """Seconds until the speed is too low if nothing more comes; infinite for no minimum."""
        if not self._needed:
            return math.inf
        had = 0.0
        for begun, size in reversed(self._cells):
            had += size
            if had >= self._needed:
                return begun + self._stall_s - waited_s
        # A whole `stall_s` has to pass before anything can be said about the speed over it.
        return max(self._stall_s - waited_s, 0.0)


class Pace:
    """The limits in time of one file over all its tries."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._deadline = math.inf
        self._begun = False

    def reader(self, name: str, chunks: AsyncIterator[bytes]) -> PacedReader:
        """Read one body within the limits; the deadline counts from the first body on."""
        return PacedReader(chunks, self._watch(name))

    def filler(self, name: str, readinto: ReadInto) -> PacedFiller:
        """Read one body, as `reader` does, into buffers."""
        return PacedFiller(readinto, self._watch(name))

    def _watch(self, name: str) -> Watch:
        if not self._begun:
            self._begun = True
            limit_s = self._config.download_timeout_s
            self._deadline = math.inf if limit_s is None else loop_time() + limit_s
        return Watch(name, self._config, self._deadline)


class PacedReader:
    """One body, read chunk by chunk, never slower than allowed; a context that closes it."""

    def __init__(self, chunks: AsyncIterator[bytes], watch: Watch) -> None:
        self._chunks = chunks
        self._watch = watch

    async def __aenter__(self) -> PacedReader:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Left to the garbage collector it would be closed in a task of its own, some time later.
        if isinstance(self._chunks, AsyncGenerator):
            await self._chunks.aclose()

    async def next(self) -> bytes | None:
        """Wait for the next chunk; None at the end.

        Raises `TruncatedError` if the connection is lost and `StalledError` if the body is
        slower than the minimum over a whole `stall_s`, or not over by the deadline.
        """
        with self._watch.waiting():
            chunk = await anext(self._chunks, None)
        self._watch.note(len(chunk or b""))
        return chunk


class PacedFiller:
    """One body, read into buffers, never slower than allowed."""

    def __init__(self, readinto: ReadInto, watch: Watch) -> None:
        self._readinto = readinto
        self._watch = watch

    async def fill(self, room: memoryview) -> int:
        """Wait for bytes, put them into *room* and return how many; 0 is the end.

        Raises as `PacedReader.next`.
        """
        with self._watch.waiting():
            count = await self._readinto(room)
        self._watch.note(count)
        return count


class Watch:
    """The time that one body takes, while somebody waits for it."""

    def __init__(self, name: str, config: Config, deadline: float) -> None:
        self._name = name
        self._config = config
        self._deadline = deadline
        self._speed = Speed(config.minimum_bytes_per_s, config.stall_s)
        self._waited_s = 0.0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait in this block for the next bytes."""
        begun = loop_time()
        patience = min(self._speed.patience(self._waited_s), self._deadline - begun)
        with anyio.CancelScope(deadline=begun + patience) as limit:
            try:
                yield
            except ConnectionLostError as error:
                raise TruncatedError(f"the connection was lost: {error}") from error
        now = loop_time()
        if limit.cancelled_caught:
            raise StalledError(self._why(now))
        self._waited_s += now - begun

    def note(self, size: int) -> None:
        """Count the bytes that came."""
        self._speed.note(self._waited_s, size)

    def _why(self, now: float) -> str:
        config = self._config
        if now >= self._deadline:
            return f"{self._name}: not there after {config.download_timeout_s:g} s"
        return (
            f"{self._name}: slower than {config.minimum_bytes_per_s:g} bytes/s "
            f"for {config.stall_s:g} s"
        )
