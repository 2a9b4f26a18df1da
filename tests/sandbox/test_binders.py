"""Binders in the sandbox: what they hold, version by version, and what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

NEW = "/api/v24.1"
BINDERS = f"{API}/objects/binders"
SEVEN = f"{BINDERS}/7"
RULE = {"binding_rule__v": "current", "binding_rule_override__v": "true"}
FIELDS = {"name__v": "Trial", "type__v": "Trial Master File", "lifecycle__v": "General Lifecycle"}


@pytest.fixture(autouse=True)
def binder(sandbox: Sandbox) -> Sandbox:
    """Make binder 7, with a section in a section and a document in that, and a document 9."""
    sandbox.documents.add("Binder", document_id=7, binder=True)
    sandbox.documents.add("Plan", document_id=9)
    sandbox.binders.add_section(7, "Plans", number="1", node_id="100")
    sandbox.binders.add_section(7, "Old plans", parent_id="100", node_id="101")
    sandbox.binders.add_document(7, 9, parent_id="101", node_id="200")
    return sandbox


def ids(nodes: list[dict[str, Any]]) -> list[str]:
    """Return the ids of nodes."""
    return [node["properties"]["id"] for node in nodes]


async def top_level(client: httpx.AsyncClient) -> list[str]:
    """Return the ids on the top level of binder 7."""
    return ids((await client.get(f"{SEVEN}/sections")).json()["binder"]["nodes"])


async def test_tree(client: httpx.AsyncClient) -> None:
    """All levels come as nodes with properties, in the shape that later references print."""
    body = (await client.get(SEVEN, params={"depth": "all"})).json()

    (plans,) = body["binder"]["nodes"]
    (old,) = plans["nodes"]
    assert plans["properties"] == {
        "order__v": 0,
        "type__v": "section",
        "name__v": "Plans",
        "id": "100",
        "section_number__v": "1",
    }
    assert old["nodes"][0]["properties"]["document_id__v"] == 9
    assert body["versions"][0]["value"].endswith("/objects/binders/7/versions/0/1")


async def test_one_level(client: httpx.AsyncClient) -> None:
    """Without a depth nothing below the top is said."""
    body = (await client.get(SEVEN)).json()

    assert [node.keys() for node in body["binder"]["nodes"]] == [{"properties"}]


async def test_nested_binder(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A binder in a binder has its own id, called otherwise among sections, and no children."""
    sandbox.documents.add("Inner", document_id=12, binder=True)
    sandbox.binders.add_section(12, "Within")
    await client.post(f"{SEVEN}/documents", data={"document_id__v": "12", "parent_id__v": ""})

    inner = (await client.get(SEVEN, params={"depth": "all"})).json()["binder"]["nodes"][-1]
    listed = (await client.get(f"{SEVEN}/sections")).json()["binder"]["nodes"][-1]

    assert (inner.keys(), inner["properties"]["id"]) == ({"properties"}, 12)
    assert listed["properties"]["binder_id"] == 12
    assert "id" not in listed["properties"]


async def test_parents_are_named_by_new_versions(client: httpx.AsyncClient) -> None:
    """The root has a name of its own there."""
    body = (await client.get(f"{NEW}/objects/binders/7/sections/100")).json()

    assert body["node"]["properties"]["parent_id__v"] == "rootNode"
    assert body["node"]["nodes"][0]["properties"]["parent_id__v"] == "100"


async def test_places(client: httpx.AsyncClient) -> None:
    """Sections count from 0 and documents from 1; blank or beyond the last is the end."""
    made = [
        await client.post(f"{SEVEN}/sections", data={"name__v": "A", "order__v": "0"}),
        await client.post(f"{SEVEN}/sections", data={"name__v": "B", "order__v": "99"}),
        await client.post(f"{SEVEN}/documents", data={"document_id__v": "9", "order__v": "1"}),
        await client.post(f"{SEVEN}/documents", data={"document_id__v": "9", "order__v": ""}),
    ]

    a, b, first, last = (one.json()["id"] for one in made)
    assert await top_level(client) == [first, a, "100", b, last]


async def test_section_update_without_a_version(client: httpx.AsyncClient) -> None:
    """The path that came later does not exist at v11.0."""
    old = await client.put(f"{SEVEN}/sections/100", data={"name__v": "New"})
    new = await client.put(f"{NEW}/objects/binders/7/sections/100", data={"name__v": "New"})

    assert error_of(old)[0] == "METHOD_NOT_SUPPORTED"
    assert new.json()["id"] == "100"


async def test_section_keeps_what_is_not_said(client: httpx.AsyncClient) -> None:
    """An update of the number leaves the name and the place."""
    await client.put(f"{SEVEN}/versions/0/1/sections/101", data={"section_number__v": "1.1"})

    (old,) = (await client.get(f"{SEVEN}/sections/100")).json()["node"]["nodes"]
    assert (old["properties"]["name__v"], old["properties"]["section_number__v"]) == (
        "Old plans",
        "1.1",
    )


