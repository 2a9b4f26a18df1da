"""Bodies that come compressed, although nobody asked for it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.transport.server import answers, client
from vaultio.sandbox.raw import RawServer, reply

FIRST, SECOND = b"a" * 100_000, b"b" * 100_000
HEADERS = {"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}


@pytest.mark.parametrize("padding", [b"", b"\0" * 512])
async def test_gzip_in_several_members_is_read_to_its_end(tmp_path: Path, padding: bytes) -> None:
    """RFC 1952 lets members follow one another: what stands in the second is not lost."""
    body = gzip.compress(FIRST) + gzip.compress(SECOND) + padding
    async with (
        RawServer(answers(reply(body, headers=HEADERS))) as server,
        client(server) as vault,
    ):
        saved = await vault.documents.download(7, to=tmp_path / "file")
    assert saved.path.read_bytes() == FIRST + SECOND
