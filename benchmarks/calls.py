"""How many small calls a second, 64 in flight?

``python -m benchmarks.calls [--full]``. Each call reads one document: ours waits at the limiter,
decodes into a value with types, and holds the answer against the question; the others parse
JSON; stock httpx has a process of its own (see `_apart`); ``bare wire`` is what carries our calls,
with nothing above it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any

import httpx

from benchmarks import _clients
from benchmarks._apart import HTTPX, INSTALLED, with_stock_httpx
from benchmarks._crowd import in_tasks, in_threads
from benchmarks._measure import OURS, Answer, Question, Run, Sample, Target, interleave, timed
from benchmarks._serving import Source
from benchmarks._setting import Setting, alone
from benchmarks._vault import JSON_PATH

IN_FLIGHT = 64


async def with_vaultio(source: Source, number: int, *, limited: bool = True) -> Sample:
    """Call as a user of vaultio does."""
    opened = _clients.vault(source.plain, source.trust(), IN_FLIGHT, limited=limited)
    async with opened as vault:
        with timed() as sample:
            await in_tasks(number, IN_FLIGHT, lambda _: vault.documents.retrieve(7))
    return sample


async def unlimited(source: Source, number: int) -> Sample:
    """Call without a limiter."""
    return await with_vaultio(source, number, limited=False)


async def _with_httpx(
    client: httpx.AsyncClient, source: Source, number: int, *, parsed: bool = True
) -> Sample:
    async def call(_: int) -> None:
        response = await client.get(source.plain + JSON_PATH)
        response.raise_for_status()
        if parsed:
            response.json()

    async with client:
        with timed() as sample:
            await in_tasks(number, IN_FLIGHT, call)
    return sample


async def bare_wire(source: Source, number: int) -> Sample:
    """Call on our connections, and read the bytes."""
    client = _clients.bare_wire(source, IN_FLIGHT)
    return await _with_httpx(client, source, number, parsed=False)


async def with_httpx_aiohttp(source: Source, number: int) -> Sample:
    """Call with httpx on aiohttp's connections."""
    return await _with_httpx(_clients.httpx_aiohttp(source.trust()), source, number)


async def with_aiohttp(source: Source, number: int) -> Sample:
    """Call with aiohttp."""
    async with _clients.aiohttp_session(source.trust()) as session:

        async def call(_: int) -> None:
            async with session.get(source.plain + JSON_PATH) as response:
                response.raise_for_status()
                await response.json()

        with timed() as sample:
            await in_tasks(number, IN_FLIGHT, call)
    return sample


async def with_requests(source: Source, number: int) -> Sample:
    """Call with requests in threads, each with a session."""

    def work(numbers: Iterator[int]) -> None:
        with _clients.requests_session(source) as session:
            for _ in numbers:
                response = session.get(source.plain + JSON_PATH)
                response.raise_for_status()
                response.json()

    with timed() as sample:
        in_threads(number, IN_FLIGHT, work)
    return sample


async def with_veevatools(source: Source, number: int) -> Sample:
    """Call with veevatools in threads, each with a client."""

    def work(numbers: Iterator[int]) -> None:
        documents = _clients.veevatools_documents(source, source.plain, "retrieval")
        for _ in numbers:
            documents.retrieve_document("7")

    with timed() as sample:
        in_threads(number, IN_FLIGHT, work)
    return sample


PEERS: dict[str, Callable[[Source, int], Coroutine[Any, Any, Sample]]] = {
    OURS: with_vaultio,
    "no limiter": unlimited,
    "bare wire": bare_wire,
    "aiohttp": with_aiohttp,
    "requests": with_requests,
    "httpx-aiohttp": with_httpx_aiohttp,
    "veevatools": with_veevatools,
}
ALL = [*PEERS, *INSTALLED]


def called(peer: str, source: Source, number: int) -> Sample:
    """Make the calls once."""
    if peer in INSTALLED:
        return with_stock_httpx(peer, source, source.plain + JSON_PATH, number, IN_FLIGHT)
    return asyncio.run(PEERS[peer](source, number))


def ask(setting: Setting) -> list[Answer]:
    """Make all calls, once with each peer a round."""
    source, number = setting.source, setting.sizes.calls
    runs: dict[str, Run] = {peer: partial(called, peer, source, number) for peer in ALL}
    warm: dict[str, Run] = {peer: partial(called, peer, source, IN_FLIGHT) for peer in PEERS}
    samples, skipped = interleave(runs, setting.sizes.rounds, warm)
    question = Question(
        f"{number:,} JSON calls, {IN_FLIGHT} in flight",
        "calls/s",
        lambda one: number / one.seconds,
        (Target(HTTPX, 12), Target("requests", 0.8), Target("bare wire", 0.65)),
    )
    return [question.of(samples, skipped)]


if __name__ == "__main__":
    alone(ask, __doc__)
