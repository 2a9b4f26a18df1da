"""Users: reading them."""

from __future__ import annotations

from typing import Any

from vaultio.sandbox.account_fields import USER_FIELDS
from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.users import Membership, User

routes = Routes()
PAGE = 200
DOMAIN_ID = 3003
_EMPTY = ("federated_id__v", "salesforce_user_name__v", "medidata_uuid__v")


def describe(call: Call, user: User) -> JSON:
    """Return a user as the API names it; what is empty is an empty text."""
    member = user.memberships.get(call.session.vault_id)
    first, _, last = user.username.partition("@")[0].title().partition(".")
    in_vault = _membership(member) if member is not None else {"active__v": False}
    return {
        "user_name__v": user.username,
        "user_first_name__v": first,
        "user_last_name__v": last,
        "user_email__v": user.username,
        "user_timezone__v": "America/New_York",
        "user_locale__v": "en_US",
        "user_language__v": "en",
        "security_policy_id__v": 821,
        **dict.fromkeys(_EMPTY, ""),
        **in_vault,
        **user.fields,
        "is_domain_admin__v": user.domain_admin,
        "domain_active__v": user.domain_active,
        "user_needs_to_change_password__v": user.must_change_password,
        "id": user.id,
        "created_date__v": user.created,
        "created_by__v": user.created_by,
        "modified_date__v": user.modified,
        "modified_by__v": user.modified_by,
        "domain_id__v": DOMAIN_ID,
        "vault_id__v": list(user.memberships),
        "last_login__v": user.last_login,
        "group_id__v": [one.id for one in call.sandbox.groups if user.id in one.members],
        "vault_membership": [
            {"id": vault_id, **_membership(one)} for vault_id, one in user.memberships.items()
        ],
    }


def _membership(membership: Membership) -> JSON:
    return {
        "active__v": membership.active,
        "security_profile__v": membership.security_profile,
        "license_type__v": membership.license_type,
    }


@routes.on("GET", "/metadata/objects/users")
async def retrieve_user_metadata(_call: Call) -> JSON:
    """List the fields of users."""
    return {"properties": [field.describe() for field in USER_FIELDS]}


@routes.on("GET", "/objects/users")
async def retrieve_all_users(call: Call) -> JSON:
    """List the users of this vault or of others, a page at a time; no total is told."""
    most = call.sandbox.settings.users_limit
    start, limit = call.number("start", 0), call.number("limit", PAGE, most)
    sort = call.query.get("sort") or "id asc"
    rows = _sorted([describe(call, user) for user in _chosen(call)], sort)
    page = rows[start : start + limit]
    return {
        "size": len(page),
        "start": start,
        "limit": limit,
        "sort": sort,
        "users": [{"user": row} for row in page],
    }


def _chosen(call: Call) -> list[User]:
    """Choose by the parameter *vaults*; more than the own vault is for administrators."""
    here, known = call.session.vault_id, {vault.id for vault in call.sandbox.vaults}
    wanted = call.query.get("vaults")
    if not wanted:
        return [user for user in call.sandbox.users if here in user.memberships]
    if wanted in ("all", "-1"):
        chosen = known if wanted == "all" else known - {here}
    else:
        chosen = {_vault_id(call, text) for text in wanted.split(",")}
    if any(not call.user.administers(vault_id) for vault_id in chosen):
        raise no_access("retrieve users of these vaults")
    return [user for user in call.sandbox.users if chosen & user.memberships.keys()]


def _vault_id(call: Call, text: str) -> int:
    for vault in call.sandbox.vaults:
        if str(vault.id) == text:
            return vault.id
    raise invalid(f"Invalid value [{text}] specified for parameter [vaults]")


def _sorted(rows: list[JSON], sort: str) -> list[JSON]:
    name, _, direction = sort.partition(" ")
    if direction.lower() not in ("", "asc", "desc"):
        raise invalid(f"Invalid sort direction [{direction}]")
    if name not in {field.name for field in USER_FIELDS}:
        raise invalid(f"Invalid sort field [{name}]")

    def key(row: JSON) -> Any:
        return row["id"] if name == "id" else str(row.get(name, ""))

    return sorted(rows, key=key, reverse=direction.lower() == "desc")


def no_access(what: str) -> RefusedError:
    """Say that this is for administrators."""
    return RefusedError("INSUFFICIENT_ACCESS", f"User does not have access to {what}.")


@routes.on("GET", "/objects/users/{user_id}")
async def retrieve_user(call: Call) -> JSON:
    """Describe one user, in a list of one."""
    user = call.sandbox.users.with_id(call.ids["user_id"])
    return {"users": [{"user": describe(call, user)}]}
