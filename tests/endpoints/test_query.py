"""Queries: page after page, by links or by offset, never to another host."""

from __future__ import annotations

from urllib.parse import parse_qs

import httpx
import pytest
import respx
from attrs import frozen

from tests.endpoints.recording import path_of, recorded
from tests.leaks import SESSION_ID
from vaultio import (
    ForeignLinkError,
    InvalidArgumentError,
    InvalidDataError,
    QuerySyntaxError,
    SessionId,
    UnreadableReplyError,
    Vault,
)
from vaultio.models.wire import Model, wire
from vaultio.sandbox import Fault, Sandbox

ADDRESS = "https://vault.example.com"
VQL = "SELECT id FROM documents"


def page(first: int, count: int, **details: object) -> httpx.Response:
    """Make a page of rows with the ids *first*, *first* + 1, ..."""
    data = [{"id": first + number} for number in range(count)]
    body = {"responseStatus": "SUCCESS", "responseDetails": details, "data": data}
    return httpx.Response(200, json=body)


def asked(request: httpx.Request) -> str:
    """Take the query out of a request's form."""
    return parse_qs(request.content.decode())["q"][0]


def client(version: str = "v11.0") -> Vault:
    """Make a client whose session was opened elsewhere; respx answers it."""
    return Vault(
        ADDRESS, SessionId(SESSION_ID), api_version=version, transport=httpx.AsyncHTTPTransport()
    )


@pytest.mark.parametrize("version", ["v11.0", "v20.2", "v20.3", "v24.3"])
async def test_all_rows_come_once(sandbox: Sandbox, version: str) -> None:
    """451 rows are three pages: the query by POST, then Vault's links, whatever the version."""
    for _ in range(451):
        sandbox.documents.add()

    async with recorded(sandbox, version) as (vault, recorder):
        found = [row["id"] async for row in vault.query(VQL)]

    assert found == list(range(1, 452))
    assert [request.method for request in recorder.requests] == ["POST", "GET", "GET"]


@frozen(kw_only=True)
class Sop(Model):
    """What a program of a user's asks for."""

    id: int
    name: str = wire("name__v")


async def test_rows_as_values(sandbox: Sandbox) -> None:
    """Rows come as values of a class of the user's, what it does not name in `fields`."""
    for name in ("Cleaning", "Filling"):
        sandbox.documents.add(name)

    async with recorded(sandbox, "v11.0") as (vault, _):
        found = await vault.query("SELECT id, name__v, status__v FROM documents", Sop).all()

    assert [(one.id, one.name, *one.fields) for one in found] == [
        (1, "Cleaning", "status__v"),
        (2, "Filling", "status__v"),
    ]


async def test_rows_that_are_no_such_values(sandbox: Sandbox) -> None:
    """A row without what the class must have is named, with the request."""
    sandbox.documents.add()

    async with recorded(sandbox, "v11.0") as (vault, _):
        with pytest.raises(
            UnreadableReplyError, match=r"POST query: .*data\[0\]\.name__v: missing"
        ):
            await vault.query(VQL, Sop)


async def test_first_page_alone(sandbox: Sandbox) -> None:
    """Awaiting a query fetches one page, which knows how many rows there are in all."""
    for _ in range(201):
        sandbox.documents.add()

    async with recorded(sandbox) as (vault, recorder):
        answer = await vault.query(VQL)

    assert (len(answer), answer.total, len(recorder.requests)) == (200, 201, 1)


async def test_page_that_fails(sandbox: Sandbox, vault: Vault) -> None:
    """A failing page raises, and does not end the list."""
    for _ in range(201):
        sandbox.documents.add()
    sandbox.faults.add(Fault(kind="failure", path="/query/*", type="INVALID_DATA"))

    with pytest.raises(InvalidDataError):
        await vault.query(VQL).all()


async def test_query_that_cannot_be_read(vault: Vault) -> None:
    """Vault's word about the query comes through."""
    with pytest.raises(QuerySyntaxError):
        await vault.query("SELECT FROM")


