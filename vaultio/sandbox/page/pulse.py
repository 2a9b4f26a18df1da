"""The calls of the last burst window in parts, for a picture of them."""

from __future__ import annotations

import math
from collections import Counter
from itertools import islice
from typing import Any

from vaultio.sandbox.quota import Quota

PARTS = 60


class Pulse:
    """Counts the calls that came since it was asked last; the calls themselves pay nothing."""

    def __init__(self) -> None:
        self._quota: Quota | None = None
        self._part_s = 0.0
        self._seen = 0
        self._counts: Counter[int] = Counter()

    def read(self, quota: Quota, now: float) -> dict[str, Any]:
        """Return calls by part, oldest first, and in which part the window turned last."""
        window_s, phase_s = quota.burst.window_s, quota.burst.phase_s
        part_s = window_s / PARTS
        if quota is not self._quota or part_s != self._part_s:
            self._quota, self._part_s, self._seen = quota, part_s, 0
            self._counts.clear()
        last = math.floor((now - phase_s) / part_s)
        first = last - PARTS + 1
        for arrival in islice(reversed(quota.arrivals), max(0, quota.calls - self._seen)):
            part = math.floor((arrival - phase_s) / part_s)
            if part < first:
                break
            self._counts[part] += 1
        self._seen = quota.calls
        for part in [part for part in self._counts if part < first]:
            del self._counts[part]
        turned = math.floor((now - phase_s) / window_s) * PARTS - first
        bars = [self._counts[part] for part in range(first, last + 1)]
        return {"part_s": part_s, "bars": bars, "turned": turned}
