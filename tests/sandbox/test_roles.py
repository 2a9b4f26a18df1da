"""Roles on the sandbox's documents: what holds together as they are given and taken."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

ROLES = f"{API}/objects/documents/773/roles"


@pytest.fixture(autouse=True)
def document(sandbox: Sandbox) -> None:
    """Add a document and another user."""
    sandbox.documents.add(document_id=773)
    sandbox.users.add("bo@example.com", "x")


async def test_who_is_not_allowed_is_skipped(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The others are assigned, and the answer is SUCCESS; a role that is not there takes nobody."""
    sandbox.documents[773].roles["legal__c"].available_users = [46917]
    form = {"legal__c.users": "46916,46917,7", "nobody__c.users": "46916", "legal__c.groups": "1"}

    answer = await client.post(ROLES, data=form)

    assert answer.json() == {
        "responseStatus": "SUCCESS",
        "responseMessage": "Document roles updated",
        "updatedRoles": {"legal__c": {"users": [46917], "groups": [1]}},
    }


async def test_assigned_stays_assigned_once(client: httpx.AsyncClient) -> None:
    """Twice the same is once, and others are added to those there."""
    for ids in ("46916", "46916", "46917"):
        await client.post(ROLES, data={"reviewer__v.users": ids})

    role = (await client.get(f"{ROLES}/reviewer__v")).json()["documentRoles"][0]
    assert role["assignedUsers"] == [46916, 46917]


async def test_inactive_users_are_not_available(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Nobody who has no access to the vault can be put into a role."""
    sandbox.users["bo@example.com"].active = False

    roles = (await client.get(ROLES)).json()["documentRoles"]

    assert {tuple(role["availableUsers"]) for role in roles} == {(46916,)}


async def test_roles_are_the_documents_own(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Who has a role on one document has none on another."""
    sandbox.documents.add(document_id=774)
    await client.post(ROLES, data={"reviewer__v.users": "46916"})

    answer = await client.get(ROLES.replace("773", "774") + "/reviewer__v")

    assert answer.json()["documentRoles"][0]["assignedUsers"] == []


@pytest.mark.parametrize(("kind", "member"), [("user", "46916"), ("group", "1")])
async def test_delete(client: httpx.AsyncClient, kind: str, member: str) -> None:
    """The path has the singular, the answer the plural, and the role is empty again."""
    await client.post(ROLES, data={f"legal__c.{kind}s": member})

    answer = await client.delete(f"{ROLES}/legal__c.{kind}/{member}")

    assert answer.json()["updatedRoles"] == {"legal__c": {f"{kind}s": [int(member)]}}
    again = await client.delete(f"{ROLES}/legal__c.{kind}/{member}")
    said = f"User or group of ID [{member}] was not assigned to role [legal__c]"
    assert error_of(again) == ("USER_OR_GROUP_NOT_FOUND", said)


async def test_role_that_is_not_there(client: httpx.AsyncClient) -> None:
    """It is named, by whichever way it was asked for."""
    expected = ("ROLE_NOT_FOUND", "Role of name [no__c] was not found")

    assert error_of(await client.get(f"{ROLES}/no__c")) == expected
    assert error_of(await client.delete(f"{ROLES}/no__c.user/46916")) == expected


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"legal__c": "46916"}, "ATTRIBUTE_NOT_SUPPORTED"),
        ({"reviewer__v.users": "46916", "legal__c.user": "1"}, "ATTRIBUTE_NOT_SUPPORTED"),
        ({"reviewer__v.users": "46916", "legal__c.users": "Ana"}, "INVALID_DATA"),
    ],
)
async def test_a_form_that_makes_no_sense(
    client: httpx.AsyncClient, sandbox: Sandbox, form: dict[str, str], error: str
) -> None:
    """Nothing of it is done."""
    assert error_of(await client.post(ROLES, data=form))[0] == error
    assert sandbox.documents[773].roles["reviewer__v"].assigned_users == []


async def test_a_deleted_group_has_no_role(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Documents forget it."""
    group_id = sandbox.groups.add("Reviewers")
    await client.post(ROLES, data={"legal__c.groups": str(group_id)})

    await client.delete(f"{API}/objects/groups/{group_id}")

    assert sandbox.documents[773].roles["legal__c"].assigned_groups == []


async def test_no_such_document(client: httpx.AsyncClient) -> None:
    """The document is asked for first."""
    answer = await client.get(ROLES.replace("773", "1"))

    assert error_of(answer) == ("INVALID_DOCUMENT", "Document not found 1")
