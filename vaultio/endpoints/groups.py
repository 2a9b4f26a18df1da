"""Groups of users.

Reference: Groups
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from vaultio.endpoints.room import Room
from vaultio.models import Group, Property
from vaultio.protocol.accounts import account_fields
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_number, many, one
from vaultio.protocol.request import delete, post, put
from vaultio.transport import Caller

_NOTHING: Mapping[str, object] = MappingProxyType({})


class Groups(Room):
    """The groups of the vault. Ids may be larger than 32 bits hold."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "objects" / "groups"

    async def retrieve_metadata(self) -> tuple[Property, ...]:
        """Retrieve the fields of groups.

        `required` also marks what Vault sets itself: on creation only those are needed that are
        `on_create_editable` as well.

        ``GET /api/{version}/metadata/objects/groups``
        Reference: Groups › Retrieve Group Metadata
        """
        return await self._caller.get(Path().under("metadata", "objects", "groups"), account_fields)

    async def create(
        self,
        label: str,
        *,
        members: Sequence[int],
        description: str | None = None,
        security_profiles: Sequence[str] | None = None,
        fields: Mapping[str, object] = _NOTHING,
    ) -> int:
        """Create a group of users and return its id; *fields* are further ones by Vault's names.

        A lost answer is not sent again.

        ``POST /api/{version}/objects/groups``
        Reference: Groups › Create Group
        """
        more = {"group_description__v": description, "security_profiles__v": security_profiles}
        values = {"label__v": label, "members__v": members, **more, **fields}
        return await self._caller.send(post(self._root, values), id_number)

    async def retrieve_all(self) -> tuple[Group, ...]:
        """Retrieve all groups, those of the system too.

        ``GET /api/{version}/objects/groups``
        Reference: Groups › Retrieve Groups
        """
        return await self._caller.get(self._root, many("groups", Group, each="group"))

    async def retrieve(self, group_id: int) -> Group:
        """Retrieve one group.

        ``GET /api/{version}/objects/groups/{group_id}``
        Reference: Groups › Retrieve Group
        """
        return await self._caller.get(self._root / group_id, one("groups", Group, each="group"))

    async def update(
        self,
        group_id: int,
        *,
        label: str | None = None,
        members: Sequence[int] | None = None,
        description: str | None = None,
        security_profiles: Sequence[str] | None = None,
        active: bool | None = None,
        fields: Mapping[str, object] = _NOTHING,
    ) -> int:
        """Change a group and return its id; *fields* are further ones by Vault's names.

        The reference does not say whether *members* takes the place of those there or adds to
        them: retrieve the group to be sure.

        ``PUT /api/{version}/objects/groups/{group_id}``
        Reference: Groups › Update Group
        """
        more = {"group_description__v": description, "security_profiles__v": security_profiles}
        values = {"label__v": label, "members__v": members, "active__v": active, **more, **fields}
        return await self._caller.send(put(self._root / group_id, values), id_number)

    async def delete(self, group_id: int) -> int:
        """Delete a group and return its id.

        ``DELETE /api/{version}/objects/groups/{group_id}``
        Reference: Groups › Delete Group
        """
        return await self._caller.send(delete(self._root / group_id), id_number)
