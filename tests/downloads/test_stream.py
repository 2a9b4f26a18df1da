"""A file as a stream of chunks."""

from __future__ import annotations

import asyncio
from functools import partial

import anyio
import pytest

from tests.downloads.fakes import GET, FakeCaller, FakeReply, checksum, cut, rest, whole
from vaultio.downloads import Checksum, open_stream
from vaultio.errors import (
    ChecksumError,
    ConnectionLostError,
    InvalidDataError,
    NotVaultError,
    TruncatedError,
)

DATA = b"hello, world"


async def read(caller: FakeCaller, expected: Checksum | None = None) -> bytes:
    """Read a stream to its end."""
    async with open_stream(caller, GET, expected=expected) as stream:
        return b"".join([chunk async for chunk in stream])


async def test_the_bytes_and_what_is_known_of_them() -> None:
    """Name, length and type are known before the first byte."""
    caller = FakeCaller([whole(DATA, "a.txt", **{"content-type": "text/plain"})])
    async with open_stream(caller, GET) as stream:
        assert (stream.name, stream.length, stream.content_type) == ("a.txt", 12, "text/plain")
        assert [chunk async for chunk in stream] == [DATA]

    assert caller.header("accept-encoding") == ["identity"]


async def test_right_bytes() -> None:
    """A stream that is what Vault knows ends in peace."""
    assert await read(FakeCaller([whole(DATA)]), checksum(DATA)) == DATA


@pytest.mark.parametrize("expected", [Checksum(13), Checksum(None, "0" * 32)])
async def test_wrong_bytes_are_told_at_the_end(expected: Checksum) -> None:
    """All chunks are handed out, then the error comes."""
    with pytest.raises(ChecksumError, match="documents/7/file"):
        await read(FakeCaller([FakeReply([DATA])]), expected)


@pytest.mark.parametrize(
    "reply",
    [
        FakeReply([DATA], length=13),
        FakeReply([DATA, b"!"], length=12),
        cut(DATA, ConnectionLostError("reset"), length=None),
    ],
)
async def test_a_cut_or_overlong_stream(reply: FakeReply) -> None:
    """Bytes that are missing or too many are a `TruncatedError`."""
    with pytest.raises(TruncatedError):
        await read(FakeCaller([reply]))


async def test_leaving_early() -> None:
    """Who has read enough leaves; the reply is closed and no task stays."""
    caller = FakeCaller([FakeReply([DATA] * 9)])
    async with open_stream(caller, GET) as stream:
        async for chunk in stream:
            assert chunk == DATA
            break

    assert caller.open == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_cancelled_while_waiting() -> None:
    """A cancelled reader closes the reply."""
    caller = FakeCaller([FakeReply([DATA, partial(anyio.sleep, 60)])])
    with anyio.move_on_after(0.01):
        await read(caller)

    assert caller.open == 0


async def read_part(replies: list[FakeReply | Exception]) -> tuple[int, bytes, int]:
    """Ask for the bytes from 7 up to 12 of the data; return start, bytes and calls."""
    caller = FakeCaller(replies)
    async with open_stream(caller, GET, expected=checksum(DATA), part=(7, 12)) as stream:
        body = b"".join([chunk async for chunk in stream])
    assert caller.header("range")[0] == "bytes=7-11"
    return stream.start, body, len(caller.requests)


async def test_a_part() -> None:
    """It comes where the server cuts it out; else the whole file does, and says so."""
    assert await read_part([rest(DATA[7:], 7, 12)]) == (7, b"world", 1)
    assert await read_part([whole(DATA)]) == (0, DATA, 1)


@pytest.mark.parametrize("refusal", [InvalidDataError("no"), NotVaultError("no", http_status=416)])
async def test_a_part_that_is_refused(refusal: Exception) -> None:
    """A server that takes no ranges is asked for the whole file."""
    assert await read_part([refusal, whole(DATA)]) == (0, DATA, 2)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (rest(DATA[6:11], 6, 12), TruncatedError),
        (rest(DATA[7:] + b"!", 7, 13), TruncatedError),
        (rest(DATA[7:], 7, 99), ChecksumError),
        (rest(DATA[7:], 7, 12, **{"content-encoding": "gzip"}), TruncatedError),
        (FakeReply([DATA], status=206), TruncatedError),
        (NotVaultError("a page", http_status=200), NotVaultError),
    ],
)
async def test_another_part(reply: FakeReply | Exception, error: type[Exception]) -> None:
    """Bytes from elsewhere, or of another file, are not handed out."""
    with pytest.raises(error):
        await read_part([reply])
