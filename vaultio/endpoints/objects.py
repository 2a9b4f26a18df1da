"""Vault's objects: what a record of each may have.

Reference: Object Metadata; Object Field Metadata
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.models import ObjectField, VaultObject
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many, one
from vaultio.transport import Caller


class Objects(Room):
    """The metadata of Vault's objects.

    With *localized* True the texts come in all languages too, where they are configured.
    """

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "metadata" / "vobjects"

    async def retrieve_all(self, *, localized: bool | None = None) -> tuple[VaultObject, ...]:
        """Retrieve all objects in brief: without fields, relationships and `urls`.

        ``GET /api/{version}/metadata/vobjects``
        Reference: Object Metadata › Retrieve Object Collection
        """
        return await self._caller.get(self._root, many("objects", VaultObject), loc=localized)

    async def retrieve(self, object_name: str, *, localized: bool | None = None) -> VaultObject:
        """Retrieve an object's metadata; `takes_attachments` says if its records may.

        ``GET /api/{version}/metadata/vobjects/{object_name}``
        Reference: Object Metadata › Retrieve Object;
        Attachments on Object Records › Determine if Attachments are Enabled
        """
        path = self._root / object_name
        return await self._caller.get(path, one("object", VaultObject), loc=localized)

    async def retrieve_field(
        self, object_name: str, field_name: str, *, localized: bool | None = None
    ) -> ObjectField:
        """Retrieve the metadata of one field of an object.

        ``GET /api/{version}/metadata/vobjects/{object_name}/fields/{field_name}``
        Reference: Object Field Metadata › Retrieve Object Field
        """
        path = self._root.under(object_name, "fields", field_name)
        return await self._caller.get(path, one("field", ObjectField), loc=localized)
