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
from vaultio.protocol.readers import Row, rows, whole_number
from vaultio.protocol.request import Repeat, Request, get
from vaultio.protocol.version import ApiVersion

LONGEST_QUERY = 50_000
_NEW_CLAUSES = ApiVersion(20, 3)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_SUBQUERY = re.compile(r"\([^()]*\)")
_MOST_ROWS = re.compile(r"\bMAXROWS\s+(\d{1,18})", re.IGNORECASE)
_OWN_START = re.compile(r"\b(OFFSET|PAGEOFFSET|SKIP)\s+\d", re.IGNORECASE)


def vql_text(text: str) -> str:
    r"""Write a text as VQL takes it, in quotes, whatever quotes it holds itself.

    >>> print("SELECT id FROM documents WHERE name__v = " + vql_text("Ana's plan"))
    SELECT id FROM documents WHERE name__v = 'Ana\'s plan'
    """
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


@frozen
class Place:
    """Where a page begins: a query, and then a link of Vault's or an offset in rows.

    `steps` counts the links followed so far, `mark` is one of them; see `_follow`.
    """

    vql: str
    link: str | None = None
    offset: int = 0
    steps: int = 0
    mark: str | None = None


@frozen
class QueryAnswer:
    """One page of a query: its rows, where it began, how many there are in all, what follows."""

    rows: tuple[Row, ...]
    offset: int | None
    total: int | None
    next_page: str | None


def text_literal(text: str) -> str:
    r"""Write a text in VQL: a backslash goes before a quote, and before itself.

    >>> print(text_literal("O'Neill"))
    'O\'Neill'
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


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
        whole_number(found.get("pageoffset", found.get("offset"))),
        whole_number(found.get("total")),
        link if isinstance(link, str) and link else None,
    )


def next_place(place: Place, answer: QueryAnswer) -> Place | None:
    """Say where the next page begins; None after the last.

    A short page is not the last; the last is one without a link, unless Vault says that there
    are more rows. Where to go on then is only known if the query did not say itself where to
    begin.
    """
    if answer.next_page is not None:
        return _follow(place, answer.next_page)
    if place.link is not None and answer.offset is None:
        return None
    seen = (answer.offset if answer.offset is not None else place.offset) + len(answer.rows)
    clauses = _own_clauses(place.vql)
    most = _MOST_ROWS.search(clauses)
    wanted = min(answer.total or 0, int(most[1])) if most else answer.total or 0
    if not answer.rows or seen >= wanted or _OWN_START.search(clauses):
        return None
    return Place(place.vql, offset=seen)


def _follow(place: Place, link: str) -> Place:
    """Go on to a link, unless it leads around in a circle.

    Held against one link alone, that of the last step whose number is a power of two: a circle
    of any length comes back to it (Brent), in constant memory.
    """
    if link in {place.link, place.mark}:
        raise UnreadableReplyError(f"the page {link!r} comes a second time: the list has no end")
    steps = place.steps + 1
    mark = link if steps & (steps - 1) == 0 else place.mark
    return evolve(place, link=link, steps=steps, mark=mark)


def _own_clauses(vql: str) -> str:
    """Leave out what stands in texts and subqueries: a LIMIT in there is not the query's own."""
    plain, found = _QUOTED.sub("''", vql), 1
    while found:
        plain, found = _SUBQUERY.subn("", plain)
    return plain
