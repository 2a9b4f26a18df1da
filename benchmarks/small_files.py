"""How many files of 100 KB a second get to disk, 32 in flight?

``python -m benchmarks.small_files [--full]``. Plain HTTP, and a folder in memory. Ours names,
checks, forces to disk and renames each file; nobody else does. Stock httpx has a process of its own
(see `_apart`).
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import aiofiles
from attrs import frozen

from benchmarks import _clients
from benchmarks._apart import HTTPX, INSTALLED, with_stock_httpx
from benchmarks._crowd import in_tasks, in_threads
from benchmarks._measure import (
    Answer,
    Question,
    Run,
    Sample,
    Target,
    by_peer,
    interleave,
    timed,
)
from benchmarks._serving import Source, need
from benchmarks._setting import FILE_BYTES, Setting, alone
from benchmarks._vault import FILE_PATH

IN_FLIGHT = 32


@frozen
class Files:
    """So many files into a folder."""

    source: Source
    number: int
    folder: Path

    @property
    def url(self) -> str:
        """The address of the file."""
        return self.source.plain + FILE_PATH.format(size=FILE_BYTES)

    def target(self, number: int) -> Path:
        """Name a file."""
        return self.folder / f"{number}.bin"


async def with_vaultio(files: Files) -> Sample:
    """Download as a user of vaultio does."""
    trust = files.source.trust()
    async with _clients.vault(files.source.plain, trust, IN_FLIGHT) as vault:
        with timed() as sample:
            await in_tasks(
                files.number,
                IN_FLIGHT,
                lambda one: vault.documents.download(FILE_BYTES, to=files.target(one)),
            )
    return sample


async def with_httpx_aiohttp(files: Files) -> Sample:
    """Download with httpx on aiohttp's connections, and aiofiles."""
    async with _clients.httpx_aiohttp(files.source.trust()) as client:

        async def fetch(number: int) -> None:
            response = await client.get(files.url)
            async with aiofiles.open(files.target(number), "wb") as file:
                await file.write(response.raise_for_status().content)

        with timed() as sample:
            await in_tasks(files.number, IN_FLIGHT, fetch)
    return sample


async def with_aiohttp(files: Files) -> Sample:
    """Download with aiohttp, and write each file in one thread hop."""
    async with _clients.aiohttp_session(files.source.trust()) as session:

        async def fetch(number: int) -> None:
            async with session.get(files.url) as response:
                response.raise_for_status()
                body = await response.read()
            await asyncio.to_thread(files.target(number).write_bytes, body)

        with timed() as sample:
            await in_tasks(files.number, IN_FLIGHT, fetch)
    return sample


async def with_curl(files: Files) -> Sample:
    """Download with one curl; its start counts, as it cannot be taken away."""
    listed = files.folder / "urls"
    listed.write_text(
        "\n".join(
            f'url = "{files.url}"\noutput = "{files.target(number)}"'
            for number in range(files.number)
        )
    )
    command = [need("curl"), "-sS", "-f", "--http1.1"]
    command += ["--no-progress-meter", "-Z", "--parallel-max", str(IN_FLIGHT)]
    with timed() as sample:
        subprocess.run([*command, "-K", listed], check=True)
    listed.unlink()
    return sample


async def with_requests(files: Files) -> Sample:
    """Download with requests in threads, each with a session."""

    def work(numbers: Iterator[int]) -> None:
        with _clients.requests_session(files.source) as session:
            for number in numbers:
                response = session.get(files.url)
                response.raise_for_status()
                files.target(number).write_bytes(response.content)

    with timed() as sample:
        in_threads(files.number, IN_FLIGHT, work)
    return sample


async def with_veevatools(files: Files) -> Sample:
    """Download with veevatools in threads, each with a client."""

    def work(numbers: Iterator[int]) -> None:
        source = files.source
        documents = _clients.veevatools_documents(source, source.plain, "retrieval")
        for number in numbers:
            body = documents.download_document_file(str(FILE_BYTES))
            files.target(number).write_bytes(body)

    with timed() as sample:
        in_threads(files.number, IN_FLIGHT, work)
    return sample


PEERS: dict[str, Callable[[Files], Coroutine[Any, Any, Sample]]] = by_peer(globals())


def downloaded(peer: str, files: Files) -> Sample:
    """Download all."""
    if peer in INSTALLED:
        url, folder = files.url, files.folder
        return with_stock_httpx(peer, files.source, url, files.number, IN_FLIGHT, folder)
    return asyncio.run(PEERS[peer](files))


def fetched(peer: str, files: Files) -> Sample:
    """Download all, count what is there, and take it away."""
    files.folder.mkdir()
    try:  # a peer that is not installed says so only now
        sample = downloaded(peer, files)
        there = [path.stat().st_size for path in files.folder.iterdir()]
    finally:
        shutil.rmtree(files.folder)
    if there != [FILE_BYTES] * files.number:
        raise SystemExit(f"{peer}: {len(there)} files, {sum(there)} bytes")
    return sample


def ask(setting: Setting) -> list[Answer]:
    """Download all files, once with each peer a round."""
    files = Files(setting.source, setting.sizes.files, setting.folder / "files")
    few = Files(setting.source, min(files.number, 2 * IN_FLIGHT), files.folder)
    runs: dict[str, Run] = {peer: partial(fetched, peer, files) for peer in [*PEERS, *INSTALLED]}
    warm: dict[str, Run] = {peer: partial(fetched, peer, few) for peer in PEERS}
    samples, skipped = interleave(runs, setting.sizes.rounds, warm)
    question = Question(
        f"{files.number:,} files of 100 KB, {IN_FLIGHT} in flight",
        "files/s",
        lambda one: files.number / one.seconds,
        (Target(HTTPX, 3), Target("requests", 1)),
    )
    return [question.of(samples, skipped)]


if __name__ == "__main__":
    alone(ask, __doc__)
