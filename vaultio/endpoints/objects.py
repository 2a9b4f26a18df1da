"""Vault's objects: what a record of each may have.

Reference: Objects
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.models import VaultObject
from vaultio.protocol.path import Path
from vaultio.protocol.readers import one
from vaultio.transport import Caller


class Objects(Room):
    """The metadata of Vault's objects."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "metadata" / "vobjects"

    async def retrieve(self, object_name: str) -> VaultObject:
        """Retrieve an object's metadata; `takes_attachments` says if its records may.

        ``GET /api/{version}/metadata/vobjects/{object_name}``
        Reference: Attachments on Object Records › Determine if Attachments are Enabled
        """
        return await self._caller.get(self._root / object_name, one("object", VaultObject))
