"""Relationships between documents, and from binders to documents.

Reference: Documents › List Document Relationships; Binders › Retrieve a Binder Relationship
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from vaultio.models.version_number import VersionNumber
from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class Relationship(Model):
    """One relationship, from its source to its target.

    `type` is a name of the vault's, such as ``supporting_documents__vs``.
    """

    id: int = wire("id")
    type: str | None = wire("relationship_type__v", default=None)
    source_document_id: int | None = wire("source_doc_id__v", default=None)
    target_document_id: int | None = wire("target_doc_id__v", default=None)
    target_major_version: int | None = wire("target_major_version__v", default=None)
    target_minor_version: int | None = wire("target_minor_version__v", default=None)
    created_by: int | None = wire("created_by__v", default=None)
    created_date: datetime | None = wire("created_date__v", default=None)

    @property
    def target_version(self) -> VersionNumber | None:
        """The version that is meant; None where the relationship is to all versions."""
        if self.target_major_version is None or self.target_minor_version is None:
            return None
        return VersionNumber(self.target_major_version, self.target_minor_version)
