"""Where a reply's bytes belong: at the start of the file, where they were asked for, or nowhere."""

from __future__ import annotations

import re
from typing import Literal

from attrs import frozen

from vaultio.downloads.source import FileReply

_CONTENT_RANGE = re.compile(r"\s*bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)\s*", re.IGNORECASE)

Place = Literal["whole", "continued", "elsewhere"]


@frozen
class ContentRange:
    """The bytes *start* up to and without *end* of a file of *total* bytes (None: not said)."""

    start: int
    end: int
    total: int | None

    @classmethod
    def of(cls, reply: FileReply) -> ContentRange | None:
        """Read the ``Content-Range`` of a reply; None if it has none or one that cannot be."""
        match = _CONTENT_RANGE.fullmatch(reply.headers.get("content-range", ""))
        if match is None:
            return None
        start, end = int(match[1]), int(match[2]) + 1
        total = None if match[3] == "*" else int(match[3])
        if end <= start or (total is not None and end > total):
            return None
        return cls(start, end, total)


@frozen
class Facts:
    """What is known of the file that is being fetched; None and False if it was not said.

    `length` is the size in bytes of the whole file; `encoded` is set if the wire carries it
    compressed, so that positions in the file are not positions on the wire. `changed` is when it
    was changed last and `name` what it is called, both as the server wrote them.
    """

    length: int | None = None
    etag: str | None = None
    encoded: bool = False
    changed: str | None = None
    name: str | None = None

    @classmethod
    def of(cls, reply: FileReply) -> Facts:
        """Learn from a reply that brings the whole file."""
        encoding = reply.headers.get("content-encoding", "identity").strip().lower()
        return cls(
            reply.length,
            reply.headers.get("etag"),
            encoding not in {"", "identity"},
            reply.headers.get("last-modified"),
            reply.headers.get("content-disposition"),
        )

    def same_file(self, other: Facts) -> bool:
        """Whether nothing says that this is another file, or the file at another time.

        A name or a time may be left out of a part; a mark that was given must come again.
        """
        return (
            self.etag == other.etag
            and (None in {self.changed, other.changed} or self.changed == other.changed)
            and (None in {self.name, other.name} or self.name == other.name)
        )


def place(reply: FileReply, asked: int | None, known: Facts) -> Place:
    """Say where the bytes of *reply* belong, when they were *asked* for from there on.

    *asked* is None if the whole file was asked for. Which status a continued file has is not
    documented, so ``Content-Range`` decides; bytes are only ever put behind others if
    everything that is known agrees.
    """
    part = ContentRange.of(reply)
    if asked is None or (reply.status != 206 and "content-range" not in reply.headers):
        return _whole(reply, part)
    if part is None or part.start != asked:
        return "elsewhere"
    theirs = Facts.of(reply)
    total = known.length if part.total is None else part.total
    agreed = (
        total is not None
        and known.length in {None, total}
        and part.end <= total
        and theirs.length in {None, part.end - part.start}
        and theirs.same_file(known)
        and not theirs.encoded
    )
    return "continued" if agreed else "elsewhere"


def _whole(reply: FileReply, part: ContentRange | None) -> Place:
    """Say whether a reply to a request for everything is everything."""
    if part is None:
        return "elsewhere" if reply.status == 206 else "whole"
    everything = part.start == 0 and part.total == part.end
    return "whole" if everything else "elsewhere"
