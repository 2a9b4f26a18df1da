"""Stock httpx and aiofiles in a process of their own, with what pip brings along and no more.

``python -S -P _stock_httpx.py JSON``: makes calls, or downloads where a *folder* is named, and
prints the seconds by the clock and of the processor. Imports nothing of this project but `_crowd`,
which needs nothing: what others need would otherwise be there for httpx too.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from pathlib import Path
from typing import Any

import aiofiles
import httpx

from benchmarks._crowd import in_tasks


async def measured(asked: dict[str, Any], number: int) -> tuple[float, float]:
    """Do *number* of the jobs with a client of their own; seconds: of the clock, the processor."""
    trust = ssl.create_default_context(cafile=asked["ca_file"])

    async def fetch(one: int) -> None:
        response = (await client.get(asked["url"])).raise_for_status()
        if asked["folder"] is None:
            response.json()
            return
        async with aiofiles.open(Path(asked["folder"]) / f"{one}.bin", "wb") as file:
            await file.write(response.content)

    settings: dict[str, Any] = {"timeout": httpx.Timeout(5.0, pool=None)}  # waits for a connection
    if kept := asked["kept"]:
        limits = httpx.Limits(max_connections=kept, max_keepalive_connections=kept)
        settings["limits"] = limits
    async with httpx.AsyncClient(verify=trust, **settings) as client:
        cpu_s, begun = time.process_time(), time.perf_counter()
        await in_tasks(number, asked["in_flight"], fetch)
        return time.perf_counter() - begun, time.process_time() - cpu_s


def main() -> None:
    """Warm up, measure, print."""
    asked = json.loads(sys.argv[1])
    asyncio.run(measured(asked, min(asked["number"], asked["in_flight"])))
    print(json.dumps(asyncio.run(measured(asked, asked["number"]))))


if __name__ == "__main__":
    main()