async def test_section_is_not_moved_into_itself(client: httpx.AsyncClient) -> None:
    """Neither directly nor below; and nothing is lost by trying."""
    for parent in ("100", "101"):
        answer = await client.put(
            f"{SEVEN}/versions/0/1/sections/100", data={"parent_id__v": parent}
        )
        assert error_of(answer)[0] == "INVALID_TARGET_SECTION"

    assert await top_level(client) == ["100"]


async def test_document_is_moved_to_the_top(client: httpx.AsyncClient) -> None:
    """The binder's own id stands for its top level."""
    await client.put(f"{SEVEN}/documents/200", data={"parent_id__v": "7"})

    assert await top_level(client) == ["100", "200"]


async def test_section_takes_all_along(client: httpx.AsyncClient) -> None:
    """A deleted section takes subsections and links with it, but no document."""
    assert (await client.delete(f"{SEVEN}/sections/100")).json()["id"] == "100"

    assert error_of(await client.get(f"{SEVEN}/sections/101"))[0] == "INVALID_SECTION"
    assert error_of(await client.delete(f"{SEVEN}/documents/200"))[0] == "INVALID_DOCUMENT"
    assert (await client.get(f"{API}/objects/documents/9")).json()["document"]["id"] == 9


async def test_deleted_document_is_not_listed(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A link leads nowhere once its document is gone, so it is not shown."""
    sandbox.documents.delete(9)

    assert (await client.get(f"{SEVEN}/sections/101")).json()["node"]["nodes"] == []


async def test_draft_begins_as_the_last_version(client: httpx.AsyncClient) -> None:
    """Then each version holds its own."""
    body = (await client.post(SEVEN)).json()
    await client.delete(f"{SEVEN}/sections/101")

    old = (await client.get(f"{SEVEN}/versions/0/1/sections/100")).json()
    new = (await client.get(f"{SEVEN}/versions/0/2/sections/100")).json()
    assert (body["major_version_number__v"], body["minor_version_number__v"]) == (0, 2)
    assert (ids(old["node"]["nodes"]), ids(new["node"]["nodes"])) == (["101"], [])


async def test_only_version(client: httpx.AsyncClient) -> None:
    """One of two may be deleted, the only one may not."""
    await client.post(SEVEN)

    assert (await client.delete(f"{SEVEN}/versions/0/2")).json()["id"] == 7
    assert error_of(await client.delete(f"{SEVEN}/versions/0/1"))[0] == "OPERATION_NOT_ALLOWED"


async def test_deleted_binder(client: httpx.AsyncClient) -> None:
    """It is gone as a binder and as a document, and a second time is refused."""
    await client.delete(SEVEN)

    assert error_of(await client.delete(SEVEN)) == ("INVALID_BINDER", "Binder not found 7.")
    assert error_of(await client.get(f"{API}/objects/documents/7"))[0] == "INVALID_DOCUMENT"


async def test_rule_leaves_what_has_one(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Without override only what has no rule yet gets one."""
    await client.put(f"{SEVEN}/documents/200/binding_rule", data={"binding_rule__v": "current"})
    blank = {"binding_rule__v": "steady-state", "binding_rule_override__v": ""}
    await client.put(f"{SEVEN}/sections/100/binding_rule", data=blank)

    rules = {node.id: node.rule for node in sandbox.binders.tree(sandbox.documents[7]).below()}
    assert rules == {"100": "steady-state", "101": "steady-state", "200": "current"}


@pytest.mark.parametrize("name", FIELDS)
async def test_required_field(client: httpx.AsyncClient, name: str) -> None:
    """A binder without one of its fields is refused, and the field is named."""
    fields = {key: value for key, value in FIELDS.items() if key != name}

    answer = await client.post(BINDERS, data=fields)

    assert error_of(answer) == ("PARAMETER_REQUIRED", f"Missing required parameter [{name}].")


@pytest.mark.parametrize("template", ["tmf", "other"])
async def test_wrong_template(client: httpx.AsyncClient, sandbox: Sandbox, template: str) -> None:
    """A template must be there, and be for that type of document."""
    sandbox.binders.add_template("tmf", "Submission", "Plans")

    answer = await client.post(BINDERS, data=FIELDS, params={"fromTemplate": template})

    assert error_of(answer)[0] == "INVALID_DATA"


REFUSED = [
    ("GET", "9", {}, "INVALID_BINDER"),
    ("GET", "7?depth=2", {}, "INVALID_DATA"),
    ("GET", "7/versions/9/9", {}, "INVALID_DATA"),
    ("PUT", "9", {"title__v": "T"}, "INVALID_BINDER"),
    ("PUT", "7", {"id": "8"}, "INVALID_DATA"),
    ("PUT", "7", {"reclassify": "perhaps"}, "INVALID_DATA"),
    ("PUT", "7", {"type__v": "Plan"}, "OPERATION_NOT_ALLOWED"),
    ("POST", "9", {}, "INVALID_BINDER"),
    ("PUT", "9/binding_rule", RULE, "INVALID_BINDER"),
    ("PUT", "7/binding_rule", {**RULE, "binding_rule__v": "newest"}, "INVALID_BINDING_RULE"),
    ("PUT", "7/binding_rule", {**RULE, "binding_rule__v": "specific"}, "INVALID_BINDING_RULE"),
    ("PUT", "7/binding_rule", {"binding_rule__v": "current"}, "PARAMETER_REQUIRED"),
    ("POST", "9/sections", {"name__v": "A"}, "INVALID_BINDER"),
    ("POST", "7/sections", {}, "REQUIRED_FIELD_NOT_PRESENT"),
    ("POST", "7/sections", {"name__v": "A", "parent_id__v": "5"}, "INVALID_SECTION"),
    ("POST", "7/sections", {"name__v": "A", "order__v": "first"}, "INVALID_DATA"),
    ("GET", "9/sections", {}, "INVALID_BINDER"),
    ("GET", "9/sections/100", {}, "INVALID_BINDER"),
    ("GET", "7/sections/5", {}, "INVALID_SECTION"),
    ("GET", "9/versions/0/1/sections", {}, "INVALID_BINDER"),
    ("GET", "9/versions/0/1/sections/100", {}, "INVALID_BINDER"),
    ("GET", "7/versions/0/1/sections/200", {}, "INVALID_SECTION"),
    ("PUT", "9/versions/0/1/sections/100", {"name__v": "A"}, "INVALID_BINDER"),
    ("PUT", "7/versions/0/1/sections/5", {"name__v": "A"}, "INVALID_SECTION"),
    ("PUT", "7/versions/0/1/sections/101", {"parent_id__v": "5"}, "INVALID_TARGET_SECTION"),
    ("PUT", "9/sections/100/binding_rule", RULE, "INVALID_BINDER"),
    ("PUT", "7/sections/5/binding_rule", RULE, "INVALID_SECTION"),
    ("DELETE", "9/sections/100", {}, "INVALID_BINDER"),
    ("DELETE", "7/sections/5", {}, "INVALID_SECTION"),
    ("POST", "9/documents", {"document_id__v": "9"}, "INVALID_BINDER"),
    ("POST", "7/documents", {}, "PARAMETER_REQUIRED"),
    ("POST", "7/documents", {"document_id__v": "5"}, "INVALID_DOCUMENT"),
    ("POST", "7/documents", {"document_id__v": "7"}, "INVALID_DOCUMENT"),
    ("POST", "7/documents", {"document_id__v": "9", "parent_id__v": "5"}, "INVALID_SECTION"),
    ("PUT", "9/documents/200", {"order__v": "1"}, "INVALID_BINDER"),
    ("PUT", "7/documents/100", {"order__v": "1"}, "INVALID_DOCUMENT"),
    ("PUT", "7/documents/200", {"parent_id__v": "5"}, "INVALID_TARGET_SECTION"),
    ("PUT", "9/documents/200/binding_rule", RULE, "INVALID_BINDER"),
    ("PUT", "7/documents/5/binding_rule", RULE, "INVALID_DOCUMENT"),
    ("DELETE", "9/documents/200", {}, "INVALID_BINDER"),
    ("DELETE", "7/documents/9", {}, "INVALID_DOCUMENT"),
]


@pytest.mark.parametrize(("method", "path", "form", "expected"), REFUSED)
async def test_refused(
    client: httpx.AsyncClient, method: str, path: str, form: dict[str, str], expected: str
) -> None:
    """Each call names its own error type, and changes nothing."""
    before = (await client.get(SEVEN, params={"depth": "all"})).json()

    answer = await client.request(method, f"{BINDERS}/{path}", data=form or None)

    assert error_of(answer)[0] == expected
    assert (await client.get(SEVEN, params={"depth": "all"})).json() == before


@pytest.mark.parametrize("missing", ["major", "minor"])
@pytest.mark.parametrize("path", ["documents", "documents/200/binding_rule"])
async def test_specific_wants_a_version(client: httpx.AsyncClient, missing: str, path: str) -> None:
    """Both numbers are needed, and each has a type of its own."""
    form = {"document_id__v": "9", "binding_rule__v": "specific"}
    form |= {"major_version_number__v": "0", "minor_version_number__v": "1"}
    del form[f"{missing}_version_number__v"]

    answer = await client.request(
        "POST" if path == "documents" else "PUT", f"{SEVEN}/{path}", data=form
    )

    assert error_of(answer)[0] == f"MISSING_{missing.upper()}_VERSION"


async def test_draft_without_permission(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Whoever may not create drafts is told so in the words of the reference."""
    sandbox.binders.may_not_draft.add(sandbox.users["ana@example.com"].id)

    answer = await client.post(SEVEN)

    said = "User does not have sufficient privileges to perform the action."
    assert error_of(answer) == ("INSUFFICIENT_ACCESS", said)
