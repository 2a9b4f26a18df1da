"""One version of a binder.

Reference: Binders › Retrieve Binder Version and the sections after it
"""

from __future__ import annotations

from collections.abc import Mapping

from vaultio.endpoints.parts.lifecycle_actions import LifecycleActions
from vaultio.endpoints.parts.relationships import Relationships
from vaultio.endpoints.parts.sections import VersionSections
from vaultio.endpoints.room import Room
from vaultio.models import Binder
from vaultio.protocol.binders import binder
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_number
from vaultio.protocol.request import delete, put
from vaultio.transport import Caller


class BinderVersion(Room):
    """One version of a binder, and what belongs to it."""

    def __init__(self, caller: Caller, root: Path, major: int, minor: int) -> None:
        """Take the binder's path and the version's numbers."""
        super().__init__(caller)
        self._root = root.under("versions", major, minor)
        self.lifecycle_actions = LifecycleActions(caller, self._root)
        self.relationships = Relationships(caller, self._root)
        self.sections = VersionSections(caller, root, major, minor)

    async def retrieve(self) -> Binder:
        """Retrieve the binder's fields, and what Vault lists of its content, at this version.

        ``GET /api/{version}/objects/binders/{binder_id}/versions/{major}/{minor}``
        Reference: Binders › Retrieve Binder Version
        """
        return await self._caller.get(self._root, binder)

    async def update(self, fields: Mapping[str, object]) -> int:
        """Set *fields*, by Vault's names, of this version; return the binder's id.

        ``PUT /api/{version}/objects/binders/{binder_id}/versions/{major}/{minor}``
        Reference: Binders › Update Binder Version Properties
        """
        return await self._caller.send(put(self._root, fields), id_number)

    async def delete(self) -> int:
        """Delete this version, and return the binder's id; the only version cannot be deleted.

        ``DELETE /api/{version}/objects/binders/{binder_id}/versions/{major}/{minor}``
        Reference: Binders › Delete Binder Version
        """
        return await self._caller.send(delete(self._root), id_number)
