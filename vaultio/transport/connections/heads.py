"""Heads of messages in the plain form that nearly all of them have; h11 reads and writes the rest.

To write a head and read one costs h11 as much processor time as all the rest of a call. What is
let through here is narrower than what h11 takes, in every respect: whatever is not exactly plain
is left to it, to be understood or refused.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import NamedTuple

import httpx

MOST_BYTES = 64 * 1024
"""The longest body that goes out in one piece with its head."""

Fields = list[tuple[bytes, bytes]]
"""Names and values as they stand on the wire, in order."""

_NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_VALUE = rb"(?:[!-~](?:[\t -~]*[!-~])?)?"
# Atomic groups: a head that does not match is given up in one pass, however long it is.
_ANSWER = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9]{2}) ([ -~]*)\r\n((?>(?>%b:[ \t]*%b)\r\n)*)\r\n" % (_NAME, _VALUE)
)
_FIELD = re.compile(rb"([^:]+):[ \t]*([^\r]*)\r\n")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_ASKED = re.compile(rb"%b\n%b(?>\n%b\n%b)*" % (_NAME, _VALUE, _NAME, _VALUE))
_TARGET = re.compile(rb"/[!-~]*")
_KEPT = b"keep-alive"
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})
_BODYLESS = frozenset({204, 304})
# Those that change how a message is framed, or what the connection is afterwards.
_UNUSUAL = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"te", b"trailer"})


class Head(NamedTuple):
    """The head of an answer."""

    status: int
    reason: bytes
    version: bytes
    fields: Fields


class PlainHead(NamedTuple):
    """A head that was read: it ends at *end*, and *length* bytes of body come behind it."""

    head: Head
    length: int
    end: int


def read_head(data: bytes) -> PlainHead | None:
    """Read the head that *data* begins with; None if it is not all there, or not plain.

    Plain is HTTP/1.1 with a body of one announced length, on a connection that goes on.
    """
    found = _ANSWER.match(data)
    if found is None:
        return None
    status, reason, lines = found.groups()
    fields = _FIELD.findall(lines)
    length = _plain_length(fields)
    head = Head(int(status), reason, b"1.1", fields)
    return (
        None if length is None or head.status in _BODYLESS else PlainHead(head, length, found.end())
    )


def _plain_length(fields: Fields) -> int | None:
    """Find the one length of a body; None where there is none, or anything unusual."""
    length = None
    for name, value in fields:
        known = name.lower()
        if known == b"content-length":
            if length is not None or not _LENGTH.fullmatch(value):
                return None
            length = int(value)
        elif known in _UNUSUAL or (known == b"connection" and value.lower() != _KEPT):
            return None
    return length


def is_plain(request: httpx.Request) -> bool:
    """Whether `write_head` can write the head of a request: one whose body is in memory, and short.

    No name or value then holds anything that would end its line.
    """
    stream = request.stream
    if request.method not in _METHODS or not isinstance(stream, httpx.ByteStream):
        return False
    if not _TARGET.fullmatch(request.url.raw_path):
        return False
    fields = request.headers.raw
    found = {name.lower(): value for name, value in fields}
    if len(found) < len(fields) or b"host" not in found or not _UNUSUAL.isdisjoint(found):
        return False
    if found.get(b"connection", _KEPT).lower() != _KEPT:
        return False
    length = sum(map(len, stream))
    is_told = found.get(b"content-length", b"0") == b"%d" % length
    return is_told and length <= MOST_BYTES and _can_be_lines(fields)


def _can_be_lines(fields: Fields) -> bool:
    """Whether names are names and values values; more line ends than fields are in one of them."""
    text = b"\n".join(chain.from_iterable(fields))
    return text.count(b"\n") == 2 * len(fields) - 1 and _ASKED.fullmatch(text) is not None


def write_head(request: httpx.Request) -> bytes:
    """Write the head of a plain request."""
    lines = [b"%b: %b\r\n" % field for field in request.headers.raw]
    start = b"%b %b HTTP/1.1\r\n" % (request.method.encode("ascii"), request.url.raw_path)
    return b"%b%b\r\n" % (start, b"".join(lines))
