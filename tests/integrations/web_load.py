"""Browsers by the hundred, who look at documents, and now and then take a file."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence

from attrs import define, field

from tests.integrations.web import Answer, Browser

SMALL_BYTES = 20_000


@define
class Load:
    """So many *clients*, each with a pause of *think_s* seconds on average, on *documents*.

    What comes of it: how long the answers took in seconds, by what was asked for, and of which
    status they were; `early` counts those who came back when they were told to and were told to
    come back again.
    """

    browser: Browser
    clients: int
    think_s: float
    documents: int
    took_s: dict[str, list[float]] = field(factory=lambda: {"page": [], "file": []})
    statuses: Counter[int] = field(factory=Counter)
    early: int = 0
    _dice: random.Random = field(factory=lambda: random.Random(2026))

    async def run(self, seconds: float) -> None:
        """Let all of them come and go for so long."""
        until_s = time.monotonic() + seconds
        async with asyncio.TaskGroup() as clients:
            for _ in range(self.clients):
                clients.create_task(self._client(until_s))

    async def _client(self, until_s: float) -> None:
        await asyncio.sleep(self._dice.random() * self.think_s)
        while time.monotonic() < until_s:
            answer = await self._visit()
            if answer.status == 503:
                assert "retry-after" in answer.headers, answer.body
                await asyncio.sleep(float(answer.headers["retry-after"]))
                self.early += (await self._visit()).status == 503
            pause_s = self._dice.expovariate(1 / self.think_s)
            await asyncio.sleep(max(0.0, min(pause_s, until_s - time.monotonic())))

    async def _visit(self) -> Answer:
        number = self._dice.randrange(self.documents) + 1
        kind = "file" if self._dice.random() < 0.2 else "page"
        path = f"/documents/{number}" + ("/file" if kind == "file" else "")
        began_s = time.monotonic()
        answer = await self.browser.get(path)
        self.statuses[answer.status] += 1
        if answer.status == 200:
            assert answer.is_whole
            assert kind == "page" or len(answer.body) == SMALL_BYTES
            self.took_s[kind].append(time.monotonic() - began_s)
        return answer


def percentiles(seconds: Sequence[float]) -> str:
    """Write the 50th, 95th and 99th percentile and the longest, in milliseconds."""
    ordered = sorted(seconds) or [0.0]
    parts = (0.5, 0.95, 0.99, 1.0)
    found = [ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000 for part in parts]
    return "p50 {:.0f}, p95 {:.0f}, p99 {:.0f}, longest {:.0f} ms".format(*found)
