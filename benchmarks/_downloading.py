"""One file to disk, by each peer as its users write it; only the download itself is timed.

`Bare` is no peer but the least that an event loop can do: bytes from the connection into a file.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
import subprocess
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiofiles
import aiofiles.os
import httpx
from attrs import frozen

from benchmarks import _clients
from benchmarks._measure import MIB, Sample, by_peer, timed
from benchmarks._serving import Source, need
from benchmarks._vault import FILE_PATH
from vaultio import Checksum


@frozen
class Job:
    """A file to fetch: *size* bytes, held against *md5* if that is given.

    With *fsync* every peer forces it to disk; ours always does.
    """

    source: Source
    tls: bool
    size: int
    target: Path
    md5: str | None = None
    fsync: bool = False

    @property
    def origin(self) -> str:
        """The server's address."""
        return self.source.url(tls=self.tls)

    @property
    def url(self) -> str:
        """The file's address."""
        return self.origin + FILE_PATH.format(size=self.size)

    def check(self, md5: str) -> None:
        """Compare the MD5; one that is wrong ends the program."""
        if self.md5 not in {None, md5}:
            raise SystemExit(f"{self.target} has another MD5: {md5}")


Fetch = Callable[[Job], Coroutine[Any, Any, Sample]]


class Writer:
    """The file of a peer that writes blocks in a thread: hashed and forced to disk if asked."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._file = job.target.open("wb", buffering=0)
        self._md5 = hashlib.md5(usedforsecurity=False)

    def write(self, blocks: Iterable[bytes]) -> None:
        """Write blocks, one after the other."""
        for block in blocks:
            if self._job.md5:
                self._md5.update(block)
            self._file.write(block)

    def close(self) -> None:
        """Check and close."""
        if self._job.fsync:
            os.fsync(self._file.fileno())
        self._file.close()
        if self._job.md5:
            self._job.check(self._md5.hexdigest())


async def coalesced(job: Job, chunks: AsyncIterator[bytes]) -> None:
    """Write 1 MiB at a time in a thread."""
    writer, blocks, size = await to_thread(Writer, job), list[bytes](), 0
    async for chunk in chunks:
        blocks.append(chunk)
        size += len(chunk)
        if size >= MIB:
            await to_thread(writer.write, blocks)
            blocks, size = [], 0
    await to_thread(writer.write, blocks)
    await to_thread(writer.close)


async def with_vaultio(job: Job) -> Sample:
    """Download as a user of vaultio does: to a part, checked, forced to disk, renamed."""
    verify = Checksum(job.size, job.md5) if job.md5 else False
    async with _clients.vault(job.origin, job.source.trust()) as vault:
        with timed() as sample:
            await vault.documents.download(job.size, to=job.target, verify=verify)
    return sample


async def with_curl(job: Job) -> Sample:
    """Download with curl, and let md5sum check; the time is curl's own, without its start."""
    command = [need("curl"), "-sS", "-f", "-o", str(job.target), "-w", "%{time_total}"]
    command += ["--cacert", str(job.source.ca_file), job.url]
    with timed() as whole:
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    with timed() as more:
        if job.md5:
            summed = subprocess.check_output([need("md5sum"), job.target], text=True)
            job.check(summed.split()[0])
        if job.fsync:
            with job.target.open("rb") as file:
                os.fsync(file.fileno())
    return Sample(float(said) + more.seconds, whole.cpu_s + more.cpu_s)


async def with_aiohttp(job: Job) -> Sample:
    """Download with aiohttp, 1 MiB a thread hop."""
    async with _clients.aiohttp_session(job.source.trust()) as session:
        with timed() as sample:
            async with session.get(job.url) as response:
                response.raise_for_status()
                await coalesced(job, response.content.iter_any())
    return sample


async def with_httpx(job: Job) -> Sample:
    """Download with httpx and aiofiles and the chunks that come, as most people write it."""
    md5 = hashlib.md5(usedforsecurity=False)
    async with _clients.stock_httpx(job.source.trust()) as client:
        with timed() as sample:
            async with (
                client.stream("GET", job.url) as response,
                aiofiles.open(job.target, "wb") as file,
            ):
                async for chunk in response.raise_for_status().aiter_bytes():
                    if job.md5:
                        md5.update(chunk)
                    await file.write(chunk)
                if job.fsync:
                    await file.flush()
                    await aiofiles.os.wrap(os.fsync)(file.fileno())
    if job.md5:
        job.check(md5.hexdigest())
    return sample


async def with_httpx_aiohttp(job: Job) -> Sample:
    """Download with httpx on aiohttp's connections, 1 MiB a thread hop."""
    async with _clients.httpx_aiohttp(job.source.trust()) as client:
        return await _streamed(client, job)


async def _streamed(client: httpx.AsyncClient, job: Job) -> Sample:
    with timed() as sample:
        async with client.stream("GET", job.url) as response:
            await coalesced(job, response.raise_for_status().aiter_raw())
    return sample


async def with_requests(job: Job) -> Sample:
    """Download with requests, 1 MiB at a time, in a thread."""
    return await to_thread(_requested, job)


def _requested(job: Job) -> Sample:
    with _clients.requests_session(job.source) as session, timed() as sample:
        writer = Writer(job)
        with session.get(job.url, stream=True) as response:
            response.raise_for_status()
            writer.write(response.iter_content(MIB))
        writer.close()
    return sample


async def with_veevatools(job: Job) -> Sample:
    """Download with veevatools, which gives the whole file in memory, in a thread."""
    documents = _clients.veevatools_documents(job.source, job.origin, "retrieval")

    def fetch() -> Sample:
        with timed() as sample:
            writer = Writer(job)
            writer.write([documents.download_document_file(str(job.size))])
            writer.close()
        return sample

    return await to_thread(fetch)


class Bare(asyncio.BufferedProtocol):
    """Asks for a file, and writes what comes into it, in the event loop; *done* at its end."""

    def __init__(self, job: Job, file: int) -> None:
        self._room, self._file, self._left = memoryview(bytearray(256 * 1024)), file, job.size
        self._request = f"GET {urlsplit(job.url).path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        self._head = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self._request.encode())

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's
        """Say where the bytes go."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Write what came, without the head."""
        came = self._room[:nbytes]
        if not self._head.endswith(b"\r\n\r\n"):
            before, self._head = len(self._head), self._head + came
            self._head = self._head[: self._head.find(b"\r\n\r\n") + 4]
            came = came[len(self._head) - before :]
        self._left -= os.write(self._file, came)
        if not self._left:
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that the end did not come."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("the server has gone"))


async def with_nothing(job: Job) -> Sample:
    """Download with `Bare`."""
    at, file = urlsplit(job.url), os.open(job.target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    trust: ssl.SSLContext | None = job.source.trust() if job.tls else None
    with timed() as sample:
        transport, protocol = await asyncio.get_running_loop().create_connection(
            lambda: Bare(job, file), at.hostname or "", at.port or 0, ssl=trust
        )
        await protocol.done
        os.close(file)
    transport.close()
    return sample


PEERS: dict[str, Fetch] = by_peer(globals())
BARE = "BufferedProtocol"


def fetched(fetch: Fetch, job: Job) -> Sample:
    """Download once, look whether all bytes are there, and take the file away."""
    sample = asyncio.run(fetch(job))
    found = job.target.stat().st_size
    job.target.unlink()
    if found != job.size:
        raise SystemExit(f"{fetch}: {found} bytes arrived, not {job.size}")
    return sample
