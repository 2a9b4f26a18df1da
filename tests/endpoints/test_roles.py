"""Roles on a document: who is in them, who is put in, and who is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endpoints.recording import path_of, recorded
from tests.endpoints.test_replies import replayed
from vaultio import (
    InvalidArgumentError,
    NotFoundError,
    RoleAssignment,
    UnreadableReplyError,
    Vault,
)
from vaultio.endpoints.parts import Roles
from vaultio.models import RoleMembers
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.roles import role_assignment
from vaultio.sandbox import Sandbox

ANA, EVERYBODY = 46916, 1


@pytest.fixture
def roles(sandbox: Sandbox, vault: Vault) -> Roles:
    """Add a document and enter its roles."""
    sandbox.documents.add(document_id=773)
    return vault.documents.roles(773)


async def test_assign_and_retrieve(roles: Roles) -> None:
    """Whoever was put into a role is in it."""
    result = await roles.assign(users={"reviewer__v": [ANA]}, groups={"legal__c": [EVERYBODY]})

    assert {one.role for one in result.assigned} == {"reviewer__v", "legal__c"}
    assert result.skipped == ()
    assert (await roles.retrieve("reviewer__v")).assigned_users == (ANA,)
    assert (await roles.retrieve("legal__c")).assigned_groups == (EVERYBODY,)


async def test_who_is_skipped(roles: Roles) -> None:
    """Vault says SUCCESS although it skipped somebody; the result says whom."""
    result = await roles.assign(
        users={"reviewer__v": [ANA, 7], "nobody__c": [ANA]}, groups={"reviewer__v": [9]}
    )

    assert result.assigned == (RoleMembers(role="reviewer__v", users=(ANA,)),)
    assert result.skipped == (
        RoleMembers(role="reviewer__v", users=(7,), groups=(9,)),
        RoleMembers(role="nobody__c", users=(ANA,)),
    )


async def test_all_are_skipped(sandbox: Sandbox, roles: Roles) -> None:
    """If nobody may have the role, nobody was assigned."""
    sandbox.documents[773].roles["reviewer__v"].available_users = []

    result = await roles.assign(users={"reviewer__v": [ANA]})

    assert result == RoleAssignment(skipped=(RoleMembers(role="reviewer__v", users=(ANA,)),))


async def test_retrieve_all(roles: Roles) -> None:
    """Each role says who may be put into it."""
    reviewer = (await roles.retrieve_all())[0]

    assert (reviewer.name, reviewer.label) == ("reviewer__v", "Reviewer")
    assert reviewer.available_users == (ANA,)
    assert EVERYBODY in reviewer.available_groups


async def test_what_goes_out(sandbox: Sandbox) -> None:
    """The form has the plural, the path the singular; a role's name is quoted."""
    sandbox.documents.add(document_id=773)
    async with recorded(sandbox) as (vault, recorder):
        roles = vault.documents.roles(773)
        await roles.assign(users={"a.b/c": [1, 2]}, groups={"d": [], "e": (3,)})
        with pytest.raises(NotFoundError):
            await roles.delete_user("a.b/c", 1)

    assert recorder.requests[0].content == b"a.b%2Fc.users=1%2C2&e.groups=3"
    assert path_of(recorder.requests[1]).endswith("/773/roles/a.b%2Fc.user/1")


@pytest.mark.parametrize("kind", ["user", "group"])
async def test_delete(roles: Roles, kind: str) -> None:
    """Whoever was taken out is out, and cannot be taken out twice."""
    members = {"reviewer__v": [ANA if kind == "user" else EVERYBODY]}
    await (roles.assign(users=members) if kind == "user" else roles.assign(groups=members))
    delete = roles.delete_user if kind == "user" else roles.delete_group

    await delete("reviewer__v", *members["reviewer__v"])

    with pytest.raises(NotFoundError, match="was not assigned to role") as caught:
        await delete("reviewer__v", *members["reviewer__v"])
    assert caught.value.type == "USER_OR_GROUP_NOT_FOUND"


@pytest.mark.parametrize("empty", [{}, {"reviewer__v": []}])
async def test_nobody_to_assign(roles: Roles, empty: dict[str, list[int]]) -> None:
    """An assignment of nobody is refused unsent."""
    with pytest.raises(InvalidArgumentError, match="nobody"):
        await roles.assign(users=empty)


@pytest.mark.parametrize("name", ["", " "])
async def test_role_without_a_name(roles: Roles, name: str) -> None:
    """A role has a name: without one the path would be another one."""
    with pytest.raises(InvalidArgumentError):
        await roles.delete_user(name, ANA)


async def test_examples(tmp_path: Path) -> None:
    """The answers that the reference prints."""
    reviewer, archivist = await replayed("retrieve_document_roles", tmp_path)
    result = await replayed("assign_users_groups_to_document_role", tmp_path)

    assert archivist.name == "archivist__c"
    assert reviewer == await replayed("retrieve_document_role_assignments", tmp_path)
    assert reviewer.available_users == (31662, 34525, 25507, 31615, 31810)
    assert [one.users or one.groups for one in result.assigned] == [
        (19376, 18234, 19456),
        (19365, 18923),
    ]
    assert await replayed("delete_user_from_document_role", tmp_path) is None


@pytest.mark.parametrize("updated", [[], {"a__c": 5}, {"a__c": {"users": "7"}}])
def test_unreadable_roles(updated: object) -> None:
    """What has not the documented shape is no empty success, unless it is empty."""
    envelope = Envelope("SUCCESS", {"updatedRoles": updated})
    if not updated:
        assert role_assignment({})(envelope) == RoleAssignment()
        return

    with pytest.raises(UnreadableReplyError, match="updatedRoles"):
        role_assignment({})(envelope)
