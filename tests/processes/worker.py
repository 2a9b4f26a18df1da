"""A process that calls a vault as fast as its share of the quota allows, until it is killed.

``python -m tests.processes.worker '{"url": "http://127.0.0.1:8000", "store": "sqlite:///q.db"}'``
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from attrs import define


@define
class Job:
    """What to do: where to call, where the quotas are kept. Times are in seconds."""

    url: str
    store: str
    limit: int = 60
    window_s: float = 2.0
    tasks: int = 16
    clock_ahead_s: float = 0.0
    """How much all clocks of this process are ahead of those of the machine."""


def set_clocks(ahead_s: float) -> None:
    """Set the clocks of this process ahead, before anybody looks at them."""
    wall, monotonic, any_clock = time.time, time.monotonic, time.clock_gettime
    time.time = lambda: wall() + ahead_s
    time.monotonic = lambda: monotonic() + ahead_s
    time.clock_gettime = lambda clock: any_clock(clock) + ahead_s


async def work(job: Job) -> None:
    """Call from several tasks for ever; say on standard output what goes wrong with the quotas."""
    from vaultio import Limiter, Quota, SessionId, TransportError, Vault
    from vaultio.errors import QuotaStoreError

    limiter = Limiter(burst=Quota(job.limit, job.window_s), daily=None, store=job.store)

    async def call() -> None:
        while True:
            try:
                await bulk.request("GET", "objects/documents")
            except QuotaStoreError as error:
                print(json.dumps([time.time() - job.clock_ahead_s, str(error)]), flush=True)
                await asyncio.sleep(0.2)
            except TransportError:
                await asyncio.sleep(0.2)

    async with Vault(job.url, SessionId("S-1"), api_version="v11.0", limiter=limiter) as vault:
        bulk = vault.with_options(priority="bulk", max_wait_s=60.0)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(job.tasks):
                tasks.create_task(call())


if __name__ == "__main__":
    wanted = Job(**json.loads(sys.argv[1]))
    set_clocks(wanted.clock_ahead_s)
    asyncio.run(work(wanted))
