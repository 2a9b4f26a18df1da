"""A request to Vault, as a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Literal

from attrs import field, frozen

from vaultio.errors import InvalidArgumentError
from vaultio.protocol.forms import Body, form, sent
from vaultio.protocol.href import Href
from vaultio.protocol.multipart import Multipart
from vaultio.protocol.path import Path
from vaultio.protocol.version import ApiVersion

Method = Literal["GET", "POST", "PUT", "DELETE"]


class Repeat(Enum):
    """Whether a request may be sent again after it was sent once and never answered."""

    SAFE = "safe"
    """It only reads; repeat at will."""

    SAME = "same"
    """It writes, but twice is the same as once: an update or delete by id."""

    ONCE = "once"
    """Twice may be done twice: a create, the start of an action, a check-out."""

    @property
    def allowed(self) -> bool:
        """Whether a lost answer is a reason to send once more."""
        return self is not Repeat.ONCE


class Book(Enum):
    """Which of Vault's quotas the headers of the answer speak of (supplement 2.4, 2.5)."""

    API = "api"
    LOGIN = "login"
    JOB = "job"


_NONE: Mapping[str, str] = MappingProxyType({})
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"([!-~]([\t -~]*[!-~])?)?")


@frozen(kw_only=True)
class Request:
    """What to send; knows neither host nor session.

    A `path` lies below ``/api/{version}/`` (below ``/api/`` if not `versioned`); an `Href` is
    sent as Vault gave it. Below the version it came with, `since`, it goes out at that version.
    `query` and `headers` are written out. `spacing` is the least time in
    seconds since the last request of the same key. One `at_root` has its path below the host
    alone. The answer to a `confidential` one, as to a login, is never quoted.
    """

    method: Method
    path: Path | Href
    query: Mapping[str, str] = _NONE
    headers: Mapping[str, str] = _NONE
    body: Body | Multipart | None = None
    repeat: Repeat = Repeat.SAFE
    versioned: bool = True
    at_root: bool = False
    since: ApiVersion | None = None
    anonymous: bool = False
    confidential: bool = False
    book: Book = Book.API
    spacing: tuple[str, float] | None = None
    accept: str = field(default="application/json")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_secret(self) -> bool:
        """Whether the answer may hold a session, so that it is not to be quoted."""
        return self.confidential or self.book is Book.LOGIN


def sent_headers(values: Mapping[str, object]) -> dict[str, str]:
    """Write headers; one that could not stand on its line is refused, its value unseen."""
    headers = sent(values)
    for name, value in headers.items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise InvalidArgumentError(
                f"the header {name!r} has a name or value that HTTP cannot carry (line end, "
                f"non-ASCII, space at an end)"
            )
    return headers


def get(
    path: Path | Href,
    query: Mapping[str, object] = _NONE,
    *,
    headers: Mapping[str, object] = _NONE,
) -> Request:
    """Make a request that only reads."""
    return Request(method="GET", path=path, query=sent(query), headers=sent_headers(headers))


Content = Mapping[str, object] | Body | Multipart
"""What a request carries: fields, which go out as a form, or a body that is ready."""


def post(
    path: Path,
    content: Content | None = None,
    query: Mapping[str, object] = _NONE,
    *,
    headers: Mapping[str, object] = _NONE,
    repeat: Repeat = Repeat.ONCE,
    since: ApiVersion | None = None,
) -> Request:
    """Make a request that adds or starts something: twice may be done twice."""
    return _write("POST", path, content, query, headers, repeat, since)


def put(
    path: Path,
    content: Content | None = None,
    query: Mapping[str, object] = _NONE,
    *,
    headers: Mapping[str, object] = _NONE,
    repeat: Repeat = Repeat.SAME,
    since: ApiVersion | None = None,
) -> Request:
    """Make a request that sets something by its id: twice is the same as once."""
    return _write("PUT", path, content, query, headers, repeat, since)


def delete(
    path: Path,
    content: Content | None = None,
    query: Mapping[str, object] = _NONE,
    *,
    headers: Mapping[str, object] = _NONE,
    repeat: Repeat = Repeat.SAME,
    since: ApiVersion | None = None,
) -> Request:
    """Make a request that deletes something by its id: twice is the same as once."""
    return _write("DELETE", path, content, query, headers, repeat, since)


def _write(
    method: Method,
    path: Path,
    content: Content | None,
    query: Mapping[str, object],
    headers: Mapping[str, object],
    repeat: Repeat,
    since: ApiVersion | None,
) -> Request:
    return Request(
        method=method,
        path=path,
        query=sent(query),
        headers=sent_headers(headers),
        body=form(content) if isinstance(content, Mapping) else content,
        repeat=repeat,
        since=since,
    )
