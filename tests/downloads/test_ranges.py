"""Where the bytes of a reply belong, header by header: never behind bytes of another file."""

from __future__ import annotations

import pytest

from tests.downloads.fakes import FakeReply
from vaultio.downloads.integrity import check, verified
from vaultio.downloads.ranges import ContentRange, Facts, Place, place
from vaultio.errors import ChecksumError
from vaultio.models.checksum import Checksum

MARKS = {"etag": "m", "last-modified": "Mon", "content-disposition": "a.pdf"}
KNOWN = Facts(10, "m", False, "Mon", "a.pdf")


def reply(
    said: str | None = None, status: int = 206, length: int | None = None, **more: str
) -> FakeReply:
    """Make a reply whose ``Content-Range`` is *said*."""
    headers = {} if said is None else {"content-range": said}
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return FakeReply([], status=status, headers={**headers, **named}, length=length)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("bytes 0-9/10", (0, 10, 10)),
        (" Bytes 4-9/* ", (4, 10, None)),
        ("bytes 0-0/1", (0, 1, 1)),
        ("bytes 0-10/10", None),
        ("bytes 5-4/10", None),
        ("bytes 5-5/10", (5, 6, 10)),
        ("items 0-9/10", None),
        ("bytes */10", None),
        ("bytes 0-1234567890123456789/*", None),
    ],
)
def test_content_range(said: str, found: tuple[int, int, int | None] | None) -> None:
    """The end is counted without; what cannot be is none."""
    assert ContentRange.of(reply(said)) == (found and ContentRange(*found))
    assert ContentRange.of(reply()) is None


@pytest.mark.parametrize(
    ("encoding", "is_encoded"), [(None, False), ("", False), (" Identity ", False), ("gzip", True)]
)
def test_facts(encoding: str | None, is_encoded: bool) -> None:
    """What a whole reply tells of its file."""
    said = {} if encoding is None else {"content-encoding": encoding}
    headers = {**MARKS, **said}

    found = Facts.of(FakeReply([], headers=headers, length=10))

    assert found == Facts(10, "m", is_encoded, "Mon", "a.pdf")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (KNOWN, True),
        (Facts(None, "m"), True),
        (Facts(10, None, False, "Mon", "a.pdf"), False),
        (Facts(10, "n", False, "Mon", "a.pdf"), False),
        (Facts(10, "m", False, "Tue", "a.pdf"), False),
        (Facts(10, "m", False, "Mon", "b.pdf"), False),
        (Facts(10, "m", False, None, "a.pdf"), True),
        (Facts(10, "m", False, "Mon", None), True),
    ],
)
def test_the_same_file(other: Facts, same: bool) -> None:
    """A name or a time may be left out; the mark must come again; both ways."""
    assert (KNOWN.same_file(other), other.same_file(KNOWN)) == (same, same)


@pytest.mark.parametrize(
    ("arrived", "asked", "where"),
    [
        (reply(None, 200), None, "whole"),
        (reply(None, 200), 4, "whole"),
        (reply(None, 206), None, "elsewhere"),
        (reply(None, 206), 4, "elsewhere"),
        (reply("bytes 0-9/10"), None, "whole"),
        (reply("bytes 0-9/10", 200), None, "whole"),
        (reply("bytes 0-8/10"), None, "elsewhere"),
        (reply("bytes 1-9/10"), None, "elsewhere"),
        (reply("bytes 0-9/*"), None, "elsewhere"),
        (reply("bytes 4-9/10", etag="m"), 4, "continued"),
        (reply("bytes 4-9/10", 200, etag="m"), 4, "continued"),
        (reply("bytes 4-9/*", etag="m"), 4, "continued"),
        (reply("bytes 4-9/10", length=6, etag="m"), 4, "continued"),
        (reply("bytes 4-9/10", length=7, etag="m"), 4, "elsewhere"),
        (reply("bytes 4-9/10", etag="n"), 4, "elsewhere"),
        (reply("bytes 4-9/11", etag="m"), 4, "elsewhere"),
        (reply("bytes 4-10/*", etag="m"), 4, "elsewhere"),
        (reply("bytes 4-9/10", etag="m"), 5, "elsewhere"),
        (reply("bytes 4-3/10", etag="m"), 4, "elsewhere"),
        (reply("bytes 4-9/10", etag="m", content_encoding="gzip"), 4, "elsewhere"),
        (reply("bytes 4-7/10", etag="m"), 4, "continued"),
    ],
)
def test_place(arrived: FakeReply, asked: int | None, where: Place) -> None:
    """Behind what is there only if all agrees; whole only if it is."""
    assert place(arrived, asked, KNOWN) == where


def test_a_part_of_a_file_whose_length_nobody_said() -> None:
    """It goes on if the part says it; with no length at all nothing is sure."""
    known = Facts(None, "m")
    assert place(reply("bytes 4-9/10", etag="m"), 4, known) == "continued"
    assert place(reply("bytes 4-9/*", etag="m"), 4, known) == "elsewhere"


@pytest.mark.parametrize(
    ("expected", "size", "md5"),
    [
        (Checksum(3, None), 2, None),
        (Checksum(3, None), 4, None),
        (Checksum(None, "aB"), 3, "ac"),
        (Checksum(0, None), 1, None),
    ],
)
def test_the_wrong_bytes(expected: Checksum, size: int, md5: str | None) -> None:
    """Too few, too many, or others."""
    with pytest.raises(ChecksumError, match="f: "):
        check("f", expected, size=size, md5=md5)


def test_the_right_bytes() -> None:
    """What Vault does not know, or nobody reckoned, is not held against anything."""
    for expected in (Checksum(3, " AB "), Checksum(None, "ab"), Checksum(3, ""), Checksum()):
        check("f", expected, size=3, md5="ab")
    check("f", Checksum(3, "cd"), size=3, md5=None)


def test_what_a_file_was_held_against() -> None:
    """Never more than that."""
    assert verified(Checksum(3, "ab"), length_known=True) == "md5"
    assert verified(Checksum(3, None), length_known=False) == "length"
    assert verified(Checksum(0, ""), length_known=False) == "length"
    assert verified(Checksum(), length_known=True) == "length"
    assert verified(Checksum(), length_known=False) == "none"
