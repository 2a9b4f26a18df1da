"""Roles on one document."""

from __future__ import annotations

import re

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document
from vaultio.sandbox.stores.roles import Kind, Role, find_role

routes = Routes()
_FIELD = re.compile(r"(?P<role>.+)\.(?P<kind>users|groups)", re.DOTALL)
_ROOT = "/objects/documents/{doc_id}/roles"


def available(call: Call, role: Role, kind: Kind) -> list[int]:
    """Return who may be put into a role: members of this vault, unless the role says."""
    if kind == "users":
        here = [one.id for one in call.sandbox.users if one.is_active(call.session.vault_id)]
        chosen = role.available_users
    else:
        here, chosen = [one.id for one in call.sandbox.groups if one.active], role.available_groups
    return here if chosen is None else [one for one in chosen if one in here]


def describe(call: Call, role: Role) -> JSON:
    """Return a role as the API names it."""
    return {
        "name": role.name,
        "label": role.label,
        "assignedUsers": role.assigned_users,
        "assignedGroups": role.assigned_groups,
        "availableUsers": available(call, role, "users"),
        "availableGroups": available(call, role, "groups"),
        "defaultUsers": role.default_users,
        "defaultGroups": role.default_groups,
    }


def read_members(name: str, text: str) -> tuple[str, Kind, list[int]]:
    """Read ``{role}.users`` or ``{role}.groups`` and ids, or refuse."""
    field = _FIELD.fullmatch(name)
    if field is None:
        raise RefusedError("ATTRIBUTE_NOT_SUPPORTED", f"Attribute [{name}] is not supported.")
    kind: Kind = "users" if field["kind"] == "users" else "groups"
    return field["role"], kind, [_number(name, one.strip()) for one in text.split(",") if one]


def assign(call: Call, document: Document, name: str, kind: Kind, wanted: list[int]) -> list[int]:
    """Put users or groups into a role, and return whom it took.

    A role that the document does not have takes nobody, as one that is not available to them.
    """
    role = document.roles.get(name)
    return [] if role is None else role.assign(kind, wanted, available(call, role, kind))


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise invalid(f"Invalid value [{text}] specified for parameter [{name}]")
    return int(text)


@routes.on("GET", _ROOT)
async def retrieve_document_roles(call: Call) -> JSON:
    """List the roles of a document."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    return {"documentRoles": [describe(call, role) for role in document.roles.values()]}


@routes.on("GET", f"{_ROOT}/{{role_name}}")
async def retrieve_document_role_assignments(call: Call) -> JSON:
    """Describe one role of a document, in a list of one."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    role = find_role(document.roles, call.ids["role_name"])
    return {
        "responseStatus": "SUCCESS",
        "responseMessage": "Document role retrieved",
        "documentRoles": [describe(call, role)],
    }


@routes.on("POST", _ROOT)
async def assign_users_groups_to_document_role(call: Call) -> JSON:
    """Put users and groups into roles; who is not allowed is skipped without a word."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    form = (await call.form()).values
    updated: JSON = {}
    for role, kind, wanted in [read_members(*pair) for pair in form.items()]:
        taken = assign(call, document, role, kind, wanted)
        if taken:
            updated.setdefault(role, {})[kind] = taken
    return _updated("Document roles updated", updated)


@routes.on("DELETE", f"{_ROOT}/{{role_name}}.user/{{member_id}}")
async def delete_user_from_document_role(call: Call) -> JSON:
    """Take a user out of a role."""
    return _removed(call, "users")


@routes.on("DELETE", f"{_ROOT}/{{role_name}}.group/{{member_id}}")
async def delete_group_from_document_role(call: Call) -> JSON:
    """Take a group out of a role."""
    return _removed(call, "groups")


def _removed(call: Call, kind: Kind) -> JSON:
    document = call.sandbox.documents.find(call.ids["doc_id"])
    role = find_role(document.roles, call.ids["role_name"])
    member = role.remove(kind, call.ids["member_id"])
    return _updated("User/group deleted from document role", {role.name: {kind: [member]}})


def _updated(message: str, roles: JSON) -> JSON:
    return {"responseStatus": "SUCCESS", "responseMessage": message, "updatedRoles": roles}
