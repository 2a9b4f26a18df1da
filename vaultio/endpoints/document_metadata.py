"""Document types, and the fields of documents.

Reference: Document Metadata
"""

from __future__ import annotations

from collections.abc import Iterable

from vaultio.endpoints.room import Room
from vaultio.models import (
    DocumentField,
    DocumentMetadataRoot,
    DocumentType,
    DocumentTypeLink,
    LockMetadata,
    RelationshipMetadata,
)
from vaultio.protocol import moved
from vaultio.protocol.forms import form
from vaultio.protocol.metadata import listed, single
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many, top
from vaultio.protocol.request import Repeat, Request
from vaultio.transport import Caller


class DocumentMetadata(Room):
    """What documents of this vault may be, and may hold."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "metadata" / "objects" / "documents"

    async def retrieve_root(self) -> DocumentMetadataRoot:
        """Retrieve the document types together with the URL of the lock's metadata.

        Below v25.2 by the shorter of the two addresses, which later versions lack.

        ``GET /api/{version}/metadata/objects/documents``
        Reference: Document Metadata › Retrieve All Document Types
        """
        path = moved.document_metadata(self._caller.version, self._root)
        return await self._caller.get(path, top(DocumentMetadataRoot))

    async def retrieve_types(self) -> tuple[DocumentTypeLink, ...]:
        """Retrieve which document types there are.

        ``GET /api/{version}/metadata/objects/documents/types``
        Reference: Document Metadata › Retrieve All Document Types
        """
        return await self._caller.get(self._root / "types", many("types", DocumentTypeLink))

    async def retrieve_type(self, type_name: str) -> DocumentType:
        """Retrieve a document type: its subtypes, or its fields if it has none.

        ``GET /api/{version}/metadata/objects/documents/types/{type}``
        Reference: Document Metadata › Retrieve Document Type
        """
        return await self._caller.get(self._root.under("types", type_name), single(DocumentType))

    async def retrieve_subtype(
        self, type_name: str, subtype: str, *, include_inherited: bool | None = None
    ) -> DocumentType:
        """Retrieve a subtype: its classifications, or its fields if it has none.

        Fields and templates from higher up come with it, unless *include_inherited* is False.

        ``GET /api/{version}/metadata/objects/documents/types/{type}/subtypes/{subtype}``
        Reference: Document Metadata › Retrieve Document Subtype
        """
        path, read = self._subtype(type_name, subtype), single(DocumentType)
        return await self._caller.get(path, read, includeInheritedFields=include_inherited)

    async def retrieve_classification(
        self,
        type_name: str,
        subtype: str,
        classification: str,
        *,
        include_inherited: bool | None = None,
    ) -> DocumentType:
        """Retrieve a classification with its fields.

        Fields and templates from higher up come with it, unless *include_inherited* is False.
        The owner in its address is the subtype.

        ``GET {owner}/classifications/{classification}``
        Reference: Document Metadata › Retrieve Document Classification
        """
        path = self._subtype(type_name, subtype).under("classifications", classification)
        read = single(DocumentType)
        return await self._caller.get(path, read, includeInheritedFields=include_inherited)

    async def retrieve_fields(self) -> tuple[DocumentField, ...]:
        """Retrieve the fields of all document types; formula fields are not among them.

        ``GET /api/{version}/metadata/objects/documents/properties``
        Reference: Document Metadata › Retrieve Document Fields
        """
        path = self._root / "properties"
        return await self._caller.get(path, listed("properties", DocumentField))

    async def find_common_fields(self, document_ids: Iterable[int]) -> tuple[DocumentField, ...]:
        """Find the fields that all of some documents have: those can be set in bulk.

        ``POST /api/{version}/metadata/objects/documents/properties/find_common``
        Reference: Document Metadata › Find Common Document Fields
        """
        path, body = self._root / "properties" / "find_common", form({"docIds": document_ids})
        # It only reads.
        request = Request(method="POST", path=path, body=body, repeat=Repeat.SAFE)
        return await self._caller.send(request, listed("properties", DocumentField))

    async def retrieve_relationships(self, type_name: str) -> RelationshipMetadata:
        """Retrieve the kinds of relationships that documents of a type may have.

        ``GET /api/{version}/metadata/objects/documents/types/{type}/relationships``
        Reference: Document Metadata › Retrieve Document Relationships
        """
        path = self._root.under("types", type_name, "relationships")
        return await self._caller.get(path, top(RelationshipMetadata))

    async def retrieve_lock(self) -> LockMetadata:
        """Retrieve the fields that a checked out document has.

        ``GET /api/{version}/metadata/objects/documents/lock``
        Reference: Document Metadata › Retrieve Document Lock Metadata
        """
        return await self._caller.get(self._root / "lock", top(LockMetadata))

    def _subtype(self, type_name: str, subtype: str) -> Path:
        return self._root.under("types", type_name, "subtypes", subtype)
