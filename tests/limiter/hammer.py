"""A process that calls as fast as its limiter lets it: ``python -m tests.limiter.hammer FILE``.

Prints when each call reached the server, in seconds of the machine's clock. It is killed.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from pathlib import Path

import anyio

from tests.limiter.files import limiter
from vaultio.protocol.quota_headers import QuotaReading


async def main(path: Path) -> None:
    """Call from 8 tasks, for ever."""
    limits = limiter(path)

    async def send_calls() -> None:
        while True:
            permit = await limits.acquire("bulk")
            await anyio.sleep(0.2 * random.random() ** 2)
            sys.stdout.write(f"{time.monotonic()}\n")
            sys.stdout.flush()
            await anyio.sleep(0.2 * random.random() ** 2)
            await permit.settle(QuotaReading())

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(send_calls)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
