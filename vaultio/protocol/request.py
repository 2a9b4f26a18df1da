"""A request to Vault, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Literal

from attrs import field, frozen

from vaultio.protocol.forms import Body, sent
from vaultio.protocol.href import Href
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
    body: Body | None = None
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
