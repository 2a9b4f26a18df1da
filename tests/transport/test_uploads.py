"""Files on their way out."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Callable
from pathlib import Path as FilePath

import anyio
import pytest
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartParser

from tests.transport.server import SUCCESS, answers, calls, client
from vaultio import (
    FileTooLargeError,
    InvalidArgumentError,
    OutcomeUnknownError,
    SourceChangedError,
    UploadError,
    Vault,
)
from vaultio.protocol.multipart import Multipart, multipart
from vaultio.protocol.path import Path
from vaultio.protocol.readers import nothing
from vaultio.protocol.request import Repeat, post
from vaultio.protocol.sources import FileSource, Upload
from vaultio.sandbox.raw import RawRequest, RawServer, Reset, Send, Wait, reply
from vaultio.transport.uploads import UploadStream

DATA = bytes(range(256)) * 10_000


async def send(vault: Vault, body: Multipart, *, repeat: Repeat = Repeat.ONCE) -> None:
    """Post a body."""
    await vault._caller.send(post(Path() / "upload", body, repeat=repeat), nothing)


async def parsed(request: RawRequest) -> dict[str, str | tuple[str | None, bytes]]:
    """Read a multipart request with a parser of somebody else's."""

    async def body() -> object:
        yield request.body

    headers = Headers({"content-type": request.headers["content-type"]})
    form = await MultiPartParser(headers, body()).parse()  # type: ignore[arg-type]
    found = {
        name: (value.filename, await value.read()) if isinstance(value, UploadFile) else value
        for name, value in form.items()
    }
    await form.close()
    return found


@pytest.mark.parametrize("kind", ["path", "text", "bytes", "file", "source"])
async def test_every_kind_of_file_arrives(tmp_path: FilePath, kind: str) -> None:
    """A path, bytes, an open file and a source all arrive byte by byte, beside the fields."""
    path = tmp_path / "plän.docx"
    path.write_bytes(DATA)
    uploads: dict[str, Callable[[], Upload]] = {
        "path": lambda: path,
        "text": lambda: str(path),
        "bytes": lambda: DATA,
        "file": lambda: io.BytesIO(DATA),
        "source": lambda: FileSource(lambda: path.open("rb"), "plän.docx"),
    }
    body = multipart({"name__v": "Plan", "none": None}, file=uploads[kind](), filename="plän.docx")
    async with RawServer(answers(SUCCESS)) as server, client(server) as vault:
        await send(vault, body)
    assert await parsed(calls(server)[0]) == {"name__v": "Plan", "file": ("plän.docx", DATA)}


async def test_fields_without_a_file() -> None:
    """A multipart body may have no file."""
    async with RawServer(answers(SUCCESS)) as server, client(server) as vault:
        await send(vault, multipart({"a": "1\r\n", 'b"': "ü"}))
    assert await parsed(calls(server)[0]) == {"a": "1\r\n", "b%22": "ü"}


async def test_a_known_size_is_announced(tmp_path: FilePath) -> None:
    """The server hears how much comes, and gets exactly that."""
    (tmp_path / "f").write_bytes(DATA)
    async with RawServer(answers(SUCCESS)) as server, client(server) as vault:
        await send(vault, multipart({}, file=tmp_path / "f"))
    request = calls(server)[0]
    assert int(request.headers["content-length"]) == len(request.body)


async def test_a_body_that_is_sent_again_is_whole(tmp_path: FilePath) -> None:
    """A retry opens the file again and sends all of it."""
    (tmp_path / "f").write_bytes(DATA)
    async with RawServer(answers([Reset()], SUCCESS)) as server, client(server) as vault:
        await send(vault, multipart({}, file=tmp_path / "f"), repeat=Repeat.SAME)
    bodies = [request.body for request in calls(server)]
    assert (len(bodies), bodies[0] == bodies[1], DATA in bodies[1]) == (2, True, True)


async def test_an_add_is_not_sent_twice(tmp_path: FilePath) -> None:
    """An upload whose answer is lost is not repeated, and that is said."""
    async with RawServer(answers([Reset()])) as server, client(server) as vault:
        with pytest.raises(OutcomeUnknownError):
            await send(vault, multipart({}, file=DATA))
    assert len(calls(server)) == 1


async def test_a_file_over_the_limit_costs_no_call(tmp_path: FilePath) -> None:
    """A file that Vault would not take is refused before anything is sent, with the limit."""
    path = tmp_path / "f"
    with path.open("wb") as file:
        file.truncate(4 * 1024**3 + 1)
    async with RawServer(answers(SUCCESS)) as server, client(server) as vault:
        with pytest.raises(FileTooLargeError, match="4294967296"):
            await send(vault, multipart({}, file=path))
    assert server.requests[1:-1] == []


