"""What does a permit cost, and what of it is the store's?

A permit is one `acquire` and one `settle` of a limiter at which nobody waits. Beside it stands the
least that a store of this kind can do. For a file that is one transaction that reads a number and
writes it back, without any thread or event loop between; for a Redis server a round trip of a
script that does nothing, by the same library. Both take turns, in this process::

    python benchmarks/limiter_cost.py --rounds 9 --calls 2000

How to read the answer: of memory the processor time of a permit, in microseconds; of a store also
its time as a ratio to one bare transaction. Below 1 a permit costs less than the transaction does,
as tokens are asked for in batches and reports ride along. ``cpu`` compares processor time, which
other programs disturb least; ``time`` includes waiting for the disk. ``exchange`` is what the
limiter's own transaction takes, books and all. All figures are medians of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import define, field
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff

from vaultio.limiter import Limiter, Quota, Rules
from vaultio.limiter.reports import Report
from vaultio.limiter.stores.book_clock import Clocks
from vaultio.limiter.stores.sqlite_books import FileBooks
from vaultio.limiter.stores.sqlite_file import QuotaFile
from vaultio.protocol.quota_headers import QuotaReading

PLENTY, PLENTY_A_DAY = Quota(10_000_000, 300.0), Quota(100_000_000, 86_400.0)
READING = QuotaReading(burst_limit=PLENTY.limit)


@define
class Timed:
    """Microseconds that one of many took, in each round."""

    time_us: list[float] = field(factory=list)
    cpu_us: list[float] = field(factory=list)

    def note(self, calls: int, time_s: float, cpu_s: float) -> None:
        """Note a round."""
        self.time_us.append(time_s / calls * 1e6)
        self.cpu_us.append(cpu_s / calls * 1e6)


class Bare:
    """The least transaction: take the lock, read, write, commit."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.execute("CREATE TABLE t (name TEXT PRIMARY KEY, used INTEGER) WITHOUT ROWID")
        self._file.execute("INSERT INTO t VALUES ('a', 0)")

    def run(self) -> None:
        """Count one more."""
        self._file.execute("BEGIN IMMEDIATE")
        (used,) = self._file.execute("SELECT used FROM t WHERE name = 'a'").fetchone()
        self._file.execute("UPDATE t SET used = ? WHERE name = 'a'", (used + 1,))
        self._file.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Exchanges:
    """The limiter's transaction, alone: nine calls are reported, nine tokens granted."""

    def __init__(self, path: Path) -> None:
        rules = Rules(burst=PLENTY, daily=PLENTY_A_DAY, lease_s=30.0)
        self._books, self._number = FileBooks(QuotaFile(path), rules, "vault", Clocks()), 0
        self._report(probe="")
        self._report(probe="answered")

    def run(self) -> None:
        """Exchange once."""
        self._report(probe="")

    def close(self) -> None:
        """Let go of the file."""
        self._books.close()

    def _report(self, probe: str) -> None:
        self._number += 1
        self._books.exchange(
            Report(
                holder="a",
                number=self._number,
                bulk=1,
                spare=8,
                answered=((0.001, 9),),
                probe="answered" if probe else "",
            )
        )


async def permits(limiter: Limiter, calls: int, timed: Timed) -> None:
    """Take and settle so many permits, one after the other."""
    time_s, cpu_s = time.perf_counter(), time.process_time()
    for _ in range(calls):
        permit = await limiter.acquire("bulk")
        await permit.settle(READING)
    timed.note(calls, time.perf_counter() - time_s, time.process_time() - cpu_s)


