"""Use a client where it does not belong: ``python -m tests.faults.misuse_program STORY URL``.

Prints what comes of it, a word or a number at a time. What is served at URL answers slowly below
``/slow``.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

from tests.leaks import PASSWORD
from vaultio import Config, Limiter, Password, Quota, Vault


def opened(url: str, limiter: Limiter | None = None) -> Vault:
    """Make a client with few connections."""
    credentials = Password("ana@example.com", PASSWORD)
    config = Config(concurrency=8, max_tries=2)
    limits = limiter or Limiter.unlimited()
    return Vault(url, credentials, api_version="v11.0", config=config, limiter=limits)


def say(what: object) -> None:
    """Print at once, for a child may end without a goodbye."""
    print(what, flush=True)


async def tell(call: Callable[[], Awaitable[object]]) -> str:
    """Make a call and tell the name of what came of it."""
    try:
        return type(await call()).__name__
    except Exception as error:
        return type(error).__name__


async def use(vault: Vault) -> str:
    """Make a call."""
    return await tell(lambda: vault.documents.retrieve(7))


async def use_and_close(vault: Vault) -> None:
    """Use and close it, and tell both."""
    say(await use(vault))
    say(await tell(vault.aclose))


async def fork(url: str) -> None:
    """Fork in the middle of a coroutine, and in `multiprocessing`; the parent goes on."""
    unused = opened(url)
    async with opened(url) as vault:
        say(await use(vault))
        action = vault.documents.version(8, 0, 1).lifecycle_actions
        under_way = asyncio.create_task(tell(lambda: action.initiate("approve")))
        await asyncio.sleep(0.3)
        child = os.fork()
        if child == 0:
            await use_and_close(vault)
            os._exit(0)
        await asyncio.to_thread(os.waitpid, child, 0)
        for one in (vault, unused):
            child_ = multiprocessing.get_context("fork").Process(target=in_child, args=(one,))
            child_.start()
            await asyncio.to_thread(child_.join, 20)
            say(child_.exitcode)
        say(await under_way)
        say(await use(vault))


def in_child(vault: Vault) -> None:
    """Use a client in an event loop of the child's own."""
    asyncio.run(use_and_close(vault))


def second_loop(url: str) -> None:
    """Use a client in one event loop after the other, and close it in a third."""
    vault = opened(url)
    say(asyncio.run(use(vault)))
    say(asyncio.run(use(vault)))
    asyncio.run(vault.aclose())
    say("closed")


async def second_thread(url: str) -> None:
    """Use a client, and a limiter, in the event loops of two threads."""
    limiter = Limiter()
    async with opened(url, limiter) as vault:
        say(await use(vault))
        await asyncio.to_thread(asyncio.run, use_and_close(vault))
        other = opened(url, limiter)
        say(await asyncio.to_thread(asyncio.run, use(other)))
        say(await use(vault))


async def close(url: str) -> None:
    """Close a client under 50 calls: on their way, waiting for a slot, for quota, or for a file."""
    tight = Limiter(burst=Quota(6, 300.0), pace=None, reserved_share=0)
    with tempfile.TemporaryDirectory() as folder:
        for limiter in (None, tight):
            vault = opened(url, limiter)
            await use(vault)
            tasks = [asyncio.create_task(one) for one in fifty(vault, Path(folder))]
            await asyncio.sleep(1.0)
            await asyncio.wait_for(vault.aclose(), 20)
            ends = await asyncio.wait_for(asyncio.gather(*tasks), 20)
            say(" ".join(f"{name}={count}" for name, count in sorted(Counter(ends).items())))
            say(await use(vault))
        say(sorted(os.listdir(folder)))  # noqa: PTH208 # names, of a handful of files
    await asyncio.sleep(0.05)
    say(len(asyncio.all_tasks()))


def fifty(vault: Vault, folder: Path) -> list[Coroutine[None, None, str]]:
    """Make ready 50 calls of all kinds, none of which is answered soon."""
    action = vault.documents.version(1, 0, 1).lifecycle_actions
    kinds: list[Callable[[int], Coroutine[None, None, str]]] = [
        lambda n: tell(lambda: vault.documents.retrieve(100 + n)),
        lambda _: tell(lambda: action.initiate("approve")),
        lambda n: tell(lambda: vault.documents.download(200, to=folder / str(n))),
        lambda n: tell(lambda: vault.documents.update(100 + n, {"title__v": "x"})),
        lambda _: tell(lambda: vault.query("SELECT id FROM documents").all()),
    ]
    return [kind(number) for number in range(10) for kind in kinds]


STORIES: dict[str, Callable[[str], object]] = {
    "fork": lambda url: asyncio.run(fork(url)),
    "loop": second_loop,
    "thread": lambda url: asyncio.run(second_thread(url)),
    "close": lambda url: asyncio.run(close(url)),
}


if __name__ == "__main__":
    STORIES[sys.argv[1]](sys.argv[2])
