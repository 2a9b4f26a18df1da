"""The SQLite store as programs use it: several processes, killed ones, forks, restarts."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from tests.layers import ROOT
from tests.limiter import spender
from tests.limiter.files import Holder, limiter
from tests.limiter.server import worst_window
from vaultio.errors import InvalidArgumentError, QuotaStoreError
from vaultio.limiter import Limiter, Quota
from vaultio.limiter.stores import usages
from vaultio.limiter.stores.sqlite import SqliteLedger, path_of
from vaultio.protocol.quota_headers import QuotaReading

LIMIT, WINDOW_S = 60, 2.0
posix = pytest.mark.skipif(os.name != "posix", reason="needs fork and signals")


def run(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run one of the programs of this folder to its end."""
    command = [sys.executable, "-m", f"tests.limiter.{module}", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def start(path: Path, out: Path) -> subprocess.Popen[bytes]:
    """Start a process that calls as fast as it may, and notes when."""
    with out.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.limiter.hammer", str(path)], cwd=ROOT, stdout=file
        )


def arrivals(out: Path) -> list[float]:
    """Read what a worker wrote, but for a line that it was killed in."""
    lines = out.read_text().splitlines(keepends=True)
    return [float(line) for line in lines if line.endswith("\n")]


@posix
def test_four_processes_of_which_one_is_killed(tmp_path: Path) -> None:
    """Together they keep to the limit and use it; the place of the dead is not used too early."""
    outs = [tmp_path / f"{number}.txt" for number in range(5)]
    workers = [start(tmp_path / "quota.db", out) for out in outs[:4]]
    while not all(out.stat().st_size for out in outs[:4]):
        time.sleep(0.1)
    time.sleep(3)
    workers[0].kill()
    workers.append(start(tmp_path / "quota.db", outs[4]))
    time.sleep(3)
    for worker in workers:
        worker.kill()
        worker.wait()
    times = [time_s for out in outs for time_s in arrivals(out)]

    assert worst_window(times, WINDOW_S) <= LIMIT
    assert len(times) > 0.5 * LIMIT / WINDOW_S * (max(times) - min(times))


@posix
def test_the_book_of_a_day_outlives_the_process(tmp_path: Path) -> None:
    """Who used 90,000 of 100,000, was killed and starts again may make 10,000 more."""
    path = tmp_path / "quota.db"
    assert run("spender", path).returncode == -signal.SIGKILL

    with closing(spender.open_books(path)) as books:
        assert books.usage().quotas[0].used == 90_000
        assert Holder(books, "b").ask(bulk=100_000).bulk == 10_000
        assert Holder(books, "c").ask(bulk=100_000).bulk == 0


@posix
def test_a_fork_shares_the_limit_and_nothing_else(tmp_path: Path) -> None:
    """A child with its parent's limiter is a holder of its own: both together make 60 calls."""
    done = run("forker", f"sqlite:///{tmp_path}/quota.db")
    child, parent = map(int, done.stdout.split())

    assert (child + parent, done.stderr) == (60, "")
    assert child > 10


async def test_calls_and_what_is_told_of_them(tmp_path: Path) -> None:
    """Two limiters of one file know of each other's calls, and so does who only looks."""
    path = tmp_path / "quota.db"
    one, two = limiter(path, window_s=300.0), limiter(path, window_s=300.0)
    for limits in (one, two):
        limits.serve("my.example.com")
        for _ in range(10):
            await (await limits.acquire()).settle(QuotaReading())
    used = (await one.usage()).quotas[0].used
    await one.aclose()
    await two.aclose()
    seen = await usages(f"sqlite:///{path}")

    assert used >= 20
    assert {vault: usage.quotas[0].used for vault, usage in seen.items()} == {"my.example.com": 20}


