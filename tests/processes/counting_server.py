"""A Vault of one answer that counts calls by its own clock; run as a program of its own.

``python -m tests.processes.counting_server '{"limit": 60, ...}'`` prints its port, serves until its
standard input is closed, and then prints what it counted as one line of JSON. A connection with a
header ``X-Other`` is another program's.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections import deque
from math import floor
from typing import Literal

from attrs import asdict, define, field

_BODY = b'{"responseStatus":"SUCCESS","data":[]}'
_REFUSED = (
    b'{"responseStatus":"FAILURE","errors":[{"type":"API_LIMIT_EXCEEDED","message":"Too many."}]}'
)


@define
class Settings:
    """How the server behaves; times in seconds."""

    limit: int = 60
    window_s: float = 2.0
    longest_s: float = 0.4
    """The longest latency; how it is spread says `latency`."""

    latency: Literal["quick", "uniform"] = "quick"
    """`quick`: most answers come soon, a few late (cubed); `uniform`: all are as likely."""

    windows: Literal["none", "fixed", "sliding"] = "none"
    """What is held against the limit; `none` only counts."""

    reaction: Literal["delay", "refuse"] = "delay"
    has_headers: bool = True


@define
class Tally:
    """What was counted: instants in seconds of the server's clock."""

    times: list[float] = field(factory=list)
    others: list[float] = field(factory=list)
    throttled: int = 0
    """Calls of ours that were delayed or refused."""


@define
class CountingServer:
    """Counts each call at some moment between its arrival and its answer."""

    settings: Settings
    tally: Tally = field(factory=Tally)
    _recent: deque[float] = field(factory=deque)
    _window: int = -1
    _counted: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection; a call whose client died counts as any other."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await self._answer(b"x-other" in head.lower(), writer)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    async def _answer(self, is_other: bool, writer: asyncio.StreamWriter) -> None:
        settings = self.settings
        dice = random.random() ** (3 if settings.latency == "quick" else 1)
        there_s = dice * random.random() * settings.longest_s
        await asyncio.sleep(there_s)
        over = self._count(is_other)
        delay_s = 0.5 if over and settings.reaction == "delay" else 0.0
        await asyncio.sleep(dice * settings.longest_s - there_s + delay_s)
        refused = over and settings.reaction == "refuse"
        writer.write(self._written(_REFUSED if refused else _BODY, delay_s))
        await writer.drain()

    def _count(self, is_other: bool) -> bool:
        """Count a call now; True if it is one too many."""
        now, limit = time.monotonic(), self.settings.limit
        (self.tally.others if is_other else self.tally.times).append(now)
        while self._recent and self._recent[0] <= now - self.settings.window_s:
            self._recent.popleft()
        self._recent.append(now)
        window = floor(now / self.settings.window_s)
        if window != self._window:
            self._window, self._counted = window, 0
        self._counted += 1
        counted = self._counted if self.settings.windows == "fixed" else len(self._recent)
        over = self.settings.windows != "none" and counted > limit
        self.tally.throttled += over and not is_other
        return over

    def _written(self, body: bytes, delay_s: float) -> bytes:
        counted = self._counted if self.settings.windows == "fixed" else len(self._recent)
        lines = [
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        if self.settings.has_headers:
            lines.append(f"X-VaultAPI-BurstLimit: {self.settings.limit}")
            lines.append(f"X-VaultAPI-BurstLimitRemaining: {max(0, self.settings.limit - counted)}")
        if delay_s:
            lines.append(f"X-VaultAPI-ResponseDelay: {delay_s * 1000:.0f}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def run(settings: Settings) -> None:
    """Serve until standard input ends."""
    counting = CountingServer(settings)
    server = await asyncio.start_server(counting.serve, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(asdict(counting.tally)), flush=True)
    os._exit(0)  # what is still to be answered is nobody's concern any more


if __name__ == "__main__":
    asyncio.run(run(Settings(**json.loads(sys.argv[1]))))
