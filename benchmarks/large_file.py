"""How fast does one large file get to disk, and what does it cost?

``python -m benchmarks.large_file [--full]``: over TLS, without it, with its MD5 checked, and on a
real disk that everybody waits for. Ours always writes to a part, checks the length, forces the
bytes to disk and renames; in a folder in memory, where all but the last question are asked,
forcing costs nothing, so that it is not what is compared.
"""

from __future__ import annotations

import hashlib
from functools import partial
from urllib.request import urlopen

from attrs import evolve

from benchmarks._downloading import BARE, PEERS, Job, fetched, with_nothing
from benchmarks._measure import MIB, Answer, Question, Run, Target, interleave
from benchmarks._setting import Setting, alone

TLS = (Target("curl", 0.9, 1.1), Target("aiohttp", 0.95), Target("httpx", 6))
PLAIN = (Target("curl", 1.0, 2.0), Target("httpx", 3))


def ask(setting: Setting) -> list[Answer]:
    """Download, once with each peer a round."""
    mib = setting.sizes.file_mib
    job = Job(setting.source, tls=True, size=mib * MIB, target=setting.folder / "file")
    name = f"{mib} MiB to disk"
    return [
        *_asked(setting, f"{name}, TLS", job, TLS, cpu_title=f"{name}, TLS: processor"),
        *_asked(setting, f"{name}, plain", evolve(job, tls=False), PLAIN),
        *_asked(
            setting,
            f"{name}, TLS, MD5 checked",
            evolve(job, md5=md5_of(job)),
            (Target("httpx", 5),),
        ),
        *_asked(
            setting,
            f"{name}, TLS, fsync by all",
            evolve(job, target=setting.disk / "file", fsync=True),
        ),
    ]


def _asked(
    setting: Setting,
    title: str,
    job: Job,
    targets: tuple[Target, ...] = (),
    cpu_title: str | None = None,
) -> list[Answer]:
    """Let all peers fetch; where processor time is asked for, the barest client is one of them."""
    mib = job.size / MIB
    fetches = PEERS | ({BARE: with_nothing} if cpu_title else {})
    # A small file first: what is started at first use is no part of the question.
    small = evolve(job, size=MIB, md5=None)
    runs: dict[str, Run] = {peer: partial(fetched, one, job) for peer, one in fetches.items()}
    warm: dict[str, Run] = {peer: partial(fetched, one, small) for peer, one in fetches.items()}
    samples, skipped = interleave(runs, setting.sizes.rounds, warm)
    speed = Question(title, "MiB/s", lambda one: mib / one.seconds, targets)
    answers = [speed.of(samples, skipped)]
    if cpu_title:
        cpu = Question(
            cpu_title,
            "s a GiB",
            lambda one: one.cpu_s / mib * 1024,
            (Target(BARE, 1.6),),
            better="less",
        )
        answers.append(cpu.of(samples, skipped))
    return answers


def md5_of(job: Job) -> str:
    """Ask the server for the file, and reckon its MD5."""
    md5 = hashlib.md5(usedforsecurity=False)
    with urlopen(job.url, context=job.source.trust()) as answer:
        while block := answer.read(MIB):
            md5.update(block)
    return md5.hexdigest()


if __name__ == "__main__":
    alone(ask, __doc__)
