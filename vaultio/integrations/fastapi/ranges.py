"""What a browser wants of a file: all of it, a part, or only to hear that its copy is right.

Rules of RFC 9110 with nothing of a server in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?("[^"]*")')


class UnsatisfiableError(Exception):
    """The range lies outside of the file, which has so many bytes: 416."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the file has {size} bytes")
        self.size = size


@frozen
class Wanted:
    """One range as it was asked for: bytes *first* to *last*, both included.

    Without *first* the last so many bytes are meant, without *last* all from *first* on.
    """

    first: int | None
    last: int | None

    @property
    def span(self) -> tuple[int, int | None] | None:
        """The range as start and end (not included), or None where that takes the file's size."""
        if self.first is None:
            return None
        return self.first, None if self.last is None else self.last + 1

    def within(self, size: int) -> tuple[int, int]:
        """Find start and end (not included) in a file of *size* bytes."""
        if self.first is None:
            start, end = max(0, size - (self.last or 0)), size
        else:
            start, end = self.first, size if self.last is None else min(self.last + 1, size)
        if start >= size or start >= end:
            raise UnsatisfiableError(size)
        return start, end


def wanted(headers: Mapping[str, str], tag: str | None) -> Wanted | None:
    """Read which part of a file with the ETag *tag* is asked for; None for all of it.

    Several ranges at once, other units and nonsense are answered by the whole file, as servers may
    do. So is a range of a file that is another by now (``If-Range``).
    """
    match = _RANGE.fullmatch(headers.get("range", "").strip())
    if match is None or not (match[1] or match[2]):
        return None
    condition = headers.get("if-range")
    if condition is not None and (tag is None or condition.strip() != tag):
        return None
    first, last = (int(text) if text else None for text in match.groups())
    if first is not None and last is not None and last < first:
        return None
    return Wanted(first, last)


def is_known(headers: Mapping[str, str], tag: str | None) -> bool:
    """Say whether the browser has the file with the ETag *tag* already (``If-None-Match``)."""
    had = headers.get("if-none-match", "")
    return tag is not None and (had.strip() == "*" or tag in _TAG.findall(had))
