"""How fast does one large file get to disk, and what does the rest of the program feel of it?

vaultio stands beside curl, beside plain httpx with aiofiles as most people write it, and beside
the same with the MD5 and the fsync that vaultio never leaves out. All fetch the same bytes, in
turns, from a server of this machine that does nothing but send; each download has a process to
itself, and only the download is timed::

    python benchmarks/download.py --mib 256 --rounds 5

How to read the answer: a ratio of 1 means as fast as that peer, 0.5 half as fast. What counts is
how the figures of one run compare: the speed itself is that of the machine and its disk. curl
and plain httpx neither reckon an MD5 nor wait for the disk, so the honest peer is ``checked``.
``cpu`` is the processor time of the download, which other programs disturb least.
``late`` is the 99th percentile of how much later than due a task of the same event loop wakes
that sleeps 10 ms at a time; ``memory`` is the highest resident memory above that before the
download (Linux only).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiofiles
import aiofiles.os
import httpx
from attrs import asdict, frozen

from vaultio import SessionId, Vault

MIB = 1024 * 1024
TICK_S = 0.01
PATH = "/api/v11.0/objects/documents/{mib}/file"
Fetch = Callable[[str, int, Path], Awaitable[float]]


@frozen
class Figures:
    """What one download came to; None where it cannot be measured."""

    seconds: float
    cpu_s: float
    late_s: float | None = None
    memory_bytes: int | None = None


async def with_vaultio(url: str, mib: int, target: Path) -> float:
    """Download as a user of vaultio does: checked, hashed, forced to disk."""
    async with Vault(url, SessionId("nobody"), api_version="v11.0") as vault:
        begun = time.perf_counter()
        await vault.documents.download(mib, to=target)
        return time.perf_counter() - begun


async def with_httpx(url: str, mib: int, target: Path) -> float:
    """Download as one does by hand."""
    async with httpx.AsyncClient() as client:
        begun = time.perf_counter()
        async with (
            client.stream("GET", url + PATH.format(mib=mib)) as response,
            aiofiles.open(target, "wb") as file,
        ):
            async for chunk in response.aiter_bytes():
                await file.write(chunk)
        return time.perf_counter() - begun


async def with_checks(url: str, mib: int, target: Path) -> float:
    """Download by hand, reckon the MD5, and wait until the disk has it."""
    async with httpx.AsyncClient() as client:
        begun, md5 = time.perf_counter(), hashlib.md5(usedforsecurity=False)
        async with (
            client.stream("GET", url + PATH.format(mib=mib)) as response,
            aiofiles.open(target, "wb") as file,
        ):
            async for chunk in response.aiter_bytes():
                md5.update(chunk)
                await file.write(chunk)
            await file.flush()
            await aiofiles.os.wrap(os.fsync)(file.fileno())
        return time.perf_counter() - begun


async def with_curl(url: str, mib: int, target: Path) -> float:
    """Download with curl; the time is what it says itself, without its start."""
    command = ["curl", "-sS", "-f", "-o", str(target), "-w", "%{time_total}"]
    done = await asyncio.create_subprocess_exec(
        *command, url + PATH.format(mib=mib), stdout=subprocess.PIPE
    )
    said, _ = await done.communicate()
    return float(said)


PEERS: dict[str, Fetch] = {
    "vaultio": with_vaultio,
    "curl": with_curl,
    "httpx": with_httpx,
    "checked": with_checks,
}


async def tick(lateness: list[float]) -> None:
    """Wake every 10 ms, and note how late."""
    while True:
        due = time.perf_counter() + TICK_S
        await asyncio.sleep(TICK_S)
        lateness.append(time.perf_counter() - due)


def processor_s() -> float:
    """Seconds of processor time that this process and its ended children took so far."""
    times = os.times()
    return sum(times[:4])


def memory(field: str) -> int | None:
    """Read a figure of this process in bytes: ``VmRSS`` is now, ``VmHWM`` the highest so far."""
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


async def measure(peer: str, url: str, mib: int, folder: Path) -> Figures:
    """Download once, with a ticker beside it, and look at the clock and the memory."""
    target, lateness = folder / peer, list[float]()
    await PEERS[peer](url, 1, target)  # what is imported and started at first use is idle memory
    target.unlink()
    before = memory("VmRSS")
    if before is not None:
        Path("/proc/self/clear_refs").write_text("5")  # the highest so far begins anew
    ticker, cpu_s = asyncio.create_task(tick(lateness)), processor_s()
    seconds = await PEERS[peer](url, mib, target)
    ticker.cancel()
    cpu_s = processor_s() - cpu_s
    highest = memory("VmHWM")
    if target.stat().st_size != mib * MIB:
        raise SystemExit(f"{peer}: {target.stat().st_size} bytes arrived")
    if peer == "curl" or len(lateness) < 2:
        return Figures(seconds, cpu_s)
    late_s = statistics.quantiles(lateness, n=100, method="inclusive")[98]
    above = None if before is None or highest is None else max(0, highest - before)
    return Figures(seconds, cpu_s, late_s, above)


def serve() -> None:
    """Send files on 127.0.0.1 until killed; prints the address. A file's id is its size in MiB."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


