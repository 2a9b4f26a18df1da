"""A file as a stream of chunks."""

from __future__ import annotations

import asyncio
from functools import partial

import anyio
import pytest

from tests.downloads.fakes import GET, FakeCaller, FakeReply, checksum, cut, whole
from vaultio.downloads import Checksum, open_stream
from vaultio.errors import ChecksumError, ConnectionLostError, TruncatedError

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
