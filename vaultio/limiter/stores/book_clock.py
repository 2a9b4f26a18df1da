"""The time of books in a file: it goes on over restarts, and never back.

Within one boot of the machine it goes by the boot clock alone, so it does not matter who sets the
wall clock, forth or back. Only over a reboot the wall clock says how long the machine was off.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from vaultio.limiter.clock import steady_time

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_TIME_NAMESPACE = Path("/proc/self/ns/time")
_REMEMBERED_BOOTS = 8
_SUSPICIOUS_S = 60.0


def read_boot() -> tuple[str, str]:
    """Name the boot of the machine, and the namespace of its clocks; empty where nobody knows.

    Containers of one machine share the boot, but their boot clocks may be set apart.
    """
    try:
        boot = _BOOT_ID.read_text("ascii").strip()
    except OSError:
        boot = ""
    try:
        return boot, str(_TIME_NAMESPACE.readlink())
    except OSError:
        return boot, ""


@frozen
class Clocks:
    """Where the time comes from: each returns seconds, `boot` what `read_boot` does."""

    wall_s: Callable[[], float] = time.time
    boot_s: Callable[[], float] = steady_time
    boot: Callable[[], tuple[str, str]] = read_boot


@define
class BookClock:
    """The clock of one set of books, in seconds since they were begun."""

    clocks: Clocks
    boot: tuple[str, str]
    _now: float = field(init=False, default=0.0)
    _wall_s: float = field(init=False, default=0.0)
    _boot_s: float = field(init=False, default=0.0)
    _offsets: dict[str, tuple[str, float]] = field(init=False, factory=dict)
    """By the name of a boot clock: the boot, and book time minus boot clock; the last one last."""

    _name: str = field(init=False)

    def read(self) -> tuple[float, bool]:
        """Return the time, and whether the machine went down since it was read last."""
        wall_s, boot_s = self.clocks.wall_s(), self.clocks.boot_s()
        went_down = bool(self._offsets) and self._went_down(wall_s, boot_s)
        now = max(self._now, self._reckoned(wall_s, boot_s))
        if went_down:
            self._offsets.clear()
        self._keep(now, wall_s, boot_s)
        return now, went_down

    def dump(self) -> list[Any]:
        """Write out what the next process goes on from, as JSON can hold it."""
        offsets = [[name, *known] for name, known in self._offsets.items()]
        return [self._now, self._wall_s, self._boot_s, offsets]

    def restore(self, dumped: list[Any]) -> None:
        """Go on from what `dump` wrote."""
        self._now, self._wall_s, self._boot_s, offsets = dumped
        self._offsets = {name: (boot, offset_s) for name, boot, offset_s in offsets}

    def __attrs_post_init__(self) -> None:
        self._name = " ".join(self.boot)

    def _reckoned(self, wall_s: float, boot_s: float) -> float:
        if not self._offsets:
            return self._now
        known = self._offsets.get(self._name)
        if known is not None and not self._went_back(boot_s):
            return boot_s + known[1]
        passed_s = wall_s - self._wall_s
        if self._is_another_boot(boot_s):
            # All that the boot clock shows has passed since the machine was last up, even if the
            # wall clock was lost with its battery.
            passed_s = max(passed_s, boot_s)
        return self._now + max(0.0, passed_s)

    def _went_back(self, boot_s: float) -> bool:
        return next(reversed(self._offsets)) == self._name and boot_s < self._boot_s

    def _is_another_boot(self, boot_s: float) -> bool:
        if self.boot[0]:
            return all(boot != self.boot[0] for boot, _ in self._offsets.values())
        return self._went_back(boot_s)

    def _went_down(self, wall_s: float, boot_s: float) -> bool:
        """Whether the machine may have lost power: rather once too often than never."""
        if self._is_another_boot(boot_s) or self._went_back(boot_s):
            return True
        if self.boot[0]:
            return False
        # Without a name of the boot: the clocks moved apart, as they do over a reboot.
        apart_s = (wall_s - boot_s) - (self._wall_s - self._boot_s)
        return abs(apart_s) > _SUSPICIOUS_S

    def _keep(self, now: float, wall_s: float, boot_s: float) -> None:
        _, before_s = self._offsets.pop(self._name, ("", None))
        if before_s is None or now != boot_s + before_s:
            before_s = now - boot_s
        self._offsets[self._name] = self.boot[0], before_s
        while len(self._offsets) > _REMEMBERED_BOOTS:
            del self._offsets[next(iter(self._offsets))]
        self._now, self._wall_s, self._boot_s = now, wall_s, boot_s
