"""Groups: creating, changing and deleting them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.endpoints.recording import recorded
from tests.endpoints.test_replies import replayed
from vaultio import (
    InvalidDataError,
    NotFoundError,
    ParameterRequiredError,
    Vault,
    VaultError,
)
from vaultio.sandbox import Sandbox

ANA = 46916


async def test_create_and_retrieve(vault: Vault) -> None:
    """What was created is there under an id beyond 32 bits, in the list too."""
    group_id = await vault.groups.create(
        "Clinical Reviewers",
        members=[ANA],
        description="They review",
        security_profiles=["business_admin__v"],
    )

    group = await vault.groups.retrieve(group_id)
    assert group_id > 2**32
    assert (group.name, group.members) == ("clinical_reviewers__c", (ANA,))
    assert (group.description, group.system_group) == ("They review", False)
    assert group in await vault.groups.retrieve_all()


async def test_implied_members(vault: Vault) -> None:
    """Owners of the vault are in the system's group of owners, although nobody put them there."""
    owners = next(one for one in await vault.groups.retrieve_all() if one.label == "Vault Owners")

    assert owners.system_group
    assert (owners.members, owners.implied_members) == ((), (ANA,))


async def test_update(vault: Vault) -> None:
    """What is given is changed, and nothing else; an empty list empties the members."""
    group_id = await vault.groups.create("Reviewers", members=[ANA])

    assert await vault.groups.update(group_id, label="Readers", active=False) == group_id

    group = await vault.groups.retrieve(group_id)
    assert (group.label, group.active, group.members) == ("Readers", False, (ANA,))


async def test_update_sends_what_is_given(sandbox: Sandbox) -> None:
    """None is not sent; fields that have no parameter go by Vault's names."""
    async with recorded(sandbox) as (vault, recorder):
        await vault.groups.update(6, members=[ANA], fields={"group_description__v": ""})

    assert recorder.requests[0].content == b"members__v=46916&group_description__v="


async def test_delete(vault: Vault) -> None:
    """A deleted group is gone, and cannot be deleted twice."""
    group_id = await vault.groups.create("Reviewers", members=[ANA])

    assert await vault.groups.delete(group_id) == group_id

    with pytest.raises(NotFoundError, match=str(group_id)):
        await vault.groups.delete(group_id)


async def test_metadata(vault: Vault) -> None:
    """What must be given on creation is required and can be set then."""
    fields = await vault.groups.retrieve_metadata()

    needed = [field.name for field in fields if field.required and field.on_create_editable]
    assert needed == ["label__v", "members__v"]


FAILURES: dict[str, tuple[type[VaultError], str, Any]] = {
    "no such group": (NotFoundError, "groups/7", lambda groups: groups.retrieve(7)),
    "no members": (
        ParameterRequiredError,
        r"\[members__v\]",
        lambda groups: groups.create("Reviewers", members=[]),
    ),
    "no such user": (
        InvalidDataError,
        r"\[7\].*\[members__v\]",
        lambda groups: groups.create("Reviewers", members=[7]),
    ),
    "no such profile": (
        InvalidDataError,
        "nobody__v",
        lambda groups: groups.update(6, security_profiles=["nobody__v"]),
    ),
    "long label": (InvalidDataError, "255", lambda groups: groups.update(6, label="x" * 256)),
    "managed": (
        InvalidDataError,
        r"\[name__v\]",
        lambda groups: groups.update(6, fields={"name__v": "mine__c"}),
    ),
    "not on creation": (
        InvalidDataError,
        r"\[active__v\]",
        lambda groups: groups.create("R", members=[ANA], fields={"active__v": True}),
    ),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_refusals(vault: Vault, name: str) -> None:
    """Each refusal of Vault is an error of its own class, and says what is wrong."""
    expected, message, call = FAILURES[name]

    with pytest.raises(expected, match=message):
        await call(vault.groups)


async def test_examples(tmp_path: Path) -> None:
    """The answers that the reference prints, with the wrapper of each group taken off."""
    business, owners = await replayed("retrieve_groups", tmp_path)

    assert (business.id, business.members) == (4, (25516, 25527))
    assert owners == await replayed("retrieve_group", tmp_path)
    assert (owners.name, owners.implied_members) == ("vault_owners__v", ())
    assert await replayed("create_group", tmp_path) == 1367526751338
    assert await replayed("update_group", tmp_path) == 27


async def test_example_of_metadata(tmp_path: Path) -> None:
    """Fields that refer to something say to what, in Vault's own spelling."""
    fields = {one.name: one for one in await replayed("retrieve_group_metadata", tmp_path)}

    assert fields["security_profiles__v"].object == "Securityprofile"
    assert fields["members__v"].multivalue
    assert (fields["created_date__v"].type, fields["created_date__v"].length) == ("Calendar", 0)