def transactions(run: Callable[[], None], calls: int, timed: Timed) -> None:
    """Run so many transactions, one after the other."""
    time_s, cpu_s = time.perf_counter(), time.process_time()
    for _ in range(calls):
        run()
    timed.note(calls, time.perf_counter() - time_s, time.process_time() - cpu_s)


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Compare round by round, so that a slow moment of the machine is in both."""
    return statistics.median(our / their for our, their in zip(ours, theirs, strict=True))


async def sqlite(folder: Path, calls: int, rounds: int) -> None:
    """Print what a permit of a file costs."""
    bare, exchanges = Bare(folder / "bare.db"), Exchanges(folder / "exchanges.db")
    store = f"sqlite:///{folder}/quota.db"
    limiter = Limiter(burst=PLENTY, daily=PLENTY_A_DAY, store=store)
    await permits(limiter, 100, Timed())
    ours, theirs, exchanged = Timed(), Timed(), Timed()
    for _ in range(rounds):
        await permits(limiter, calls, ours)
        transactions(bare.run, calls, theirs)
        transactions(exchanges.run, calls, exchanged)
    await limiter.aclose()
    for owner in (bare, exchanges):
        owner.close()
    for name in ("time", "cpu"):
        permit, least, exchange = (getattr(one, f"{name}_us") for one in (ours, theirs, exchanged))
        print(
            f"sqlite {name}: permit {statistics.median(permit):.1f} us, "
            f"bare transaction {statistics.median(least):.1f} us, "
            f"ratio {ratio(permit, least):.2f}; exchange {statistics.median(exchange):.1f} us"
        )


@asynccontextmanager
async def redis_server(folder: Path) -> AsyncIterator[Redis]:
    """Start a server on a free port, and connect to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = ["redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", str(folder)]
    words += ["--save", "", "--appendonly", "no", "--loglevel", "warning"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    retry = Retry(ConstantBackoff(0.05), 100)
    try:
        async with Redis(port=int(port), protocol=2, retry=retry) as client:
            await client.ping()
            yield client
    finally:
        process.kill()
        process.wait()


async def round_trips(client: Redis, sha: str, calls: int, timed: Timed) -> None:
    """Run a script that does nothing, so many times."""
    time_s, cpu_s = time.perf_counter(), time.process_time()
    for _ in range(calls):
        await client.evalsha(sha, 1, "bare")
    timed.note(calls, time.perf_counter() - time_s, time.process_time() - cpu_s)


async def redis(folder: Path, calls: int, rounds: int) -> None:
    """Print what a permit of a Redis server costs."""
    async with redis_server(folder) as client:
        port = client.connection_pool.connection_kwargs["port"]
        limiter = Limiter(burst=PLENTY, daily=PLENTY_A_DAY, store=f"redis://127.0.0.1:{port}")
        sha = await client.script_load("return 1")
        await permits(limiter, 100, Timed())
        ours, theirs = Timed(), Timed()
        for _ in range(rounds):
            await permits(limiter, calls, ours)
            await round_trips(client, sha, calls, theirs)
        await limiter.aclose()
    for name in ("time", "cpu"):
        permit, least = (getattr(one, f"{name}_us") for one in (ours, theirs))
        print(
            f"redis {name}: permit {statistics.median(permit):.1f} us, "
            f"bare EVALSHA {statistics.median(least):.1f} us, ratio {ratio(permit, least):.2f}"
        )


async def memory(calls: int, rounds: int) -> None:
    """Print what a permit of this process's memory costs."""
    limiter, timed = Limiter(burst=PLENTY, daily=PLENTY_A_DAY), Timed()
    for _ in range(rounds):
        await permits(limiter, calls, timed)
    print(f"memory cpu: permit {statistics.median(timed.cpu_us):.1f} us")


async def main() -> None:
    """Measure one store after the other."""
    parser = argparse.ArgumentParser(description="What does a permit cost?")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=2_000, help="in a round")
    options = parser.parse_args()
    await memory(options.calls, options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        await sqlite(Path(folder), options.calls, options.rounds)
        if shutil.which("redis-server"):
            await redis(Path(folder), options.calls, options.rounds)
        else:
            print("redis: no redis-server to be found")


if __name__ == "__main__":
    asyncio.run(main())
