"""VQL: what can be asked, how it is paged, and what cannot be read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

NEW = "/api/v24.1"


@pytest.fixture(autouse=True)
def filled(sandbox: Sandbox) -> None:
    """Add five documents and five products."""
    for number, name in enumerate(("Alpha", "Beta", "Gamma", "Delta", "Epsilon"), 1):
        state = "Approved" if number % 2 else "Draft"
        fields = {"country__v": ["at", "fr"][: number % 3], "pages__v": number * 10}
        sandbox.documents.add(name, number, state=state, fields=fields)
        sandbox.records.add("product__v", name, fields={"rank__c": number})


async def ask(client: httpx.AsyncClient, query: str, root: str = API) -> list[dict[str, Any]]:
    """Return the rows of the first page."""
    answer = await client.post(f"{root}/query", data={"q": query})
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


async def test_ids_are_numbers_of_documents_and_text_of_objects(client: httpx.AsyncClient) -> None:
    """A row has what was selected, and nothing else."""
    (document, *_) = await ask(client, "select id, name__v from documents")
    (product, *_) = await ask(client, "SELECT id FROM product__v")

    assert document == {"id": 1, "name__v": "Alpha"}
    assert isinstance(product["id"], str)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("name__v = 'Alpha'", "A"),
        ("name__v != 'Alpha'", "BGDE"),
        ("pages__v > 30", "DE"),
        ("pages__v >= 30 AND pages__v <= 40", "GD"),
        ("pages__v < 20 OR name__v = 'Delta'", "AD"),
        ("name__v LIKE '%ta'", "BD"),
        ("country__v CONTAINS ('fr', 'de')", "BE"),
        ("country__v = null OR pages__v BETWEEN 10 AND 20", "AB"),
        ("status__v = 'Approved' AND (name__v = 'Alpha' OR name__v = 'Beta')", "A"),
        ("binder__v = false AND size__v = 5", "E"),
        ("id = '2'", "B"),
    ],
)
async def test_conditions(client: httpx.AsyncClient, where: str, expected: str) -> None:
    """Each comparison picks the rows that fit; of several values one is enough."""
    rows = await ask(client, f"SELECT name__v FROM documents WHERE {where}")

    assert "".join(row["name__v"][0] for row in rows) == expected


async def test_order(client: httpx.AsyncClient) -> None:
    """The first field counts most; numbers are ordered as numbers."""
    query = "SELECT name__v FROM documents ORDER BY status__v, pages__v DESC"

    assert [row["name__v"][0] for row in await ask(client, query)] == list("EGADB")


@pytest.mark.parametrize(
    ("root", "clause", "size", "offset"),
    [(API, "LIMIT 2", "limit", "offset"), (NEW, "PAGESIZE 2", "pagesize", "pageoffset")],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_pages(
    client: httpx.AsyncClient, root: str, clause: str, size: str, offset: str, method: str
) -> None:
    """Page links are root-relative, keep their version, and answer to GET and POST."""
    answer = await client.post(f"{root}/query", data={"q": f"SELECT id FROM product__v {clause}"})
    pages = [answer.json()]
    while url := pages[-1]["responseDetails"].get("next_page"):
        pages.append((await client.request(method, url)).json())

    details = [page["responseDetails"] for page in pages]
    assert [(one[size], one[offset], one["size"], one["total"]) for one in details] == [
        (2, 0, 2, 5),
        (2, 2, 2, 5),
        (2, 4, 1, 5),
    ]
    assert details[0]["next_page"].startswith(f"{root}/query/")
    assert ["previous_page" in one for one in details] == [False, True, True]


async def test_max_rows(client: httpx.AsyncClient) -> None:
    """MAXROWS bounds the whole answer, before PAGESIZE bounds a page."""
    query = "SELECT id FROM product__v MAXROWS 3 PAGESIZE 2"
    body = (await client.post(f"{NEW}/query", data={"q": query})).json()

    assert (body["responseDetails"]["total"], body["responseDetails"]["size"]) == (3, 2)


async def test_the_largest_page_is_a_setting(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """More than the vault gives at a time cannot be had."""
    sandbox.settings.query_page_documents = 3

    assert len(await ask(client, "SELECT id FROM documents LIMIT 100")) == 3


async def test_a_get_with_the_query(client: httpx.AsyncClient) -> None:
    """The old form, with the query in the address, still works."""
    answer = await client.get(f"{API}/query", params={"q": "SELECT id FROM binders"})

    assert answer.json()["data"] == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT",
        "SELECT id FROM nothing__c",
        "SELECT id FROM documents WHERE",
        "SELECT id FROM documents WHERE id ~ 1",
        "SELECT id FROM documents WHERE name__v = 'open",
        "SELECT id FROM documents WHERE (id = 1",
        "SELECT id FROM documents PAGESIZE 2",
        "SELECT id, FROM documents",
        "DELETE FROM documents",
    ],
)
async def test_what_cannot_be_read(client: httpx.AsyncClient, query: str) -> None:
    """Bad grammar, and the clauses of other versions, are syntax errors."""
    answer = await client.post(f"{API}/query", data={"q": query})

    assert error_of(answer)[0] == "INCORRECT_QUERY_SYNTAX_ERROR"


@pytest.mark.parametrize(
    ("query", "error_type"),
    [("", "PARAMETER_REQUIRED"), ("SELECT no__c FROM documents", "INVALID_DATA")],
)
async def test_what_cannot_be_answered(
    client: httpx.AsyncClient, query: str, error_type: str
) -> None:
    """No query and an unknown field are refused with types of their own."""
    answer = await client.post(f"{API}/query", data={"q": query})

    assert error_of(answer)[0] == error_type


async def test_an_expired_page(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Pages do not last for ever."""
    query = {"q": "SELECT id FROM documents LIMIT 1"}
    url = (await client.post(f"{API}/query", data=query)).json()["responseDetails"]["next_page"]
    sandbox.queries.expire_all()

    assert error_of(await client.get(url))[0] == "INVALID_DATA"


async def test_all_versions(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Versions are rows of their own where they are asked for; one of them is the latest."""
    sandbox.documents.add_version(1, b"new")
    fields = "id, minor_version_number__v, latest_version__v"

    every = await ask(client, f"SELECT {fields} FROM ALLVERSIONS documents WHERE id = 1")
    latest = await ask(client, f"SELECT {fields} FROM documents WHERE id = 1")

    assert [row["minor_version_number__v"] for row in every] == [1, 2]
    assert [row["latest_version__v"] for row in every] == [False, True]
    assert latest == every[1:]
