"""The roles on one document.

Reference: Roles
"""

from __future__ import annotations

from types import MappingProxyType

from vaultio.endpoints.room import Room
from vaultio.models import DocumentRole, RoleAssignment
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many, nothing, one
from vaultio.protocol.request import delete, post
from vaultio.protocol.roles import Members, role_assignment, role_form, role_member
from vaultio.transport import Caller

_NOBODY: Members = MappingProxyType({})


class Roles(Room):
    """Who has which role on one document; roles go by name, such as ``reviewer__v``."""

    def __init__(self, caller: Caller, owner: Path) -> None:
        super().__init__(caller)
        self._root = owner / "roles"

    async def retrieve_all(self) -> tuple[DocumentRole, ...]:
        """Retrieve the active roles, with who is in each and who may be.

        ``GET {owner}/roles``
        Reference: Roles › Retrieve Document Roles
        """
        return await self._caller.get(self._root, many("documentRoles", DocumentRole))

    async def retrieve(self, role: str) -> DocumentRole:
        """Retrieve one role, with who is in it and who may be.

        ``GET {owner}/roles/{role_name}``
        Reference: Roles › Retrieve Document Role Assignments
        """
        return await self._caller.get(self._root / role, one("documentRoles", DocumentRole))

    async def assign(
        self, *, users: Members = _NOBODY, groups: Members = _NOBODY
    ) -> RoleAssignment:
        """Put users and groups into roles, ids by role, and tell who was skipped.

        Vault skips a role that the document does not have and whoever is not allowed in a role,
        and still says SUCCESS. A lost answer is not sent again.

        ``POST {owner}/roles``
        Reference: Roles › Assign Users/Groups to Role
        """
        fields = role_form(users, groups)
        return await self._caller.send(post(self._root, fields), role_assignment(fields))

    async def delete_user(self, role: str, user_id: int) -> None:
        """Take a user out of a role; a `NotFoundError` if the user was not in it.

        ``DELETE {owner}/roles/{role_name}.user/{user_id}``
        Reference: Roles › Delete User/Group from Role
        """
        await self._caller.send(delete(role_member(self._root, role, "user", user_id)), nothing)

    async def delete_group(self, role: str, group_id: int) -> None:
        """Take a group out of a role; a `NotFoundError` if the group was not in it.

        ``DELETE {owner}/roles/{role_name}.group/{group_id}``
        Reference: Roles › Delete User/Group from Role
        """
        await self._caller.send(delete(role_member(self._root, role, "group", group_id)), nothing)
