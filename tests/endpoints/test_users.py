"""Users: pages, profiles, vaults, and passwords that nobody sees."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import USER
from tests.endpoints.recording import path_of, recorded
from tests.endpoints.test_replies import replayed
from tests.leaks import MARK, PASSWORD, SECRET, told_by
from tests.operations import ELAINE
from vaultio import (
    AccessDeniedError,
    FileTooLargeError,
    InvalidArgumentError,
    InvalidDataError,
    NotAllowedError,
    NotFoundError,
    ParameterRequiredError,
    Secret,
    Vault,
    VaultError,
)
from vaultio.models import VaultMembership
from vaultio.sandbox import Fault, Sandbox

NEW = f"{MARK}-another"


def add_users(sandbox: Sandbox, count: int) -> list[int]:
    """Add users, and return all ids there are then."""
    for number in range(count):
        sandbox.users.add(f"user{number}@example.com", "x")
    return [user.id for user in sandbox.users]


@pytest.mark.parametrize("most", [None, 100])
async def test_every_user_comes_once(sandbox: Sandbox, vault: Vault, most: int | None) -> None:
    """Nobody is lost between pages, also where the vault caps them below what was asked for."""
    ids = add_users(sandbox, 450)
    sandbox.settings.users_limit = most

    assert ids == [user.id async for user in vault.users.retrieve_all()]
    assert ids == [user.id async for user in vault.users.retrieve_all(limit=300)]


async def test_pages_ask_for_the_rest(sandbox: Sandbox) -> None:
    """The parameters go with each page; vaults are written as Vault reads them."""
    add_users(sandbox, 3)
    async with recorded(sandbox) as (vault, recorder):
        await vault.users.retrieve_all(vaults=[3101], sort="id desc", limit=2).all()

    first = {"vaults": "3101", "sort": "id desc", "limit": "2"}
    sent = [dict(request.url.params) for request in recorder.requests]
    assert sent == [first, {**first, "start": "2"}, {**first, "start": "4"}]


async def test_other_vaults(sandbox: Sandbox, vault: Vault) -> None:
    """-1 leaves out the vault that is asked, and all means the domain."""
    other = sandbox.vaults.add("Other")
    user_id = await vault.users.create({**ELAINE, "user_name__v": "bo@example.com"}, domain=True)
    await vault.users.update_vault_membership(user_id, other)

    assert [one.id async for one in vault.users.retrieve_all(vaults=-1)] == [user_id]
    assert len(await vault.users.retrieve_all(vaults="all").all()) == 2


async def test_create_and_retrieve(sandbox: Sandbox, vault: Vault) -> None:
    """Who was created is there, with what was said and what Vault adds."""
    picture = b"\x89PNG\r\n\x1a\n of Elaine"

    user = await vault.users.retrieve(await vault.users.create(ELAINE, picture=picture))

    assert (user.username, user.last_name) == ("ewoodhouse@veevapharm.com", "Woodhouse")
    assert (user.security_policy_id, user.active, user.last_login) == (821, True, None)
    assert user.memberships == (
        VaultMembership(
            vault_id=3101,
            active=True,
            security_profile="business_admin__v",
            license_type="full__v",
        ),
    )
    assert sandbox.users["ewoodhouse@veevapharm.com"].picture == picture


async def test_create_in_the_domain_only(vault: Vault) -> None:
    """Whoever is created in the domain is a member of no vault until added to one."""
    user_id = await vault.users.create(ELAINE, domain=True)
    assert (await vault.users.retrieve(user_id)).vault_ids == ()

    await vault.users.update_vault_membership(user_id, 3101)

    (member,) = (await vault.users.retrieve(user_id)).memberships
    assert (member.active, member.security_profile) == (True, "document_user__v")


async def test_update(sandbox: Sandbox, vault: Vault) -> None:
    """What was set is there."""
    user_id = sandbox.users.add("bo@example.com", "x").id

    assert await vault.users.update(user_id, {"user_title__v": "Boss", "alias__v": "Bo"}) == user_id

    user = await vault.users.retrieve(user_id)
    assert (user.title, user.fields["alias__v"]) == ("Boss", "Bo")


@pytest.mark.parametrize("domain", [False, True])
async def test_disable(sandbox: Sandbox, vault: Vault, domain: bool) -> None:
    """A disabled user remains a member, and is told apart from one disabled in the domain."""
    user_id = sandbox.users.add("bo@example.com", "x").id

    await vault.users.disable(user_id, domain=domain)

    user = await vault.users.retrieve(user_id)
    assert (user.active, user.domain_active, user.vault_ids) == (False, not domain, (3101,))


async def test_membership_sends_what_is_said(sandbox: Sandbox) -> None:
    """None is not sent; False is."""
    async with recorded(sandbox) as (vault, recorder):
        await vault.users.update_vault_membership(46916, 3101, active=True, license_type="full__v")

    assert recorder.requests[0].content == b"active__v=true&license_type__v=full__v"


async def test_metadata(vault: Vault) -> None:
    """Fields say what may be set, and which values are allowed."""
    fields = {field.name: field for field in await vault.users.retrieve_metadata()}

    assert fields["user_name__v"].required
    assert not fields["id"].editable
    names = [value.name for value in fields["security_profile__v"].values]
    assert "vault_owner__v" in names


@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("v11.0", "/api/v11.0/objects/users/46916/password"),
        ("v17.1", "/api/v17.1/objects/users/46916/password"),
        ("v17.2", "/api/v17.2/objects/users/me/password"),
        ("v26.2", "/api/v26.2/objects/users/me/password"),
    ],
)
async def test_where_a_password_is_changed(sandbox: Sandbox, version: str, path: str) -> None:
    """Newer versions know the user who calls alone; the next login takes the new password."""
    sandbox.users[USER].password = PASSWORD
    async with recorded(sandbox, version) as (vault, recorder):
        await vault.users.change_password(46916, current=PASSWORD, new=Secret(NEW))

    assert path_of(recorder.requests[0]) == path
    assert sandbox.users[USER].password == NEW


@pytest.mark.parametrize("kind", ["failure", "lost_answer", "html", "cut", "status"])
async def test_a_failed_change_tells_no_password(sandbox: Sandbox, vault: Vault, kind: str) -> None:
    """Neither password is in what a crash reporter sees of a change that failed."""
    await vault.users.retrieve_metadata()
    sandbox.faults.add(Fault(kind=kind, path="*/password", count=None))  # type: ignore[arg-type]

    with pytest.raises(Exception) as caught:
        await vault.users.change_password(46916, current=PASSWORD, new=Secret(NEW))

    assert SECRET.search(told_by(caught.value)) is None


@pytest.mark.parametrize("bad", ["", None, 5, "half \ud800"])
async def test_a_password_that_cannot_be_sent(vault: Vault, bad: Any) -> None:
    """It is refused, and the other one is not shown either."""
    with pytest.raises(InvalidArgumentError, match="new password") as caught:
        await vault.users.change_password(46916, current=PASSWORD, new=bad)

    assert SECRET.search(told_by(caught.value)) is None


FAILURES: dict[str, tuple[type[VaultError], str, Any]] = {
    "no such user": (NotFoundError, "users/7", lambda users: users.retrieve(7)),
    "no such vault": (
        NotFoundError,
        "vault_membership/7",
        lambda users: users.update_vault_membership(46916, 7),
    ),
    "missing": (
        ParameterRequiredError,
        r"\[user_email__v\]",
        lambda users: users.create({**ELAINE, "user_email__v": None}),
    ),
    "taken": (
        InvalidDataError,
        "already in use",
        lambda users: users.create({**ELAINE, "user_name__v": USER}),
    ),
    "no picture": (InvalidDataError, "JPG", lambda users: users.create(ELAINE, picture=b"no")),
    "unknown": (InvalidDataError, "nope__c", lambda users: users.update(46916, {"nope__c": 1})),
    "managed": (InvalidDataError, "id", lambda users: users.update(46916, {"id": 1})),
    "last admin": (
        NotAllowedError,
        "Domain Admin",
        lambda users: users.update(46916, {"is_domain_admin__v": False}),
    ),
    "short": (
        InvalidDataError,
        "minimum",
        lambda users: users.change_password(46916, current=PASSWORD, new="x"),
    ),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_refusals(vault: Vault, name: str) -> None:
    """Each refusal of Vault is an error of its own class, and says what is wrong."""
    expected, message, call = FAILURES[name]

    with pytest.raises(expected, match=message):
        await call(vault.users)


async def test_only_administrators_change_users(sandbox: Sandbox, vault: Vault) -> None:
    """Whoever has neither profile nor domain in charge is refused."""
    ana = sandbox.users[USER]
    ana.domain_admin, ana.memberships[3101].security_profile = False, "document_user__v"

    with pytest.raises(AccessDeniedError):
        await vault.users.disable(46916)


async def test_a_picture_too_large(vault: Vault) -> None:
    """Pictures of 10 MB are too large."""
    with pytest.raises(FileTooLargeError):
        await vault.users.create(ELAINE, picture=b"GIF89a" + bytes(10 * 1024 * 1024))


async def test_example_of_a_user(tmp_path: Path) -> None:
    """The reference's user: ids beyond 32 bits, UTC times, empty texts kept, the rest in fields."""
    user = await replayed("retrieve_user", tmp_path)

    assert (user.id, user.security_policy_id, user.federated_id) == (25496, 821, "")
    assert user.group_ids == (2555089996, 2111844470)
    assert [member.vault_id for member in user.memberships] == [3003, 4004]
    assert user.last_login == datetime(2015, 1, 20, 23, 58, 2, tzinfo=UTC)
    assert user.fields["office_phone__v"] == "5559876543"


async def test_examples_of_changes(tmp_path: Path) -> None:
    """The other answers that the reference prints."""
    page = await replayed("retrieve_all_users", tmp_path)

    assert [user.first_name for user in page.items] == ["Elaine", "Bruce", "Thomas"]
    assert await replayed("update_user", tmp_path) == 25001
    assert await replayed("disable_user", tmp_path) == 25001
    assert await replayed("change_user_password", tmp_path) is None
    name, _ = await replayed("retrieve_user_metadata", tmp_path)
    assert (name.name, name.length, name.on_create_editable) == ("user_name__v", 255, True)
