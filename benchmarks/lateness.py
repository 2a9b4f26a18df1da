"""What does the rest of a program feel of a large download over TLS, and what does it take?

``python -m benchmarks.lateness [--full]``: ``late`` is the 99th percentile of how much later than
due a task of the same event loop wakes that sleeps 10 ms at a time; ``memory`` is the highest
resident memory above that before the download, after a small one (Linux only). Each download has
a process of its own. ``another program`` is a task that wakes late while curl downloads and its own
program does nothing: what the machine itself does to it. Of memory the worst of the rounds counts.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from functools import partial
from pathlib import Path

from attrs import asdict, evolve

from benchmarks._downloading import PEERS, Job
from benchmarks._measure import (
    MIB,
    OURS,
    Answer,
    Question,
    Run,
    Sample,
    Skipped,
    Target,
    interleave,
)
from benchmarks._raw_server import CHECKOUT
from benchmarks._serving import Source
from benchmarks._setting import Setting, alone
from benchmarks._ticker import TICK_S, idle_memory, memory, p99, tick

ELSEWHERE = "another program"
BESIDE = (OURS, "aiohttp", "httpx", "httpx-aiohttp", ELSEWHERE)


async def elsewhere(job: Job) -> Sample:
    """Have another program download, and do nothing."""
    return await asyncio.to_thread(asyncio.run, PEERS["curl"](job))


FETCHES = PEERS | {ELSEWHERE: elsewhere}


async def disturbed(peer: str, job: Job) -> Sample:
    """Download once, with a ticker beside it, and look at the clock and the memory."""
    await FETCHES[peer](evolve(job, size=MIB))  # what is imported and started at first use is idle
    job.target.unlink()
    lateness, before = list[float](), idle_memory()
    ticker = asyncio.create_task(tick(lateness))
    sample = await FETCHES[peer](job)
    await asyncio.sleep(2 * TICK_S)  # whom the download kept from waking at all is heard as well
    ticker.cancel()
    highest = memory("VmHWM")
    if job.target.stat().st_size != job.size:
        raise SystemExit(f"{peer}: {job.target.stat().st_size} bytes arrived")
    job.target.unlink()
    unknown = before is None or highest is None or peer == ELSEWHERE
    above = None if unknown else max(0, (highest or 0) - (before or 0))
    return evolve(sample, late_s=p99(lateness), memory_bytes=above)


def by_itself(peer: str, job: Job) -> Sample:
    """Measure one download in a process of its own."""
    said = {
        "peer": peer,
        "url": job.origin,
        "ca_file": str(job.source.ca_file),
        "size": job.size,
        "target": str(job.target),
    }
    command = [sys.executable, "-m", "benchmarks.lateness", "measure", json.dumps(said)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT, check=True)
    found = json.loads(done.stdout)
    if isinstance(found, str):
        raise Skipped(found)
    return Sample(**found)


def measure(said: str) -> None:
    """Do what `by_itself` asks for in this process; prints the sample, or why there is none."""
    asked = json.loads(said)
    url = asked["url"]
    source = Source("a server that runs", url, url, url, Path(asked["ca_file"]))
    job = Job(source, tls=True, size=asked["size"], target=Path(asked["target"]))
    try:
        print(json.dumps(asdict(asyncio.run(disturbed(asked["peer"], job)))))
    except ImportError as missing:
        print(json.dumps(str(missing)))


def ask(setting: Setting) -> list[Answer]:
    """Download, once with each peer a round."""
    mib = setting.sizes.file_mib
    job = Job(setting.source, tls=True, size=mib * MIB, target=setting.folder / "file")
    runs: dict[str, Run] = {peer: partial(by_itself, peer, job) for peer in BESIDE}
    samples, skipped = interleave(runs, setting.sizes.rounds)
    late = Question(
        f"{mib} MiB, TLS: how late others wake",
        "ms p99",
        lambda one: None if one.late_s is None else one.late_s * 1000,
        (Target(None, 5),),
        better="less",
    )
    more = Question(
        f"{mib} MiB, TLS: memory over idle",
        "MiB",
        lambda one: None if one.memory_bytes is None else one.memory_bytes / MIB,
        (Target(None, 12),),
        better="less",
        worst=True,
    )
    return [late.of(samples, skipped), more.of(samples, skipped)]


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2])
    else:
        alone(ask, __doc__)
