"""How fast does a large file leave as a form with a file in it?

``python -m benchmarks.upload [--full]``: a document is created from a file that lies in memory.
The other side takes the bytes and forgets them; it is always the small server in Python.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from asyncio import to_thread
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from attrs import frozen

from benchmarks import _clients
from benchmarks._measure import (
    MIB,
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
from benchmarks._setting import Setting, alone
from benchmarks._vault import CREATED, ROOT

FIELDS = {
    "name__v": "Cleaning of vessels",
    "type__v": "SOP",
    "lifecycle__v": "General Lifecycle",
    "major_version_number__v": "0",
    "minor_version_number__v": "1",
}


@frozen
class Form:
    """A file to send."""

    source: Source
    path: Path

    @property
    def url(self) -> str:
        """Where it goes."""
        return self.source.uploads + ROOT


def check(body: bytes) -> None:
    """Look whether the server said what it says to a whole upload."""
    if body != CREATED:
        raise SystemExit(f"the server answered {body[:200]!r}")


async def with_vaultio(form: Form) -> Sample:
    """Create a document as a user of vaultio does."""
    async with _clients.vault(form.source.uploads, form.source.trust()) as vault:
        with timed() as sample:
            await vault.documents.create(FIELDS, file=form.path)
    return sample


async def with_curl(form: Form) -> Sample:
    """Send with curl; the time is curl's own, without its start."""
    command = [need("curl"), "-sS", "-f", "-o", os.devnull, "-w", "%{time_total}"]
    command += [f"-F{name}={value}" for name, value in FIELDS.items()]
    with timed() as whole:
        said = subprocess.check_output([*command, f"-Ffile=@{form.path}", form.url])
    return Sample(float(said), whole.cpu_s)


async def _with_httpx(client: httpx.AsyncClient, form: Form) -> Sample:
    async with client:
        with timed() as sample, form.path.open("rb") as file:
            response = await client.post(form.url, data=FIELDS, files={"file": file})
    check(response.content)
    return sample


async def with_httpx(form: Form) -> Sample:
    """Send with httpx and ``files=``."""
    return await _with_httpx(_clients.stock_httpx(form.source.trust()), form)


async def with_httpx_aiohttp(form: Form) -> Sample:
    """Send with httpx and ``files=`` on aiohttp's connections."""
    return await _with_httpx(_clients.httpx_aiohttp(form.source.trust()), form)


async def with_aiohttp(form: Form) -> Sample:
    """Send with aiohttp's form."""
    import aiohttp

    async with _clients.aiohttp_session(form.source.trust()) as session:
        with timed() as sample, form.path.open("rb") as file:
            data = aiohttp.FormData(FIELDS)
            data.add_field("file", file, filename=form.path.name)
            async with session.post(form.url, data=data) as response:
                body = await response.read()
    check(body)
    return sample


async def with_requests(form: Form) -> Sample:
    """Send with requests and ``files=``, which reads the whole file first, in a thread."""

    def send() -> Sample:
        with _clients.requests_session(form.source) as session, form.path.open("rb") as file:
            with timed() as sample:
                response = session.post(form.url, data=FIELDS, files={"file": file})
            check(response.content)
        return sample

    return await to_thread(send)


async def with_veevatools(form: Form) -> Sample:
    """Create a document with veevatools, in a thread."""
    documents = _clients.veevatools_documents(form.source, form.source.uploads, "creation")

    def send() -> Sample:
        with timed() as sample:
            documents.create_single_document(
                str(form.path),
                name_v=FIELDS["name__v"],
                type_v=FIELDS["type__v"],
                lifecycle_v=FIELDS["lifecycle__v"],
                major_version_number_v=0,
                minor_version_number_v=1,
            )
        return sample

    return await to_thread(send)


PEERS: dict[str, Callable[[Form], Coroutine[Any, Any, Sample]]] = by_peer(globals())


def sent(peer: str, form: Form) -> Sample:
    """Send once."""
    return asyncio.run(PEERS[peer](form))


def ask(setting: Setting) -> list[Answer]:
    """Send the file, once with each peer a round."""
    mib = setting.sizes.upload_mib
    large, small = (Form(setting.source, setting.folder / name) for name in ("large", "small"))
    block = os.urandom(MIB)
    for form, blocks in ((large, mib), (small, 1)):
        with form.path.open("wb") as file:
            file.writelines(block for _ in range(blocks))
    runs: dict[str, Run] = {peer: partial(sent, peer, large) for peer in PEERS}
    warm: dict[str, Run] = {peer: partial(sent, peer, small) for peer in PEERS}
    samples, skipped = interleave(runs, setting.sizes.rounds, warm)
    large.path.unlink()
    question = Question(
        f"{mib} MiB sent as multipart",
        "MiB/s",
        lambda one: mib / one.seconds,
        (Target("curl", 1), Target("httpx", 2)),
    )
    return [question.of(samples, skipped)]


if __name__ == "__main__":
    alone(ask, __doc__)