async def test_a_closed_store_has_no_thread(tmp_path: Path) -> None:
    """Nor has one that nobody called, or that nobody knows any more."""
    before, limits = set(threading.enumerate()), limiter(tmp_path / "quota.db")
    assert set(threading.enumerate()) == before
    permit = await limits.acquire()
    assert set(threading.enumerate()) > before
    await permit.give_back()
    await limits.aclose()

    for thread in set(threading.enumerate()) - before:
        await anyio.to_thread.run_sync(thread.join, 10)
        assert not thread.is_alive()
    assert not (tmp_path / "quota.db-wal").exists()


async def test_the_event_loop_goes_on_while_the_file_is_held(tmp_path: Path) -> None:
    """Somebody else's long transaction delays calls of this limiter, and nothing else."""
    path, ticks = tmp_path / "quota.db", 0
    limits = limiter(path)
    await (await limits.acquire()).settle(QuotaReading())
    other = await anyio.to_thread.run_sync(hold, path)
    waiting = asyncio.create_task(limits.usage())
    for _ in range(20):
        await anyio.sleep(0.01)
        ticks += not waiting.done()
    await anyio.to_thread.run_sync(other.close)

    assert (await waiting).quotas[0].used >= 1
    assert ticks == 20
    await limits.aclose()


async def test_a_file_that_is_never_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an error in bounded time; later all goes on."""
    monkeypatch.setattr("vaultio.limiter.stores.sqlite_file.BUSY_S", 0.1)
    monkeypatch.setattr("vaultio.limiter.stores.sqlite.HELD_S", 0.2)
    path = tmp_path / "quota.db"
    limits = limiter(path)
    await (await limits.acquire()).settle(QuotaReading())
    other = await anyio.to_thread.run_sync(hold, path)
    with pytest.raises(QuotaStoreError, match=r"quota\.db: another process holds it"):
        await limits.usage()
    await anyio.to_thread.run_sync(other.close)
    await anyio.sleep(0.3)

    assert (await limits.usage()).quotas[0].used >= 1
    await limits.aclose()


def hold(path: Path) -> sqlite3.Connection:
    """Begin a transaction that keeps others out until the connection is closed."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


async def test_a_call_whose_task_is_cancelled_loses_no_token(tmp_path: Path) -> None:
    """What was granted after the cancel is there for the next call."""
    path = tmp_path / "quota.db"
    limits = limiter(path, limit=4, window_s=300.0)
    await (await limits.acquire()).settle(QuotaReading())
    other = await anyio.to_thread.run_sync(hold, path)
    asking = asyncio.create_task(limits.acquire())
    await anyio.sleep(0.05)
    asking.cancel()
    await anyio.to_thread.run_sync(other.close)
    for _ in range(3):
        await limits.acquire(max_wait_s=1)

    assert (await limits.usage()).quotas[0].left == 0
    await limits.aclose()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///quota.db", lambda: Path.cwd() / "quota.db"),
        ("sqlite:////var/lib/a b/quota.db", lambda: Path("/var/lib/a b/quota.db").absolute()),
        ("sqlite:///C:/data/quota.db", lambda: Path("C:/data/quota.db").absolute()),
    ],
)
def test_urls(url: str, path: Callable[[], Path]) -> None:
    """Three slashes and a path, relative to the folder in which the program was started."""
    assert path_of(url) == path()
    assert SqliteLedger.at(url).path == path()


@pytest.mark.parametrize("url", ["sqlite://quota.db", "sqlite:///", "sqlite:///:memory:"])
def test_urls_that_name_no_file(url: str) -> None:
    """They are refused at once."""
    with pytest.raises(InvalidArgumentError, match="names no file"):
        Limiter(burst=Quota(1, 1.0), store=url)


def test_usages_of_what_is_not_there(tmp_path: Path) -> None:
    """Nothing is made where nothing is."""
    with pytest.raises(QuotaStoreError, match=r"quota\.db"):
        asyncio.run(usages(f"sqlite:///{tmp_path}/quota.db"))
    with pytest.raises(InvalidArgumentError):
        asyncio.run(usages("memory:"))

    assert list(tmp_path.iterdir()) == []
