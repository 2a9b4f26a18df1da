"""Bulk calls as plain HTTP: rows in, a result a row out, in the input's order."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

BATCH = f"{API}/objects/documents/batch"
CSV = {"Content-Type": "text/csv"}
HEADER = "name__v,type__v,lifecycle__v,title__v\n"


async def test_rows_are_answered_one_by_one(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """SUCCESS on top whatever the rows; a failed one has no id."""
    text = HEADER + "A,SOP,General,x\nB,SOP,,x\n"

    body = (await client.post(BATCH, content=text, headers=CSV)).json()

    assert body["responseStatus"] == "SUCCESS"
    assert [row["responseStatus"] for row in body["data"]] == ["SUCCESS", "FAILURE"]
    assert body["data"][0]["id"] in [one.id for one in sandbox.documents]
    assert body["data"][1].keys() == {"responseStatus", "errors"}


async def test_csv_of_vault(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Quotes, line feeds and doubled backslashes are read; a byte order mark is passed over."""
    text = "\ufeff" + HEADER + 'A,SOP,General,"say ""hi"",\n\\\\server"\n'

    body = (await client.post(BATCH, content=text, headers=CSV)).json()

    title = sandbox.documents[body["data"][0]["id"]].latest.fields["title__v"]
    assert title == 'say "hi",\n\\server'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("", "text/csv"),
        (HEADER, "text/csv"),
        (HEADER + "A,SOP\n", "text/csv"),
        (HEADER + '"A\rB",SOP,General,x\n', "text/csv"),
        (HEADER + "A,SOP,General,x\n" * 501, "text/csv"),
        (b"\xff", "text/csv"),
        ("[]", "application/json"),
    ],
)
async def test_input_that_is_refused_as_a_whole(
    client: httpx.AsyncClient, sandbox: Sandbox, content: str, kind: str
) -> None:
    """No rows, too many, cells that do not fit, a carriage return, a kind that is not taken."""
    answer = await client.post(BATCH, content=content, headers={"Content-Type": kind})

    assert error_of(answer)[0] == "INVALID_DATA"
    assert len(sandbox.documents) == 0


@pytest.mark.parametrize("content", ["{", "{}", "[1]"])
async def test_json_that_is_no_list_of_objects(client: httpx.AsyncClient, content: str) -> None:
    """JSON is a list of objects, where it is taken."""
    headers = {"Content-Type": "application/json"}
    url = f"{API.replace('11', '13')}/objects/documents/batch"

    answer = await client.request("DELETE", url, content=content, headers=headers)

    assert error_of(answer)[0] == "INVALID_DATA"


async def test_bulk_delete_came_later(client: httpx.AsyncClient) -> None:
    """At v11.0 there is none."""
    answer = await client.request("DELETE", BATCH, content="id\n1\n", headers=CSV)

    assert error_of(answer) == ("METHOD_NOT_SUPPORTED", "Request method 'DELETE' not supported")


async def test_update_by_form(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A form sets the same values for all its documents."""
    ids = [sandbox.documents.add() for _ in range(2)]

    body = (await client.put(BATCH, data={"docIds": f"{ids[0]},{ids[1]}", "title__v": "N"})).json()

    assert [row["id"] for row in body["data"]] == ids
    assert [one.latest.fields["title__v"] for one in sandbox.documents] == ["N", "N"]
    assert error_of(await client.put(BATCH, data={"title__v": "N"}))[0] == "PARAMETER_REQUIRED"


async def test_last_version_takes_the_document_with_it(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """A document has at least one version."""
    document = sandbox.documents.add()
    url = f"{API.replace('11', '13')}/objects/documents/versions/batch"
    rows = [{"id": document, "major_version_number__v": 0, "minor_version_number__v": 1}]

    await client.request("DELETE", url, json=rows)

    assert len(sandbox.documents) == 0


async def test_duplicates_among_records(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A record in two rows fails in both; one unique value in two rows fails the call."""
    record = sandbox.records.add("site__v", "Graz")
    url, twice = f"{API}/vobjects/site__v", [{"id": record, "name__v": "x"}] * 2

    rows = (await client.put(url, json=twice)).json()["data"]
    whole = await client.post(f"{url}?idParam=name__v", json=[{"name__v": "x"}] * 2)

    assert [row["errors"][0]["type"] for row in rows] == ["INVALID_DATA"] * 2
    assert error_of(whole)[0] == "INVALID_DATA"
    assert sandbox.records["site__v"].records[record].name == "Graz"


async def test_rows_of_records_are_nested(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The id and the address stand in a ``data`` of the row's own."""
    sandbox.records.add_object("site__v")

    body = (await client.post(f"{API}/vobjects/site__v", json=[{"name__v": "Lyon"}])).json()

    (row,) = body["data"]
    assert row["data"]["url"] == f"{API}/vobjects/site__v/{row['data']['id']}"
    assert row["data"]["event"] == "created__sys"


async def test_role_that_is_no_role(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A column that names no role fails its row; a role the document has not fails a removal."""
    document, url = sandbox.documents.add(), f"{API}/objects/documents/roles/batch"

    wrong = await client.post(url, content=f"id,name__v\n{document},x\n", headers=CSV)
    unknown = await client.request(
        "DELETE", url, content=f"id,no__v.users\n{document},1\n", headers=CSV
    )

    assert wrong.json()["data"][0]["errors"][0]["type"] == "ATTRIBUTE_NOT_SUPPORTED"
    assert unknown.json()["data"][0]["errors"][0]["type"] == "ROLE_NOT_FOUND"
