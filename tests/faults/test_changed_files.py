"""A file that changes between two ranges, wrong bytes of the right length, ranges that are wrong.

Two files are never mixed; the MD5 decides; there is one fresh try, and then a typed error.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.faults.tools.leftovers import files
from tests.transport.server import answers, calls, client
from vaultio import ChecksumError, TruncatedError
from vaultio.models import Checksum
from vaultio.sandbox.raw import Close, RawServer, Reaction, Send, reply

OLD, NEW = b"o" * 100_000, b"n" * 100_000
HALF = 50_000
MARKS: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "etag": ({"ETag": '"1"'}, {"ETag": '"2"'}),
    "no etag any more": ({"ETag": '"1"'}, {}),
    "time": (
        {"Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT"},
        {"Last-Modified": "Mon, 05 Jan 2026 10:00:01 GMT"},
    ),
    "name": (
        {"Content-Disposition": 'attachment;filename="a.pdf"'},
        {"Content-Disposition": 'attachment;filename="b.pdf"'},
    ),
}


def whole(data: bytes, marks: Mapping[str, str] | None = None) -> bytes:
    """Build the answer that brings a file."""
    return reply(data, headers={"Content-Type": "application/pdf", **(marks or {})})


def cut(data: bytes, marks: Mapping[str, str] | None = None) -> Reaction:
    """Bring half of the file, and end."""
    return [Send(whole(data, marks)[: -len(data) + HALF]), Close()]


def part(data: bytes, said: str, marks: Mapping[str, str] | None = None) -> bytes:
    """Build the answer 206 with the second half, and what it says that this is."""
    headers = {"Content-Type": "application/pdf", "Content-Range": said, **(marks or {})}
    return reply(data[HALF:], status=206, headers=headers)


REST = f"bytes {HALF}-99999/100000"


async def fetch(
    to: Path, *script: Reaction, expected: bytes | None = None, tries: int = 4
) -> tuple[bytes, list[str | None], int]:
    """Download by a script; return the bytes, the ranges asked for and the restarts."""
    known = Checksum() if expected is None else Checksum(len(expected), md5(expected))
    async with RawServer(answers(*script)) as server, client(server, {"max_tries": tries}) as vault:
        try:
            saved = await vault.documents.download(7, to=to / "f", verify=known)
        finally:
            asked = [request.headers.get("range") for request in calls(server)]
            print(asked)
    return saved.path.read_bytes(), asked, saved.restarts


def md5(data: bytes) -> str:
    """Reckon what Vault would know."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("mark", MARKS)
async def test_a_file_that_changed_meanwhile(tmp_path: Path, mark: str) -> None:
    """Where anything tells the two apart, the second half is not put behind the first."""
    before, now = MARKS[mark]
    script = cut(OLD, before), part(NEW, REST, now), whole(NEW, now)
    data, asked, restarts = await fetch(tmp_path, *script)
    assert data == NEW
    assert (asked, restarts) == ([None, f"bytes={HALF}-", None], 1)


async def test_a_file_that_changed_unseen(tmp_path: Path) -> None:
    """Where nothing but the MD5 tells them apart, that does; the file is fetched afresh."""
    script = cut(OLD), part(NEW, REST), whole(NEW)
    data, asked, restarts = await fetch(tmp_path, *script, expected=NEW)
    assert data == NEW
    assert (asked, restarts) == ([None, f"bytes={HALF}-", None], 1)


WRONG = [
    "bytes 0-49999/100000",
    "bytes 49999-99998/100000",
    "bytes 50001-99999/100000",
    f"bytes {HALF}-99999/100001",
    f"bytes {HALF}-99999/99999",
    f"bytes {HALF}-99998/100000",
    f"bytes {HALF}-99999",
    f"bytes {HALF}-99999/*, */100000",
    f"bytes=5{'0' * 30}-/100000",
    "items 50000-99999/100000",
    "",
]


async def test_a_wrong_content_range(tmp_path: Path) -> None:
    """A part that does not say that it is the one asked for is not used, not a byte of it."""
    came = await asyncio.gather(
        *(
            fetch(tmp_path / str(number), cut(OLD), part(NEW, said), whole(OLD))
            for number, said in enumerate(WRONG)
        )
    )
    assert came == [(OLD, [None, f"bytes={HALF}-", None], 1)] * len(WRONG)


@pytest.mark.parametrize(
    "answer",
    [
        reply(status=416, headers={"Content-Range": "bytes */100000"}),
        reply(b"<html>416", status=416, headers={"Content-Type": "text/html"}),
        reply({"responseStatus": "FAILURE", "errors": [{"type": "INVALID_DATA", "message": "r"}]}),
    ],
)
async def test_a_range_that_is_refused(tmp_path: Path, answer: bytes) -> None:
    """It is no reason to give up: the file is fetched from its first byte."""
    data, asked, restarts = await fetch(tmp_path, cut(OLD), answer, whole(OLD))
    assert data == OLD
    assert (asked, restarts) == ([None, f"bytes={HALF}-", None], 1)


async def test_a_range_that_is_ignored(tmp_path: Path) -> None:
    """The whole file, in place of its rest, takes the place of what was there."""
    data, asked, restarts = await fetch(tmp_path, cut(OLD), whole(NEW))
    assert data == NEW
    assert (asked, restarts) == ([None, f"bytes={HALF}-"], 1)


async def test_the_whole_file_under_206(tmp_path: Path) -> None:
    """What says that it is a part and is the whole is neither."""
    wrong = reply(NEW, status=206, headers={"Content-Type": "application/pdf"})
    with pytest.raises(TruncatedError):
        await fetch(tmp_path, wrong, tries=1)
    assert files(tmp_path) == {}


async def test_wrong_bytes_of_the_right_length(tmp_path: Path) -> None:
    """They are fetched once more, and the right ones are taken."""
    data, asked, restarts = await fetch(tmp_path, whole(OLD), whole(NEW), expected=NEW)
    assert data == NEW
    assert (asked, restarts) == ([None, None], 1)


@pytest.mark.parametrize("wrong", [OLD, NEW[1:], NEW + b"n"])
async def test_wrong_bytes_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: bytes
) -> None:
    """One fresh try, then the error; what was there before stays."""
    with pytest.raises(ChecksumError, match="Vault knows it"):
        await fetch(tmp_path, whole(wrong), expected=NEW, tries=9)
    assert files(tmp_path) == {}
    assert "[None, None]\n" in capsys.readouterr().out
