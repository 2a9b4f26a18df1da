"""A drip, a stall, announcements (1xx) without end: minimum speed and deadline end them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from tests.faults.tools.leftovers import files
from tests.faults.tools.proxy import Course, CuttingProxy
from tests.transport.server import DOCUMENT, answers, calls, client
from vaultio import DeadlineError, StalledError
from vaultio.sandbox import GeneratedContent, Sandbox
from vaultio.sandbox.raw import RawRequest, RawServer, Send, Step, Wait

HASTY = {"stall_s": 0.4, "minimum_bytes_per_s": 100_000}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
FILE = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"
KINDS = ("nothing", "half a head", "a slow head", "1xx, quickly", "1xx, slowly", "a slow body")


def endless(kind: str) -> Iterator[Step]:
    """Answer without ever coming to an end."""
    if kind == "nothing":
        yield Wait(60)
    elif kind == "half a head":
        yield from (Send(HEAD), Wait(60))
    elif kind == "a slow head":
        yield Send(HEAD + b"X-Long: " + b"x" * 50_000, 50)
    elif kind == "a slow body":
        yield Send(HEAD + b"Content-Length: 9999\r\n\r\n")
        yield Send(b"{" * 9999, 20)
    while True:
        yield Send(CONTINUE * (1000 if "quickly" in kind else 1))
        yield Wait(0.0 if "quickly" in kind else 0.05)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_call_ends_with_its_deadline(kind: str) -> None:
    """However much or little comes, it is not an answer; the next call gets its own."""

    def react(request: RawRequest) -> Iterator[Step] | bytes:
        return DOCUMENT if request.target.endswith("/8") else endless(kind)

    async with RawServer(react) as server, client(server, password=False) as vault:
        with anyio.fail_after(20), pytest.raises(DeadlineError, match=r"0\.4 s"):
            await vault.with_options(timeout_s=0.4).documents.retrieve(7)
        assert (await vault.documents.retrieve(8)).id == 7
    assert len(calls(server)) == 2


@pytest.mark.parametrize("head", [b"Content-Length: 999999\r\n\r\n", b"\r\n"])
@pytest.mark.parametrize("rate", [None, 5_000])
async def test_a_file_that_is_too_slow(head: bytes, rate: float | None, tmp_path: Path) -> None:
    """It stands still or drips, its length announced or not: it is given up once, for good."""
    body: list[Step] = [
        Send(FILE + head),
        Send(b"x" * 100_000),
        Send(b"x" * 500_000, rate),
        Wait(60),
    ]
    if rate is None:
        del body[2]
    async with RawServer(answers(body)) as server, client(server, HASTY) as vault:
        with anyio.fail_after(20), pytest.raises(StalledError, match="slower than 100000 bytes/s"):
            await vault.documents.download(7, to=tmp_path)
    assert (files(tmp_path), len(calls(server))) == ({}, 1)


async def test_a_file_that_keeps_the_minimum_for_ever(tmp_path: Path) -> None:
    """A deadline of its own ends it."""
    body: list[Step] = [Send(FILE + b"\r\n"), Send(b"x" * 3_000_000, 300_000)]
    settings = {**HASTY, "download_timeout_s": 0.6}
    async with RawServer(answers(body)) as server, client(server, settings) as vault:
        with anyio.fail_after(20), pytest.raises(StalledError, match=r"not there after 0\.6 s"):
            await vault.documents.download(7, to=tmp_path)
    assert files(tmp_path) == {}


async def test_a_stream_that_stands_still() -> None:
    """Those who read chunk by chunk are told as well."""
    body: list[Step] = [Send(FILE + b"\r\n" + b"x" * 100), Wait(60)]
    async with RawServer(answers(body)) as server, client(server, HASTY) as vault:
        with anyio.fail_after(20), pytest.raises(StalledError):
            async with vault.documents.open(7) as stream:
                assert b"".join([chunk async for chunk in stream]) == b"x" * 100


@pytest.mark.parametrize(
    ("course", "arrives"),
    [
        (Course(bytes_per_second=2_000_000, slice_bytes=5_000), True),
        (Course(bytes_per_second=20_000, slice_bytes=1_000), False),
        (Course(down_bytes=200_000, end="blackhole"), False),
    ],
    ids=["slow, not too slow", "too slow", "a black hole"],
)
async def test_a_network_that_is_slow(
    sandbox: Sandbox, tmp_path: Path, course: Course, arrives: bool
) -> None:
    """What keeps the minimum arrives, what does not is given up."""
    document_id = sandbox.documents.add("Protocol", GeneratedContent(400_000), file_name="a")
    async with sandbox.serve() as url, CuttingProxy(url, course) as proxy:
        # What is to arrive may stand still for as long as a busy machine takes.
        stall_s = 3.0 if arrives else 0.4
        async with client(proxy, {**HASTY, "stall_s": stall_s}) as vault:
            call = vault.documents.download(document_id, to=tmp_path)
            if arrives:
                assert (await call).size == 400_000
            else:
                with anyio.fail_after(20), pytest.raises(StalledError):
                    await call
    assert len(files(tmp_path)) == arrives
