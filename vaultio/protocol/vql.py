"""How VQL is asked and paged.

Reference: Query. Source: supplement to the reference, 3: ``next_page`` may be missing although
there is more (then the offset is stepped by hand), and a page may be shorter than asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from vaultio.errors import UnreadableReplyError
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.forms import form
from vaultio.protocol.href import Href
from vaultio.protocol.path import Path
from vaultio.protocol.readers import Row, rows
from vaultio.protocol.request import Repeat, Request, get
from vaultio.protocol.version import ApiVersion

LONGEST_QUERY = 50_000
_NEW_CLAUSES = ApiVersion(20, 3)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_WINDOW = re.compile(r"\b(LIMIT|OFFSET|PAGESIZE|PAGEOFFSET|MAXROWS|SKIP)\s+\d", re.IGNORECASE)


@frozen
class Place:
    """Where a page begins: a query, and then a link of Vault's or an offset in rows."""

    vql: str
    link: str | None = None
    offset: int = 0


@frozen
class QueryAnswer:
    """One page of a query: its rows, where it began, how many there are in all, what follows."""

    rows: tuple[Row, ...]
    offset: int | None
    total: int | None
    next_page: str | None


def query_request(place: Place, version: ApiVersion) -> Request:
    """Make the request for a page: the query by POST, which only reads, or Vault's own link."""
    if place.link is not None:
        return get(Href(place.link))
    clause = "PAGEOFFSET" if version >= _NEW_CLAUSES else "OFFSET"
    vql = f"{place.vql} {clause} {place.offset}" if place.offset else place.vql
    return Request(method="POST", path=Path() / "query", body=form({"q": vql}), repeat=Repeat.SAFE)


def query_rows(envelope: Envelope) -> QueryAnswer:
    """Read one page; takes the names of both old and new versions for the paging."""
    details = envelope.payload.get("responseDetails")
    found: Mapping[str, Any] = details if isinstance(details, Mapping) else {}
    link = found.get("next_page")
    return QueryAnswer(
        rows("data")(envelope),
        _number(found.get("pageoffset", found.get("offset"))),
        _number(found.get("total")),
        link if isinstance(link, str) and link else None,
    )


def next_place(place: Place, answer: QueryAnswer) -> Place | None:
    """Say where the next page begins; None after the last.

    A short page is not the last; the last is one without a link, unless Vault says that there
    are more rows and the query itself asked for no window.
    """
    if answer.next_page is not None:
        if answer.next_page == place.link:
            raise UnreadableReplyError(f"the page {place.link!r} names itself as the next")
        return evolve(place, link=answer.next_page)
    seen = (answer.offset if answer.offset is not None else place.offset) + len(answer.rows)
    if not answer.rows or answer.total is None or seen >= answer.total or _has_window(place.vql):
        return None
    return Place(place.vql, offset=seen)


def _has_window(vql: str) -> bool:
    """Whether the query says itself how many rows it wants."""
    return _WINDOW.search(_QUOTED.sub("''", vql)) is not None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
