"""How a query is asked and paged, at old versions and new ones."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from vaultio import ApiVersion, UnreadableReplyError
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.forms import Body
from vaultio.protocol.href import Href
from vaultio.protocol.request import Request
from vaultio.protocol.vql import Place, QueryAnswer, next_place, query_request, query_rows

VQL = "SELECT id FROM documents"
OLD, NEW = ApiVersion(20, 2), ApiVersion(20, 3)
ROWS = tuple({"id": number} for number in range(100))


def page(rows: int = 100, total: int | None = 451, **more: Any) -> QueryAnswer:
    """Make a page of so many rows, without a link unless one is given."""
    values = {"offset": None, "next_page": None, **more}
    return QueryAnswer(rows=ROWS[:rows], total=total, **values)


def followed(links: list[str]) -> Place:
    """Go from page to page, each with the next of *links*."""
    place = Place(VQL)
    for link in links:
        following = next_place(place, page(next_page=link))
        assert following is not None
        place = following
    return place


def asked(request: Request) -> str:
    """Take the query out of a request's form."""
    assert isinstance(request.body, Body)
    return parse_qs(request.body.content.decode())["q"][0]


def test_first_page() -> None:
    """The query goes out as it is, by POST, which may be repeated: it only reads."""
    request = query_request(Place(VQL), OLD)

    assert (request.method, str(request.path), asked(request)) == ("POST", "query", VQL)
    assert request.repeat.allowed


@pytest.mark.parametrize(("version", "clause"), [(OLD, "OFFSET"), (NEW, "PAGEOFFSET")])
def test_page_by_offset(version: ApiVersion, clause: str) -> None:
    """Where there are no links the offset is put behind the query, in the version's words."""
    assert asked(query_request(Place(VQL, offset=200), version)) == f"{VQL} {clause} 200"


def test_page_by_link() -> None:
    """A link of Vault's is followed as it is, by GET."""
    request = query_request(Place(VQL, link="/api/v11.0/query/0d1c?offset=100"), NEW)

    assert (request.method, request.body) == ("GET", None)
    assert request.path == Href("/api/v11.0/query/0d1c?offset=100")


@pytest.mark.parametrize(
    "details",
    [
        {"limit": 100, "offset": 300, "size": 1, "total": 451},
        {"pagesize": 100, "pageoffset": 300, "size": 1, "total": 451},
    ],
)
def test_answer_is_read(details: dict[str, Any]) -> None:
    """Old and new keys say the same."""
    details = {**details, "next_page": "/api/v11.0/query/0d1c?offset=400"}
    answer = query_rows(Envelope("SUCCESS", {"responseDetails": details, "data": [{"id": 1}]}))

    expected = QueryAnswer(({"id": 1},), 300, 451, "/api/v11.0/query/0d1c?offset=400")
    assert answer == expected


@pytest.mark.parametrize("details", [None, [], {}, {"total": True, "offset": "5", "next_page": ""}])
def test_answer_without_details(details: object) -> None:
    """What is not said, or not as a number, is not known."""
    answer = query_rows(Envelope("SUCCESS", {"responseDetails": details, "data": []}))

    assert answer == QueryAnswer((), None, None, None)


def test_link_is_followed() -> None:
    """With a link the next page is there, however short this one is."""
    place = next_place(Place(VQL), page(rows=3, total=3, next_page="/api/p2"))

    assert place is not None
    assert place.link == "/api/p2"


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_links_in_a_circle(length: int) -> None:
    """Pages that lead around in a circle raise after a few rounds, and do not go on for ever."""
    before = [f"/api/before-{step}" for step in range(5)]
    around = [f"/api/page-{step % length}" for step in range(30)]

    with pytest.raises(UnreadableReplyError, match="a second time"):
        followed([*before, *around])


def test_links_that_do_not_repeat() -> None:
    """Ten thousand pages are no circle."""
    place = followed([f"/api/page-{step}" for step in range(10_000)])

    assert place.link == "/api/page-9999"


@pytest.mark.parametrize(
    "answer",
    [
        page(rows=51, offset=400),
        page(rows=100, total=100),
        page(rows=0, total=451),
        page(rows=100, total=None),
    ],
)
def test_last_page(answer: QueryAnswer) -> None:
    """Without a link a page is the last if all rows were seen, none came, or nobody counted."""
    assert next_place(Place(VQL), answer) is None


@pytest.mark.parametrize(
    ("answer", "offset"), [(page(), 100), (page(rows=40), 40), (page(offset=200), 300)]
)
def test_more_rows_without_a_link(answer: QueryAnswer, offset: int) -> None:
    """Legacy workflows, events and users have no links; a short page is not the last."""
    assert next_place(Place(VQL), answer) == Place(VQL, offset=offset)


def test_last_link_without_an_offset() -> None:
    """A page by link that does not say where it began is not counted from the start again."""
    assert next_place(Place(VQL, link="/api/p2"), page(offset=None)) is None


@pytest.mark.parametrize(
    "vql",
    [
        f"{VQL} PAGESIZE 100",
        f"{VQL} limit 100",
        f"{VQL} MAXROWS 400",
        f"{VQL} WHERE name__v = 'OFFSET 5'",
        f"{VQL} WHERE name__v = 'it\\'s SKIP 5'",
        "SELECT id, (SELECT id FROM versions__cr SKIP 5) FROM documents",
        f"{VQL} WHERE (a__c = 1 AND (b__c = 2 OR name__v = '(PAGEOFFSET 5'))",
    ],
)
def test_page_size_is_no_end(vql: str) -> None:
    """A page's size, and words in texts and subqueries, do not end a query after one page."""
    assert next_place(Place(vql), page()) == Place(vql, offset=100)


@pytest.mark.parametrize(
    "vql",
    [f"{VQL} OFFSET 5", f"{VQL} PAGESIZE 100 pageoffset 5", f"{VQL} SKIP 5", f"{VQL} MAXROWS 100"],
)
def test_query_with_a_window(vql: str) -> None:
    """A query that says itself where to begin, or how many rows in all, is left at that."""
    assert next_place(Place(vql), page()) is None