@pytest.mark.parametrize("vql", ["", "  \n", "x" * 50_001])
async def test_query_that_cannot_be_meant(vault: Vault, vql: str) -> None:
    """Nothing, or more than Vault takes, is refused unsent."""
    with pytest.raises(InvalidArgumentError, match="50000"):
        vault.query(vql)


@pytest.mark.parametrize(
    ("version", "clause", "offset"),
    [("v11.0", "OFFSET", "offset"), ("v24.3", "PAGEOFFSET", "pageoffset")],
)
@respx.mock
async def test_rows_without_links(version: str, clause: str, offset: str) -> None:
    """Where Vault gives no links the rest is asked for by offset, page by page."""
    route = respx.post(f"{ADDRESS}/api/{version}/query")
    route.side_effect = [
        page(1, 2, total=5, **{offset: 0}),
        page(3, 1, total=5, **{offset: 2}),
        page(4, 2, total=5, **{offset: 3}),
    ]

    async with client(version) as vault:
        found = [row["id"] async for row in vault.query(VQL)]

    assert found == [1, 2, 3, 4, 5]
    queries = [asked(call.request) for call in route.calls]
    assert queries == [VQL, f"{VQL} {clause} 2", f"{VQL} {clause} 3"]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/v11.0/query/0d1c?offset=2",
        "https://vault.example.com.evil/api/v11.0/query/0d1c",
        "//evil.example/api/v11.0/query/0d1c",
        "https://vault.example.com:8443/api/v11.0/query/0d1c",
    ],
)
@respx.mock
async def test_next_page_elsewhere(link: str) -> None:
    """A next page on another host is refused, and the session goes nowhere."""
    respx.post(f"{ADDRESS}/api/v11.0/query").mock(page(1, 2, total=5, next_page=link))
    elsewhere = respx.route().mock(page(3, 2))

    async with client() as vault:
        with pytest.raises(ForeignLinkError):
            await vault.query(VQL).all()

    assert not elsewhere.called


@pytest.mark.parametrize(
    "link",
    [
        f"{ADDRESS}/api/v10.0/query/0d1c?limit=2&offset=2",
        "/api/v10.0/query/0d1c?limit=2&offset=2",
        "api/v10.0/query/0d1c?limit=2&offset=2",
    ],
)
@respx.mock
async def test_next_page_is_taken_as_given(link: str) -> None:
    """A link keeps the version that it was made with, and its parameters."""
    respx.post(f"{ADDRESS}/api/v11.0/query").mock(page(1, 2, total=3, next_page=link))
    following = respx.get(f"{ADDRESS}/api/v10.0/query/0d1c?limit=2&offset=2").mock(page(3, 1))

    async with client() as vault:
        rows = await vault.query(VQL).all()

    assert [row["id"] for row in rows] == [1, 2, 3]
    assert path_of(following.calls.last.request) == "/api/v10.0/query/0d1c"


@respx.mock
async def test_pages_in_a_circle() -> None:
    """Pages that name each other raise; the loop would use up the vault's quota."""
    respx.post(f"{ADDRESS}/api/v11.0/query").mock(page(1, 1, next_page="/api/a"))
    respx.get(f"{ADDRESS}/api/a").mock(page(1, 1, next_page="/api/b"))
    respx.get(f"{ADDRESS}/api/b").mock(page(1, 1, next_page="/api/a"))

    async with client() as vault:
        with pytest.raises(UnreadableReplyError, match="a second time"):
            await vault.query(VQL).all()


async def test_iterating_twice(sandbox: Sandbox) -> None:
    """The same list gone through again asks again."""
    sandbox.documents.add()

    async with recorded(sandbox) as (vault, recorder):
        pages = vault.query(VQL)
        first, second = await pages.all(), await pages.all()

    assert (first, len(recorder.requests)) == (second, 2)
