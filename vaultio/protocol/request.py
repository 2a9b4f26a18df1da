"""A request to Vault, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Literal

from attrs import field, frozen

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


@frozen(kw_only=True)
class Request:
    """What to send; knows neither host nor session.

    A `path` lies below ``/api/{version}/`` (below ``/api/`` if not `versioned`); an `Href` is
    sent as Vault gave it. Below the version it came with, `since`, it goes out at that version.
    `query` and `headers` are written out. `spacing` is the least time in
    seconds since the last request of the same key.
    """

    method: Method
    path: Path | Href
    query: Mapping[str, str] = _NONE
    headers: Mapping[str, str] = _NONE
    body: Body | Multipart | None = None
    repeat: Repeat = Repeat.SAFE
    versioned: bool = True
    since: ApiVersion | None = None
    anonymous: bool = False
    book: Book = Book.API
    spacing: tuple[str, float] | None = None
    accept: str = field(default="application/json")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def get(
    path: Path | Href,
    query: Mapping[str, object] = _NONE,
    *,
    headers: Mapping[str, object] = _NONE,
) -> Request:
    """Make a request that only reads."""
    return Request(method="GET", path=path, query=sent(query), headers=sent(headers))


def post(
    path: Path,
    fields: Mapping[str, object] | None = None,
    *,
    query: Mapping[str, object] = _NONE,
) -> Request:
    """Make a request that creates or starts, with a form of *fields* if there are any.

    A lost answer is not sent again: twice would be done twice.
    """
    body = None if fields is None else form(fields)
    return Request(method="POST", path=path, query=sent(query), body=body, repeat=Repeat.ONCE)


def put(path: Path, fields: Mapping[str, object]) -> Request:
    """Make a request that sets the values of a form; twice is the same as once."""
    return Request(method="PUT", path=path, body=form(fields), repeat=Repeat.SAME)


def delete(path: Path) -> Request:
    """Make a request that deletes by id; twice is the same as once."""
    return Request(method="DELETE", path=path, repeat=Repeat.SAME)


def post(
    path: Path,
    body: Body | Multipart | None = None,
    query: Mapping[str, object] = _NONE,
    *,
    repeat: Repeat = Repeat.ONCE,
    since: ApiVersion | None = None,
) -> Request:
    """Make a request that adds or starts something: twice may be done twice."""
    return Request(
        method="POST", path=path, body=body, query=sent(query), repeat=repeat, since=since
    )


def put(
    path: Path,
    body: Body | Multipart | None = None,
    query: Mapping[str, object] = _NONE,
    *,
    repeat: Repeat = Repeat.SAME,
    since: ApiVersion | None = None,
) -> Request:
    """Make a request that sets something by its id: twice is the same as once."""
    return Request(
        method="PUT", path=path, body=body, query=sent(query), repeat=repeat, since=since
    )


def delete(
    path: Path,
    body: Body | None = None,
    query: Mapping[str, object] = _NONE,
    *,
    repeat: Repeat = Repeat.SAME,
    since: ApiVersion | None = None,
) -> Request:
    """Make a request that deletes something by its id: twice is the same as once."""
    return Request(
        method="DELETE", path=path, body=body, query=sent(query), repeat=repeat, since=since
    )
