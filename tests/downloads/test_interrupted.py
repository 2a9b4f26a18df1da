"""Cancelled, interrupted or killed at any moment: the target is whole or absent."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NoReturn

import anyio
import attrs
import pytest

from tests.downloads.fakes import GET, FakeCaller, FakeReply, rest
from tests.downloads.steps import Erratic, cancelled_at
from tests.faults.tools.leftovers import files, left_behind
from tests.virtual_time import run_virtual
from vaultio.config import Config
from vaultio.downloads import save
from vaultio.errors import ConnectionLostError

BLOCK = bytes(range(256)) * 4096
DATA = BLOCK * 3 + b"end"


def interrupted(*, fills: bool = False) -> FakeCaller:
    """Make a caller whose body waits, breaks off, and goes on."""
    wait = partial(asyncio.sleep, 0)
    first = (BLOCK, wait, BLOCK, wait, b"", wait, ConnectionLostError("reset"))
    second = rest(DATA[2 * len(BLOCK) :], 2 * len(BLOCK), len(DATA))
    replies = [FakeReply(first, length=len(DATA)), second]
    replies = [attrs.evolve(reply, fills=fills) for reply in replies]
    return FakeCaller(replies, config=Config(max_tries=2))


@pytest.mark.parametrize("fills", [True, False])
@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("to", ["", "sub/f"], ids=["folder", "file"])
def test_cancelled_at_every_step(tmp_path: Path, times: int, to: str, fills: bool) -> None:
    """Wherever it is cancelled, and again while it cleans up: no part, handle or task is left."""

    async def cancel(step: int) -> int:
        asyncio.get_running_loop().set_default_executor(Erratic(8))
        caller = interrupted(fills=fills)
        work = save(caller, GET, tmp_path / to, fallback_name="f", on_exists="replace")
        waited, _ = await cancelled_at(set(range(step, step + times)), work)
        await asyncio.get_running_loop().shutdown_default_executor()
        assert left_behind(tmp_path, caller) == []
        return waited

    step = 1
    while run_virtual(cancel(step)) >= step:
        step += 1
    assert step > 5  # that there are steps; how many, the load decides too
    assert [path.read_bytes() for path in tmp_path.rglob("f")] == [DATA]


async def test_cancelled_while_the_disk_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that is in the disk is waited for, whatever an anyio scope does meanwhile."""
    monkeypatch.setattr("os.fsync", lambda _: time.sleep(0.2))
    caller = FakeCaller([FakeReply([b"x"])])
    used_s = time.process_time()
    with anyio.move_on_after(0.05) as scope:
        await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert scope.cancelled_caught
    assert left_behind(tmp_path, caller) == []
    assert time.process_time() - used_s < 0.1  # it waits, it does not spin


def _stop_the_task() -> None:
    signal.raise_signal(signal.SIGINT)


def _stop_at_once() -> NoReturn:
    raise KeyboardInterrupt


@pytest.mark.parametrize("stop", [_stop_the_task, _stop_at_once])
def test_interrupted_from_the_keyboard(tmp_path: Path, stop: object) -> None:
    """Control-C in mid-download leaves nothing."""
    assert callable(stop)
    caller = interrupted()
    work = save(caller, GET, tmp_path, fallback_name="f", progress=lambda done, _: done and stop())
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(work)

    assert files(tmp_path) == {}
    assert caller.open == 0


def told(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    """Make a piece that sets an event."""

    async def tell() -> None:
        event.set()

    return tell


def test_a_program_that_ends_without_waiting(tmp_path: Path) -> None:
    """`asyncio.run` cancels every task at its end, those that write as well."""
    read = asyncio.Event()
    caller = FakeCaller([FakeReply([BLOCK, BLOCK, told(read), partial(asyncio.sleep, 60)])])

    async def main() -> None:
        task = asyncio.create_task(save(caller, GET, tmp_path, fallback_name="f"))
        await read.wait()
        assert not task.done()

    asyncio.run(main())
    assert files(tmp_path) == {}
    assert caller.open == 0


def test_a_program_that_ends_while_a_download_cleans_up(tmp_path: Path) -> None:
    """Cleaning up is no task that `asyncio.run` could cancel, even if no thread is free for it."""
    read = asyncio.Event()
    caller = FakeCaller([FakeReply([BLOCK, told(read), partial(asyncio.sleep, 60)])])

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        task = asyncio.create_task(save(caller, GET, tmp_path, fallback_name="f"))
        await read.wait()
        asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.05)
        task.cancel()
        await asyncio.sleep(0.01)

    asyncio.run(main())
    assert files(tmp_path) == {}


_CHILD = """
import asyncio, os, signal, sys
from tests.downloads.fakes import GET, FakeCaller, FakeReply
from vaultio.downloads import save

folder, moment, link = sys.argv[1], sys.argv[2], os.link
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if moment == "in fsync": os.fsync = die
if moment == "before the link": os.link = die
if moment == "after the link": os.link = lambda *paths: (link(*paths), die())
progress = lambda done, _: moment == "in mid-body" and done > 2 << 20 and die()
caller = FakeCaller([FakeReply([bytes(1 << 18)] * 16, length=4 << 20)])
asyncio.run(save(caller, GET, folder + "/f", fallback_name="f", progress=progress))
"""


@pytest.mark.parametrize("moment", ["in mid-body", "in fsync", "before the link", "after the link"])
def test_killed(tmp_path: Path, moment: str) -> None:
    """SIGKILL leaves a hidden part at most; the target is whole or absent, never less."""
    root = Path(__file__).parents[2]
    child = subprocess.run([sys.executable, "-c", _CHILD, str(tmp_path), moment], cwd=root)

    assert child.returncode == -signal.SIGKILL
    whole = {"f": bytes(4 << 20)} if moment == "after the link" else {}
    assert {k: v for k, v in files(tmp_path).items() if not k.startswith(".vaultio-")} == whole