def answer(connection: socket.socket) -> None:
    """Answer one request after the other, until the client has gone."""
    block = os.urandom(MIB)
    with connection, connection.makefile("rb") as reader:
        while line := reader.readline():
            mib = int(line.split()[1].split(b"/")[-2])
            while reader.readline().strip():
                pass
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Length: {mib * MIB}\r\n"
                "Content-Type: application/octet-stream\r\n"
                'Content-Disposition: attachment;filename="file.bin"\r\n\r\n'
            )
            try:
                connection.sendall(head.encode())
                for _ in range(mib):
                    connection.sendall(block)
            except OSError:
                return


@contextmanager
def served() -> Iterator[str]:
    """Run the server in a process of its own; gives its address."""
    command = [sys.executable, __file__, "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def alone(peer: str, url: str, mib: int, folder: str) -> Figures:
    """Measure one download in a process of its own."""
    command = [sys.executable, __file__, "measure", peer, url, str(mib), folder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    Path(folder, peer).unlink()
    return Figures(**json.loads(done.stdout))


def compare(mib: int, rounds: int, folder: str | None) -> None:
    """Let all peers fetch in turns, and print a line a figure."""
    peers = [peer for peer in PEERS if peer != "curl" or shutil.which("curl")]
    results = {peer: list[Figures]() for peer in peers}
    with served() as url, tempfile.TemporaryDirectory(dir=folder) as place:
        for _ in range(rounds):
            for peer in peers:
                results[peer].append(alone(peer, url, mib, place))
    speeds = {peer: [mib / one.seconds for one in results[peer]] for peer in peers}
    median = {peer: statistics.median(speeds[peer]) for peer in peers}
    for peer, each in speeds.items():
        spread = f"{min(each):.0f} to {max(each):.0f}"
        print(f"{peer:<10} speed   {median[peer]:7.0f} MiB/s, median of {rounds}, {spread}")
    for peer in peers[1:]:
        print(f"vaultio is {median['vaultio'] / median[peer]:.2f} times as fast as {peer}")
    for peer in peers:
        used_s = statistics.median(one.cpu_s for one in results[peer])
        print(f"{peer:<10} cpu     {used_s / mib * 1024:7.2f} s a GiB, median of {rounds}")
    for peer in peers:
        late = [one.late_s for one in results[peer] if one.late_s is not None]
        more = [one.memory_bytes for one in results[peer] if one.memory_bytes is not None]
        if late:
            print(f"{peer:<10} late    {max(late) * 1000:7.1f} ms p99, worst of {rounds}")
        if more:
            print(f"{peer:<10} memory  {max(more) / MIB:7.1f} MiB more, worst of {rounds}")


def main() -> None:
    """Compare, or do one of the two steps that have a process of their own."""
    if sys.argv[1:2] == ["serve"]:
        return serve()
    if sys.argv[1:2] == ["measure"]:
        peer, url, mib, folder = sys.argv[2:]
        print(json.dumps(asdict(asyncio.run(measure(peer, url, int(mib), Path(folder))))))
        return None
    parser = argparse.ArgumentParser(description="One download to disk, beside its peers.")
    parser.add_argument("--mib", type=int, default=256, help="the file's size (default 256)")
    parser.add_argument("--rounds", type=int, default=5, help="downloads a peer (default 5)")
    parser.add_argument("--folder", help="where to write, if not the system's temporary folder")
    options = parser.parse_args()
    return compare(options.mib, options.rounds, options.folder)


if __name__ == "__main__":
    main()
