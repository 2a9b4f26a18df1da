"""Groups of the sandbox: what holds together as they come, change and go."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import Sandbox

GROUPS = f"{API}/objects/groups"


async def create(client: httpx.AsyncClient, label: str) -> int:
    """Create a group of Ana alone, and return the id."""
    form = {"label__v": label, "members__v": "46916"}
    return int((await client.post(GROUPS, data=form)).json()["id"])


async def test_answers(client: httpx.AsyncClient) -> None:
    """Each change has its message and the id as a number."""
    created = await client.post(GROUPS, data={"label__v": "R", "members__v": "46916"})
    group_id = created.json()["id"]
    deleted = await client.delete(f"{GROUPS}/{group_id}")

    assert created.json() == {
        "responseStatus": "SUCCESS",
        "responseMessage": "Group successfully created.",
        "id": 1367526751338,
    }
    assert deleted.json()["id"] == group_id
    assert error_of(await client.get(f"{GROUPS}/{group_id}"))[0] == "MALFORMED_URL"


async def test_names_are_made_of_labels(client: httpx.AsyncClient) -> None:
    """Two groups of one label have two names."""
    ids = [await create(client, "My Group") for _ in range(2)]

    groups = [(await client.get(f"{GROUPS}/{one}")).json()["groups"][0]["group"] for one in ids]
    assert [group["name__v"] for group in groups] == ["my_group__c", "my_group_2__c"]


async def test_a_user_knows_the_groups(client: httpx.AsyncClient) -> None:
    """A group's member has the group's id, and loses it with the group."""
    group_id, path = await create(client, "Reviewers"), f"{API}/objects/users/46916"

    assert (await client.get(path)).json()["users"][0]["user"]["group_id__v"] == [group_id]
    await client.delete(f"{GROUPS}/{group_id}")
    assert (await client.get(path)).json()["users"][0]["user"]["group_id__v"] == []


@pytest.mark.parametrize(("how", "expected"), [("replace", [46917]), ("add", [46916, 46917])])
async def test_update_of_members(
    client: httpx.AsyncClient, sandbox: Sandbox, how: str, expected: list[int]
) -> None:
    """The reference does not say which; both can be had."""
    sandbox.settings.group_members = how  # type: ignore[assignment]  # one of the two
    sandbox.users.add("bo@example.com", "x")
    group_id = await create(client, "Reviewers")

    await client.put(f"{GROUPS}/{group_id}", data={"members__v": "46917"})

    assert sandbox.groups[group_id].members == expected


async def test_empty_values_are_left_out(client: httpx.AsyncClient) -> None:
    """A group without a description or profiles says nothing of them."""
    group_id = await create(client, "Reviewers")

    group = (await client.get(f"{GROUPS}/{group_id}")).json()["groups"][0]["group"]

    assert not {"group_description__v", "security_profiles__v", "implied_members__v"} & set(group)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"members__v": "1"}, ("PARAMETER_REQUIRED", "Missing required parameter [label__v].")),
        (
            {"label__v": "R", "members__v": "x"},
            ("INVALID_DATA", "Invalid value [x] specified for parameter [members__v]"),
        ),
        (
            {"label__v": "R", "members__v": "46916", "colour": "red"},
            ("ATTRIBUTE_NOT_SUPPORTED", "Attribute [colour] is not supported."),
        ),
    ],
)
async def test_refused(
    client: httpx.AsyncClient, sandbox: Sandbox, form: dict[str, str], error: tuple[str, str]
) -> None:
    """What cannot be a group does not become one."""
    before = len(list(sandbox.groups))

    assert error_of(await client.post(GROUPS, data=form)) == error
    assert len(list(sandbox.groups)) == before


async def test_metadata_is_that_of_the_reference(client: httpx.AsyncClient) -> None:
    """Thirteen fields, with lengths, in the reference's words."""
    fields = (await client.get(f"{API}/metadata/objects/groups")).json()["properties"]

    assert len(fields) == 13
    assert {
        "name": "members__v",
        "type": "ObjectReference",
        "length": 20,
        "object": "users",
        "editable": True,
        "queryable": False,
        "required": True,
        "multivalue": True,
        "onCreateEditable": True,
    } in fields
