"""A program that forks while its limiter is in use: ``python -m tests.limiter.forker STORE``.

Prints how many of 60 calls the child and the parent made, until both had to wait.
"""

from __future__ import annotations

import asyncio
import os
import sys

from vaultio.errors import QuotaWaitError
from vaultio.limiter import Limiter, Quota
from vaultio.protocol.quota_headers import QuotaReading


async def call(limits: Limiter, most: int) -> int:
    """Make so many calls, or as many as go at once; return how many."""
    for number in range(most):
        try:
            permit = await limits.acquire(max_wait_s=0.2)
        except QuotaWaitError:
            return number
        await permit.settle(QuotaReading())
    return most


async def last(limits: Limiter) -> int:
    """Make all calls that are left, and close."""
    count = await call(limits, 100)
    await limits.aclose()
    return count


def main(store: str) -> None:
    """Make 20 calls, then all others: first in a child with the same limiter, then here."""
    quota = Quota(60, 60.0)
    limits = Limiter(burst=quota, daily=None, reserved_share=0, store=store)
    before = asyncio.run(call(limits, 20))
    child = os.fork()
    if child == 0:
        print(asyncio.run(last(limits)), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print(before + asyncio.run(last(limits)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
