"""Users: creating, changing and disabling them, their passwords and their vaults."""

from __future__ import annotations

import secrets
from typing import Any

from vaultio.sandbox import versions
from vaultio.sandbox.account_fields import USER_FIELDS, read_fields
from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid, missing, not_found
from vaultio.sandbox.forms import FormFile
from vaultio.sandbox.rooms.users import no_access
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.users import DEFAULT_LICENSE, DEFAULT_PROFILE, Membership, User

routes = Routes()
SHORTEST_PASSWORD = 8
LARGEST_PICTURE = 10 * 1024 * 1024
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_IN_VAULT = ("active__v", "security_profile__v", "license_type__v")
_MEMBERSHIP = tuple(field for field in USER_FIELDS if field.name in _IN_VAULT)
# Pages of the versions between show both; from the first of these the id says whose it is.
_OWN_ONLY, _ME_ONLY = versions.Version(17, 2), versions.Version(25, 2)


@routes.on("POST", "/objects/users")
async def create_user(call: Call) -> JSON:
    """Add a user to the domain, and to this vault unless ``domain=true``."""
    _may_change(call, call.session.vault_id)
    form = await call.form()
    to_domain = _flag(form.values.pop("domain", ""), "domain")
    values = read_fields(USER_FIELDS, form.values, creating=True)
    if values.get("is_domain_admin__v"):
        _domain_admins_only(call)
    if call.sandbox.users.find(values["user_name__v"]) is not None:
        raise invalid(f"The user name [{values['user_name__v']}] is already in use.")
    picture = _picture(form.files.get("file"))
    memberships = {} if to_domain else {call.session.vault_id: _new_membership(values)}
    user = call.sandbox.users.add(
        values["user_name__v"],
        secrets.token_urlsafe(16),  # it goes to the user by mail
        memberships=memberships,
        created_by=call.user.id,
        modified_by=call.user.id,
        picture=picture,
    )
    _set(user, values)
    return {"id": user.id}


def _new_membership(values: dict[str, Any]) -> Membership:
    return Membership(
        active=values.get("active__v", True),
        security_profile=values.get("security_profile__v") or DEFAULT_PROFILE,
        license_type=values.get("license_type__v") or DEFAULT_LICENSE,
    )


def _picture(file: FormFile | None) -> bytes | None:
    if file is None:
        return None
    if file.content.size >= LARGEST_PICTURE:
        raise RefusedError("EXCEEDS_FILE_MAX_SIZE", "A profile picture must be less than 10MB.")
    picture = file.data
    if not picture.startswith(_PICTURES):
        raise invalid("A profile picture must be a JPG, PNG or GIF file.")
    return picture


def _set(user: User, values: dict[str, Any]) -> None:
    """Keep values where they belong: on the user, or among the fields of the profile."""
    user.domain_admin = values.pop("is_domain_admin__v", user.domain_admin)
    needs = values.pop("user_needs_to_change_password__v", user.must_change_password)
    user.must_change_password = needs
    user.fields |= {
        name: value
        for name, value in values.items()
        if name not in (*_IN_VAULT, "user_name__v", "domain_active__v")
    }


@routes.on("PUT", "/objects/users/{user_id}")
async def update_user(call: Call) -> JSON:
    """Change a profile; the domain's matters are for its administrators."""
    user = call.sandbox.users.with_id(call.ids["user_id"])
    _may_change(call, call.session.vault_id)
    values = read_fields(USER_FIELDS, (await call.form()).values, creating=False)
    if values.keys() & {"domain_active__v", "is_domain_admin__v"}:
        _domain_admins_only(call)
    if values.get("is_domain_admin__v") is False:
        _not_the_last_admin(call, user)
    if "user_name__v" in values:
        call.sandbox.users.rename(user, values["user_name__v"])
    member = user.memberships.get(call.session.vault_id)
    if member is not None:
        _set_membership(member, values)
    if "domain_active__v" in values:
        _set_domain_active(call, user, values["domain_active__v"])
    _set(user, values)
    return _changed(call, user)


def _set_domain_active(call: Call, user: User, active: bool) -> None:
    """Disable in every vault; who is enabled again is still inactive in each of them."""
    user.domain_active = active
    if not active:
        for membership in user.memberships.values():
            membership.active = False
        call.sandbox.sessions.end_of(user)


