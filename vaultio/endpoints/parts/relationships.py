"""The relationships of one version of a document or binder.

Reference: Documents › List Document Relationships; Binders › Create a Binder Relationship
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.models import Relationship
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_number, many, one
from vaultio.protocol.request import delete, post
from vaultio.transport import Caller


class Relationships(Room):
    """The relationships of which one version is the source.

    The v11.0 reference lists those of a document and retrieves one of a binder, and says
    nothing of the other two.
    """

    def __init__(self, caller: Caller, owner: Path) -> None:
        super().__init__(caller)
        self._root = owner / "relationships"

    async def retrieve_all(self) -> tuple[Relationship, ...]:
        """Retrieve all relationships; documents have this call.

        ``GET {owner}/relationships``
        Reference: Documents › List Document Relationships
        """
        read = many("relationships", Relationship, each="relationship")
        return await self._caller.get(self._root, read)

    async def retrieve(self, relationship_id: int) -> Relationship:
        """Retrieve one relationship; binders have this call.

        ``GET {owner}/relationships/{relationship_id}``
        Reference: Binders › Retrieve a Binder Relationship
        """
        read = one("relationships", Relationship, each="relationship")
        return await self._caller.get(self._root / relationship_id, read)

    async def create(
        self,
        relationship_type: str,
        target_document_id: int,
        *,
        target_major_version: int | None = None,
        target_minor_version: int | None = None,
    ) -> int:
        """Create a relationship to a document, and return its id; a lost answer is not sent again.

        Without a target version it is to all versions. One that is there already is an
        `InvalidDataError`.

        ``POST {owner}/relationships``
        Reference: Documents › Create Document Relationship; Binders › Create a Binder Relationship
        """
        fields = {"target_doc_id__v": target_document_id, "relationship_type__v": relationship_type}
        major, minor = target_major_version, target_minor_version
        version = {"target_major_version__v": major, "target_minor_version__v": minor}
        return await self._caller.send(post(self._root, fields | version), id_number)

    async def delete(self, relationship_id: int) -> int:
        """Delete a relationship, and return its id.

        ``DELETE {owner}/relationships/{relationship_id}``
        Reference: Documents › Delete a Document Relationship; Binders › Delete a Binder
        Relationship
        """
        return await self._caller.send(delete(self._root / relationship_id), id_number)
