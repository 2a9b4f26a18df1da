"""Does a call cost more when thousands wait beside it?

``python -m benchmarks.waiting [--full]``: the processor time of a call while 10,000 tasks want to
call, and while 64 do, with 16 calls in flight. Counting begins when all tasks are in their queue,
and ends before it gets shorter: each task asks again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from benchmarks import _clients
from benchmarks._measure import (
    OURS,
    Answer,
    Question,
    Run,
    Sample,
    Target,
    interleave,
    processor_s,
)
from benchmarks._serving import Source
from benchmarks._setting import Setting, alone
from benchmarks._vault import JSON_PATH

IN_FLIGHT = 16
FEW = 64
SETTLING_CALLS = 2 * IN_FLIGHT

Call = Callable[[], Awaitable[object]]
Client = tuple[AbstractAsyncContextManager[Any], Call]


def with_vaultio(source: Source) -> Client:
    """Open ours with its limiter; who waits, waits at our own gate."""
    vault = _clients.vault(source.plain, source.trust(), IN_FLIGHT)
    return vault, lambda: vault.documents.retrieve(7)


def with_aiohttp(source: Source) -> Client:
    """Open aiohttp with as many connections; who waits, waits in its pool."""
    import aiohttp

    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=IN_FLIGHT), timeout=aiohttp.ClientTimeout(None)
    )

    async def call() -> None:
        async with session.get(source.plain + JSON_PATH) as response:
            await response.json()

    return session, call


PEERS: dict[str, Callable[[Source], Client]] = {OURS: with_vaultio, "aiohttp": with_aiohttp}
NOT_ASKED = {"httpx": "its pool walks over all who wait at every step: minutes for as many"}


async def crowd(tasks: int, calls: int, call: Call) -> float:
    """Let so many tasks call; gives the processor time of *calls* of their calls, in seconds."""
    done, begun = 0, 0.0
    over: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        nonlocal done, begun
        while True:
            await call()
            done += 1
            if done == SETTLING_CALLS:
                begun = processor_s()
            elif done == SETTLING_CALLS + calls:
                over.set_result(processor_s() - begun)

    working = [asyncio.create_task(work()) for _ in range(tasks)]
    # A call that fails ends the wait as well.
    waited: list[asyncio.Future[Any]] = [over, *working]
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    if not over.done():
        raise SystemExit("a call failed")
    return over.result()


def a_call(peer: str, source: Source, tasks: int, calls: int) -> float:
    """Measure the processor time of one call, in seconds."""

    async def measured() -> float:
        client, call = PEERS[peer](source)
        async with client:
            return await crowd(tasks, calls, call) / calls

    return asyncio.run(measured())


def compared(peer: str, source: Source, tasks: int, calls: int) -> Sample:
    """Measure with many and with few; the *seconds* are how many times as much many cost."""
    few_s = a_call(peer, source, FEW, calls)
    many_s = a_call(peer, source, tasks, calls)
    return Sample(seconds=many_s / few_s, cpu_s=many_s)


def ask(setting: Setting) -> list[Answer]:
    """Call with many and with few, once with each peer a round."""
    source, tasks = setting.source, setting.sizes.waiting
    calls = max(10, setting.sizes.calls // 5)
    runs: dict[str, Run] = {peer: partial(compared, peer, source, tasks, calls) for peer in PEERS}
    warm: dict[str, Run] = {peer: partial(compared, peer, source, FEW, 10) for peer in PEERS}
    samples, skipped = interleave(runs, setting.sizes.rounds, warm)
    question = Question(
        f"processor time a call, {tasks:,} tasks against {FEW}",
        "x",
        lambda one: one.seconds,
        (Target(None, 1.3),),
        better="less",
    )
    return [question.of(samples, skipped | NOT_ASKED)]


if __name__ == "__main__":
    alone(ask, __doc__)
