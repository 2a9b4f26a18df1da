"""An upload that is refused, cut or answered too early: no duplicate, and the file as it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from tests.faults.tools.certificates import client_tls, server_tls
from tests.faults.tools.leftovers import left_behind
from tests.faults.tools.proxy import Course, CuttingProxy
from tests.transport.server import SUCCESS, At, answers, calls, client, failure
from vaultio import (
    FileTooLargeError,
    NotVaultError,
    OutcomeUnknownError,
    Vault,
    VaultioError,
    VaultServerError,
)
from vaultio.protocol.multipart import multipart
from vaultio.protocol.path import Path as ApiPath
from vaultio.protocol.readers import nothing
from vaultio.protocol.request import post
from vaultio.sandbox import Sandbox
from vaultio.sandbox.raw import Close, RawServer, Reaction, Reset, Send, Wait, reply

MIB = 1024 * 1024
HTML = {"Content-Type": "text/html"}
TOO_LARGE = reply(b"<html>Request Entity Too Large", status=413, headers=HTML)
GATEWAY = reply(b"<html>Bad gateway", status=502, headers=HTML)
EXCEPTION = reply({"responseStatus": "EXCEPTION", "errors": [{"type": "UNEXPECTED_ERROR"}]})
REFUSAL = failure("EXCEEDS_FILE_MAX_SIZE", "Too large.")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.fixture
async def source(tmp_path: Path) -> AsyncIterator[Path]:
    """A file of 32 MiB, more than all buffers on the way; it stays as it is, and is closed."""
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.write(b"begins")
        file.truncate(32 * MIB)
    before = path.stat()
    yield path
    after = path.stat()
    assert (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    assert [one for one in left_behind(tmp_path) if one.startswith("open")] == []


async def send(vault: Vault, path: Path) -> None:
    """Add a file, which must not be done twice."""
    with anyio.fail_after(30):
        await vault._caller.send(post(ApiPath() / "upload", multipart({}, file=path)), nothing)


REFUSED: dict[str, tuple[Reaction, type[VaultioError], str]] = {
    "413": (TOO_LARGE, NotVaultError, "HTTP 413 .*Request Entity Too Large"),
    "502": (GATEWAY, OutcomeUnknownError, "HTTP 502"),
    "exception": (EXCEPTION, VaultServerError, "UNEXPECTED_ERROR"),
    "failure": (REFUSAL, FileTooLargeError, "Too large"),
    "reset": ([Reset()], OutcomeUnknownError, "look before you repeat it"),
    "closed": ([Close()], OutcomeUnknownError, "look before you repeat it"),
}


@pytest.mark.parametrize("is_early", [False, True], ids=["at its end", "early"])
@pytest.mark.parametrize("kind", REFUSED)
async def test_an_upload_that_is_refused(
    source: Path, kind: str, is_early: bool, request: pytest.FixtureRequest
) -> None:
    """It is sent once, and the error says what happened, also when its end was not waited for."""
    if is_early:
        request.getfixturevalue("own_wire")
    reaction, error, says = REFUSED[kind]
    if is_early and isinstance(reaction, bytes):
        reaction = [Send(reaction), Wait(0.1), Close()]
    async with RawServer(answers(reaction), patience_bytes=MIB if is_early else None) as server:
        async with client(server, password=False) as vault:
            with pytest.raises(error, match=says):
                await send(vault, source)
    assert len(calls(server)) == 1


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("chunked", [False, True], ids=["sized", "chunked"])
@pytest.mark.usefixtures("own_wire")
async def test_an_early_answer_of_a_server_that_then_does_nothing(
    source: Path, tls: bool, chunked: bool
) -> None:
    """It neither reads nor closes: its answer ends the upload, the next call is another's."""
    answer = REFUSAL
    if chunked:
        head, _, body = REFUSAL.partition(b"\r\n\r\n")
        head = head[: head.index(b"Content-Length")] + b"Transfer-Encoding: chunked"
        answer = head + b"\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    script = answers([Send(CONTINUE), Wait(0.05), Send(answer), Wait(60)], SUCCESS)
    async with RawServer(script, server_tls() if tls else None, patience_bytes=MIB) as server:
        settings = {"ssl_context": client_tls()}
        async with client(server, settings, password=False) as vault:
            with pytest.raises(FileTooLargeError):
                await send(vault, source)
            with anyio.fail_after(30):
                await vault._caller.get(ApiPath() / "x", nothing)
    assert [one.connection for one in server.requests] == [1, 2]


@asynccontextmanager
async def half_closing() -> AsyncIterator[At]:
    """Serve what reads the beginning, closes its own direction, and does nothing more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(MIB)
        writer.write_eof()
        await over.wait()
        writer.close()

    over = asyncio.Event()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield At(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        over.set()
        await asyncio.sleep(0.01)


@pytest.mark.usefixtures("own_wire")
async def test_a_server_that_closes_its_direction_and_reads_no_more(source: Path) -> None:
    """No answer can come: there is nothing to wait for."""
    async with half_closing() as server, client(server, password=False) as vault:
        with pytest.raises(OutcomeUnknownError, match="without an answer"):
            await send(vault, source)


async def test_a_server_that_reads_no_more_and_says_nothing(source: Path) -> None:
    """The deadline ends that, and it is not known what became of the upload."""
    async with RawServer(answers([Wait(60)]), patience_bytes=MIB) as server:
        async with client(server, {"timeout_s": 0.5}, password=False) as vault:
            with pytest.raises(OutcomeUnknownError, match=r"within 0\.5 s"):
                await send(vault, source)
    assert len(calls(server)) == 1


async def test_a_cut_upload_makes_no_document(sandbox: Sandbox, source: Path) -> None:
    """A vault that got half of a file has no document, and a second call makes one."""
    course = Course(up_bytes=8 * MIB, end="reset")
    async with sandbox.serve() as url, CuttingProxy(url, [course, Course()]) as proxy:
        async with client(proxy) as vault:
            with pytest.raises(OutcomeUnknownError):
                await vault.documents.create_unclassified(file=source)
            assert len(await vault.documents.retrieve_all().all()) == 0
            made = await vault.documents.create_unclassified(file=source)
            assert [one.id for one in await vault.documents.retrieve_all().all()] == [made]
