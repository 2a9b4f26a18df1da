"""Reset or cut in mid-body, a last chunk that is missing, gzip that is short: never a success.

The file goes on where ranges are honoured, else is fetched again; else it is a `TruncatedError`.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Literal

import pytest

from tests.faults.tools.leftovers import files, left_behind
from tests.faults.tools.proxy import Course, CuttingProxy
from tests.transport.server import DOCUMENT, answers, calls, client
from vaultio import ConnectionLostError, TruncatedError, Vault
from vaultio.sandbox import GeneratedContent, Sandbox
from vaultio.sandbox.raw import Close, RawServer, Reaction, Reset, Send, reply

SIZE = 3_000_000
HASTY = {"max_tries": 2}
CUT = Course(down_bytes=2_000_000)
End = Literal["close", "reset"]

FILE = {"Content-Type": "application/pdf", "Content-Disposition": 'attachment;filename="a.pdf"'}
TEXT = b"the file, which is not so short that nothing of it would be left " * 20
PACKED = gzip.compress(TEXT)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(TEXT), TEXT)
SIZED = HEAD + b"Content-Length: 9999\r\n\r\n" + TEXT
ENCODED = {**FILE, "Content-Encoding": "gzip"}
DEFLATED = {**FILE, "Content-Encoding": "deflate"}
PIECES: dict[str, Reaction] = {
    "sized, closed": [Send(SIZED), Close()],
    "sized, reset": [Send(SIZED), Reset()],
    "no last chunk, closed": [Send(CHUNKED), Close()],
    "no last chunk, reset": [Send(CHUNKED), Reset()],
    "half a chunk": [Send(CHUNKED[:-100]), Close()],
    "half the last chunk": [Send(CHUNKED + b"0\r\n"), Close()],
    "to the end of the connection, reset": [Send(HEAD + b"\r\n" + TEXT), Reset()],
    "gzip, half": reply(PACKED[: len(PACKED) // 2], headers=ENCODED),
    "gzip, no trailer": reply(PACKED[:-8], headers=ENCODED),
    "gzip, half a trailer": reply(PACKED[:-4], headers=ENCODED),
    "gzip, another sum": reply(PACKED[:-8] + b"\0" * 8, headers=ENCODED),
    "gzip, the second member is short": reply(PACKED + PACKED[:-8], headers=ENCODED),
    "gzip in chunks, no trailer": reply(PACKED[:-8], headers=ENCODED, chunked=True),
    "deflate, half a sum": reply(zlib.compress(TEXT)[:-2], headers=DEFLATED),
    "gzip, nothing": reply(b"", headers=ENCODED),
}


@pytest.fixture
def document_id(sandbox: Sandbox) -> int:
    """A document of 3 MB."""
    return sandbox.documents.add("Protocol", GeneratedContent(SIZE), file_name="a.docx")


@pytest.mark.parametrize("end", ["close", "reset"])
@pytest.mark.parametrize("ranges", [True, False])
async def test_a_file_that_is_cut_once_arrives(
    sandbox: Sandbox, document_id: int, tmp_path: Path, ranges: bool, end: End
) -> None:
    """It goes on where it was cut, or is fetched again, and is right by its MD5."""
    sandbox.settings.ranges = ranges
    cut = Course(down_bytes=2_000_000, end=end)
    async with sandbox.serve() as url, CuttingProxy(url, [cut, Course()]) as proxy:
        async with client(proxy, HASTY) as vault:
            saved = await vault.documents.download(document_id, to=tmp_path, verify=True)
    assert (saved.size, saved.verified, saved.restarts) == (SIZE, "md5", 0 if ranges else 1)
    most = SIZE if ranges else 2_000_000 + SIZE
    assert most <= proxy.bytes_down < most + 100_000


async def test_a_file_that_is_always_cut(
    sandbox: Sandbox, document_id: int, tmp_path: Path
) -> None:
    """The error says how much arrived; nothing is left."""
    sandbox.settings.ranges = False
    async with sandbox.serve() as url, CuttingProxy(url, CUT) as proxy:
        async with client(proxy, HASTY) as vault:
            with pytest.raises(TruncatedError, match=r"arrived by try 2; .* 127\.0\.0\.1 ended"):
                await vault.documents.download(document_id, to=tmp_path)
    assert [left for left in left_behind(tmp_path) if str(tmp_path) in left] == []
    assert files(tmp_path) == {}


@pytest.mark.parametrize("name", PIECES)
async def test_what_is_not_whole_is_no_file(name: str, tmp_path: Path) -> None:
    """However the end of a body is told, an end that is missing is found out."""
    async with RawServer(answers(PIECES[name])) as server:
        async with client(server, {**HASTY, "max_tries": 1}) as vault:
            with pytest.raises(TruncatedError):
                await vault.documents.download(7, to=tmp_path)
    assert files(tmp_path) == {}


@pytest.mark.parametrize("name", ["no last chunk, reset", "gzip, half a trailer"])
async def test_it_is_fetched_again(name: str, tmp_path: Path) -> None:
    """What comes whole at the second try is a file like any other."""
    whole = reply(TEXT, headers=FILE)
    async with RawServer(answers(PIECES[name], whole, whole)) as server:
        async with client(server, {"max_tries": 3}) as vault:
            saved = await vault.documents.download(7, to=tmp_path)
    assert files(tmp_path) == {saved.path.name: TEXT}


async def test_json_that_is_short_is_asked_for_again() -> None:
    """An answer is read whole, or asked for again, whatever it is packed in."""
    body = gzip.compress(DOCUMENT.partition(b"\r\n\r\n")[2])
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    short, whole = (reply(data, headers=headers) for data in (body[:-4], body))
    async with RawServer(answers(short, whole)) as server, client(server) as vault:
        assert (await vault.documents.retrieve(7)).id == 7
    async with RawServer(answers(short)) as server, client(server, HASTY) as vault:
        with pytest.raises(ConnectionLostError, match="ends too early"):
            await vault.documents.retrieve(7)
    assert len(calls(server)) == 2


async def test_a_cut_stream_says_so(sandbox: Sandbox, document_id: int, hasty: Vault) -> None:
    """Those who read chunk by chunk hear of a cut at its place."""
    arrived = 0

    async def read() -> None:
        nonlocal arrived
        async with hasty.documents.open(document_id) as stream:
            async for chunk in stream:
                arrived += len(chunk)

    sandbox.faults.cut(after_bytes=1_000_000, path="/objects/documents/*/file")
    with pytest.raises(TruncatedError):
        await read()
    assert 0 < arrived <= 1_000_000