async def test_a_file_that_grows_while_it_is_sent() -> None:
    """A file whose size changes meanwhile is an error, not a broken document."""
    source = FileSource(lambda: io.BytesIO(DATA), "f", lambda: len(DATA) - 1)
    async with RawServer(answers(SUCCESS)) as server, client(server) as vault:
        with pytest.raises(SourceChangedError):
            await send(vault, multipart({}, file=source))


async def test_a_missing_file(tmp_path: FilePath) -> None:
    """A file that is not there is named."""
    async with RawServer(answers(SUCCESS)) as server, client(server) as vault:
        with pytest.raises(UploadError, match=r"gone\.docx"):
            await send(vault, multipart({}, file=tmp_path / "gone.docx"))


def test_a_one_shot_stream_is_refused() -> None:
    """What cannot be read twice is refused: sent again, it would send nothing."""
    with pytest.raises(InvalidArgumentError, match="seekable"):
        multipart({}, file=iter([b"x"]))  # type: ignore[arg-type]


def test_a_file_open_as_text_is_refused() -> None:
    """Letters are no bytes; that is said before anything is sent."""
    with pytest.raises(InvalidArgumentError, match="'rb'"):
        multipart({}, file=io.StringIO("letters"))  # type: ignore[arg-type]  # the mistake


def test_a_file_name_that_is_no_text(tmp_path: FilePath) -> None:
    """A name that is not UTF-8, as disks hold some, is refused like other bad values."""
    with pytest.raises(InvalidArgumentError, match="half a character"):
        multipart({}, file=tmp_path / "caf\udce9.pdf")


async def test_progress(tmp_path: FilePath) -> None:
    """Progress counts the file's bytes up to all of them."""
    told: list[tuple[int, int | None]] = []
    body = multipart({}, file=DATA, progress=lambda sent, total: told.append((sent, total)))
    async with RawServer(answers(SUCCESS)) as server, client(server) as vault:
        await send(vault, body)
    assert (told[-1], told == sorted(told)) == ((len(DATA), len(DATA)), True)


class Slow(io.BytesIO):
    """A file on a slow disk."""

    def read(self, size: int | None = -1) -> bytes:
        """Read a little, after a while."""
        time.sleep(0.15)
        return super().read(min(size or -1, 300_000))


async def test_a_long_upload_outlasts_the_timeout() -> None:
    """An upload that moves on is not ended by the time of one call; one that hangs is."""
    source = FileSource(lambda: Slow(DATA), "f")
    async with (
        RawServer(answers(SUCCESS)) as server,
        client(server, {"timeout_s": 0.8}, password=False) as vault,
    ):
        await send(vault, multipart({}, file=source))


async def test_an_answer_in_the_middle_of_an_upload() -> None:
    """A server that refuses early is heard, not mistaken for a broken connection."""
    refusal = reply({"responseStatus": "FAILURE", "errors": [{"type": "EXCEEDS_FILE_MAX_SIZE"}]})
    async with RawServer(answers([Send(refusal), Wait(0.2)])) as server, client(server) as vault:
        with anyio.fail_after(10), pytest.raises(FileTooLargeError):
            await send(vault, multipart({}, file=DATA))


async def test_a_cancelled_upload_leaves_nothing_open() -> None:
    """A cancel in mid-upload closes the file that was opened for it."""
    opened: list[io.BytesIO] = []

    def open_it() -> io.BytesIO:
        opened.append(io.BytesIO(DATA * 20))
        return opened[-1]

    async with RawServer(answers([Wait(60)])) as server, client(server) as vault:
        with anyio.move_on_after(0.3):
            await send(vault, multipart({}, file=FileSource(open_it, "f")))
    assert [file.closed for file in opened] == [True]


class Reluctant:
    """A file that is opened only when it is let go on."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.opened: list[io.BytesIO] = []

    def open(self) -> io.BytesIO:
        """Wait, and open."""
        self.begun.set()
        self.go_on.wait(10)
        self.opened.append(io.BytesIO(DATA))
        return self.opened[-1]


async def test_cancelled_while_the_file_is_opened() -> None:
    """A file whose opening nobody waits for any more is closed all the same."""
    file = Reluctant()
    upload = UploadStream(multipart({}, file=FileSource(file.open, "f")))
    opening = asyncio.create_task(upload.open())
    await asyncio.to_thread(file.begun.wait)
    opening.cancel()
    await asyncio.wait([opening])
    file.go_on.set()
    await upload.aclose()
    assert [one.closed for one in file.opened] == [True]