def _set_membership(membership: Membership, values: dict[str, Any]) -> None:
    membership.active = values.get("active__v", membership.active)
    membership.security_profile = values.get("security_profile__v") or membership.security_profile
    membership.license_type = values.get("license_type__v") or membership.license_type


def _changed(call: Call, user: User) -> JSON:
    user.modified, user.modified_by = call.sandbox.stamp(), call.user.id
    if not user.active:
        call.sandbox.sessions.end_of(user)
    return {"id": user.id}


@routes.on("DELETE", "/objects/users/{user_id}")
async def disable_user(call: Call) -> JSON:
    """Make a user inactive in this vault or, with ``domain=true``, in all; nothing is deleted."""
    user = call.sandbox.users.with_id(call.ids["user_id"])
    _may_change(call, call.session.vault_id)
    if _flag(call.query.get("domain", ""), "domain"):
        _set_domain_active(call, user, active=False)
        return _changed(call, user)
    member = user.memberships.get(call.session.vault_id)
    if member is None:
        raise RefusedError("OPERATION_NOT_ALLOWED", f"User {user.id} is not in this vault.")
    member.active = False
    return _changed(call, user)


@routes.on("PUT", "/objects/users/{user_id}/vault_membership/{vault_id}")
async def update_vault_membership(call: Call) -> JSON:
    """Add a user to a vault, or change what the user is there; nothing given means defaults."""
    user = call.sandbox.users.with_id(call.ids["user_id"])
    vault_ids = {str(vault.id): vault.id for vault in call.sandbox.vaults}
    if call.ids["vault_id"] not in vault_ids:
        raise not_found(f"users/{user.id}/vault_membership/{call.ids['vault_id']}")
    vault_id = vault_ids[call.ids["vault_id"]]
    _may_change(call, vault_id)
    values = read_fields(_MEMBERSHIP, (await call.form()).values, creating=False)
    if vault_id in user.memberships:
        _set_membership(user.memberships[vault_id], values)
    else:
        user.memberships[vault_id] = _new_membership(values)
    return _changed(call, user)


@routes.on("POST", "/objects/users/{user_id}/password", since="v7.0")
async def change_user_password(call: Call) -> JSON:
    """Change a password, for which the present one is needed."""
    user = call.sandbox.users.with_id(call.ids["user_id"])
    if call.version >= _ME_ONLY:
        raise RefusedError("METHOD_NOT_SUPPORTED", "Request method 'POST' not supported")
    if user is not call.user:
        if call.version >= _OWN_ONLY:
            raise no_access("the passwords of other users")
        _may_change(call, call.session.vault_id)
    return await _change_password(call, user)


@routes.on("POST", "/objects/users/me/password", since="v17.2")
async def change_my_password(call: Call) -> JSON:
    """Change the password of the user who calls."""
    return await _change_password(call, call.user)


async def _change_password(call: Call, user: User) -> JSON:
    form = (await call.form()).values
    for name in ("password__v", "new_password__v"):
        if not form.get(name):
            raise missing(name)
    if form["password__v"] != user.password:
        raise invalid("The current password is not correct.")
    if len(form["new_password__v"]) < SHORTEST_PASSWORD:
        raise invalid("The new password does not meet the minimum password requirements.")
    user.password = form["new_password__v"]
    user.must_change_password = False
    return {}


def _flag(text: str, name: str) -> bool:
    if text.lower() not in ("", "true", "false"):
        raise invalid(f"Invalid value [{text}] specified for parameter [{name}]")
    return text.lower() == "true"


def _may_change(call: Call, vault_id: int) -> None:
    if not call.user.administers(vault_id):
        raise no_access(f"the users of vault {vault_id}")


def _domain_admins_only(call: Call) -> None:
    if not call.user.domain_admin:
        raise no_access("what only Domain Admins may change")


def _not_the_last_admin(call: Call, user: User) -> None:
    if all(not one.domain_admin or one is user for one in call.sandbox.users):
        raise RefusedError(
            "OPERATION_NOT_ALLOWED", "There must always be at least one Domain Admin."
        )
