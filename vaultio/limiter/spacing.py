"""A book of minimum distances in time: Vault lets a job be asked about once in 10 s, per job."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import inf

import anyio
from attrs import define, field

from vaultio.errors import QuotaWaitError

_LOOKED_AT = 2


@define(eq=False)
class _Line:
    """Those who want the same key; the lock is their queue, first in first out."""

    free_at_s: float = -inf
    lock: anyio.Lock = field(factory=anyio.Lock)
    users: int = 0


class Spacing:
    """Grants of one key are at least so many seconds apart; keys do not know of each other.

    `clock` returns seconds and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = anyio.current_time) -> None:
        self._clock = clock
        self._lines: OrderedDict[str, _Line] = OrderedDict()

    def __len__(self) -> int:
        """The number of keys remembered."""
        return len(self._lines)

    async def wait(self, key: str, seconds: float, max_wait_s: float | None = None) -> None:
        """Return when *seconds* have passed since the last grant of *key*, in order of arrival.

        Raises `QuotaWaitError` at once if that is known to take longer than *max_wait_s* seconds.
        A wait that is cancelled is no grant.
        """
        self._forget_some()
        line = self._lines.setdefault(key, _Line())
        known_s = max(0.0, line.free_at_s - self._clock()) + line.users * seconds
        if max_wait_s is not None and known_s > max_wait_s:
            raise QuotaWaitError(
                f"{key!r} is free in {known_s:.0f} s, later than max_wait_s={max_wait_s:g} s",
                retry_after_s=known_s,
            )
        line.users += 1
        try:
            async with line.lock:
                # Asked again after each sleep: `answered` may have put it off meanwhile.
                while (left_s := line.free_at_s - self._clock()) > 0:  # noqa: ASYNC110
                    await anyio.sleep(max(left_s, 0.001))
                line.free_at_s = self._clock() + seconds
        finally:
            line.users -= 1

    def answered(self, key: str, seconds: float) -> None:
        """Count the *seconds* from now on, when the answer to the granted call is in.

        Otherwise a call that was slow on its way is followed too soon, seen from the server.
        """
        line = self._lines.setdefault(key, _Line())
        line.free_at_s = max(line.free_at_s, self._clock() + seconds)

    def _forget_some(self) -> None:
        # Two old keys looked at for one new: the book never holds more than twice what it must.
        for _ in range(min(_LOOKED_AT, len(self._lines))):
            key, line = self._lines.popitem(last=False)
            if line.users or line.free_at_s > self._clock():
                self._lines[key] = line
