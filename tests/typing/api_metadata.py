"""What the rooms of metadata, events, picklists and policies return; never run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, assert_type

from vaultio import (
    DocumentEvent,
    DocumentField,
    DocumentType,
    Domain,
    ObjectField,
    Page,
    Pages,
    Picklist,
    PicklistValue,
    SecurityPolicy,
    Vault,
    VaultObject,
)
from vaultio.models import (
    DocumentMetadataRoot,
    DocumentTypeLink,
    EventMetadata,
    EventType,
    LockMetadata,
    Property,
    RelationshipMetadata,
    SecurityPolicyLink,
)


async def api_metadata(vault: Vault) -> None:
    """API Metadata; Domain Information."""
    assert_type(await vault.api_metadata.retrieve_resources(), Mapping[str, str])
    assert_type(await vault.domain.retrieve(), Domain)


async def document_metadata(vault: Vault) -> None:
    """Document Metadata."""
    metadata = vault.document_metadata
    assert_type(await metadata.retrieve_root(), DocumentMetadataRoot)
    assert_type(await metadata.retrieve_types(), tuple[DocumentTypeLink, ...])
    assert_type(await metadata.retrieve_type("a"), DocumentType)
    assert_type(await metadata.retrieve_subtype("a", "b", include_inherited=False), DocumentType)
    assert_type(await metadata.retrieve_classification("a", "b", "c"), DocumentType)
    assert_type(await metadata.retrieve_fields(), tuple[DocumentField, ...])
    assert_type(await metadata.find_common_fields([34, 52]), tuple[DocumentField, ...])
    assert_type(await metadata.retrieve_relationships("a"), RelationshipMetadata)
    assert_type(await metadata.retrieve_lock(), LockMetadata)


async def document_events(vault: Vault) -> None:
    """Document Events."""
    events = vault.document_events
    pages = events.retrieve_all(773, start_date=date(2026, 1, 1), filters={"x__v": 1})
    assert_type(pages, Pages[DocumentEvent])
    assert_type(await pages, Page[DocumentEvent])
    assert_type(await events.retrieve_types(), tuple[EventType, ...])
    assert_type(await events.retrieve_type("a"), EventMetadata)
    assert_type(await events.retrieve_subtype("a", "b"), EventMetadata)


async def objects(vault: Vault) -> None:
    """Object Metadata; Object Field Metadata."""
    assert_type(await vault.objects.retrieve_all(localized=True), tuple[VaultObject, ...])
    assert_type(await vault.objects.retrieve_field("a__v", "b__v"), ObjectField)


async def picklists(vault: Vault) -> None:
    """Picklists."""
    assert_type(await vault.picklists.retrieve_all(), tuple[Picklist, ...])
    assert_type(await vault.picklists.retrieve_values("a"), tuple[PicklistValue, ...])
    assert_type(await vault.picklists.create_values("a", ["x"]), tuple[PicklistValue, ...])
    assert_type(await vault.picklists.update_labels("a", {"x": "y"}), tuple[PicklistValue, ...])


async def policies(vault: Vault) -> None:
    """Security Policies; Workflows."""
    assert_type(await vault.security_policies.retrieve_all(), tuple[SecurityPolicyLink, ...])
    assert_type(await vault.security_policies.retrieve(821), SecurityPolicy)
    assert_type(await vault.security_policies.retrieve_metadata(), Mapping[str, Any])
    assert_type(await vault.workflows.retrieve_metadata(), tuple[Property, ...])
