"""Groups: their fields, and the groups themselves."""

from __future__ import annotations

from typing import Any

from vaultio.sandbox.account_fields import GROUP_FIELDS, read_fields
from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import invalid
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.groups import Group

routes = Routes()


def describe(call: Call, group: Group) -> JSON:
    """Return a group as the API names it; lists and texts that are empty are left out."""
    implied = [one.id for one in call.sandbox.users if group.implies(one)]
    values: JSON = {
        "id": group.id,
        "active__v": group.active,
        "members__v": group.members,
        "created_by__v": group.created_by,
        "group_description__v": group.description,
        "modified_date__v": group.modified,
        "modified_by__v": group.modified_by,
        "security_profiles__v": group.security_profiles,
        "implied_members__v": implied,
        "name__v": group.name,
        "label__v": group.label,
        "system_group__v": group.system,
        "created_date__v": group.created,
    }
    return {name: value for name, value in values.items() if value not in (None, [])}


@routes.on("GET", "/metadata/objects/groups")
async def retrieve_group_metadata(_call: Call) -> JSON:
    """List the fields of groups."""
    return {"properties": [field.describe() for field in GROUP_FIELDS]}


@routes.on("POST", "/objects/groups")
async def create_group(call: Call) -> JSON:
    """Add a group."""
    values = await _values(call, creating=True)
    group_id = call.sandbox.groups.add(
        values["label__v"],
        values["members__v"],
        description=values.get("group_description__v"),
        security_profiles=values.get("security_profiles__v", ()),
        created_by=call.user.id,
    )
    return _answer("Group successfully created.", group_id)


@routes.on("GET", "/objects/groups")
async def retrieve_groups(call: Call) -> JSON:
    """List all groups; there are no pages."""
    return {"groups": [{"group": describe(call, group)} for group in call.sandbox.groups]}


@routes.on("GET", "/objects/groups/{group_id}")
async def retrieve_group(call: Call) -> JSON:
    """Describe one group, in a list of one."""
    group = call.sandbox.groups.find(call.ids["group_id"])
    return {"groups": [{"group": describe(call, group)}]}


@routes.on("PUT", "/objects/groups/{group_id}")
async def update_group(call: Call) -> JSON:
    """Change what is given."""
    group = call.sandbox.groups.find(call.ids["group_id"])
    values = await _values(call, creating=False)
    members = values.get("members__v", group.members)
    if call.sandbox.settings.group_members == "add":
        members = [*group.members, *(one for one in members if one not in group.members)]
    group.members = members
    group.label = values.get("label__v", group.label)
    group.description = values.get("group_description__v", group.description)
    group.security_profiles = values.get("security_profiles__v", group.security_profiles)
    group.active = values.get("active__v", group.active)
    group.modified, group.modified_by = call.sandbox.stamp(), call.user.id
    return _answer("Group successfully updated.", group.id)


@routes.on("DELETE", "/objects/groups/{group_id}", since="v7.0")
async def delete_group(call: Call) -> JSON:
    """Delete a group; documents forget it in their roles."""
    group = call.sandbox.groups.find(call.ids["group_id"])
    call.sandbox.groups.delete(group.id)
    for document in call.sandbox.documents:
        for role in document.roles.values():
            role.forget_group(group.id)
    return _answer("Group successfully deleted.", group.id)


async def _values(call: Call, *, creating: bool) -> dict[str, Any]:
    values = read_fields(GROUP_FIELDS, (await call.form()).values, creating=creating)
    for user_id in values.get("members__v", ()):
        if not call.sandbox.users.has(user_id):
            raise invalid(f"Invalid value [{user_id}] specified for parameter [members__v]")
    return values


def _answer(message: str, group_id: int) -> JSON:
    return {"responseStatus": "SUCCESS", "responseMessage": message, "id": group_id}
