"""The operations on metadata, document events, picklists and policies, as calls on a `Vault`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from types import NoneType

from vaultio import (
    DocumentEvent,
    DocumentField,
    DocumentType,
    Domain,
    ObjectField,
    Page,
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

REGIONS = "regions__c"
POSTER = ("promotional_piece__vs", "print__vs", "poster__vs")
EMAIL = ("distribution__v", "approved_email__v")


async def first_events(vault: Vault) -> Page[DocumentEvent]:
    """Ask for the first page of a document's events."""
    return await vault.document_events.retrieve_all(
        773, start_date=date(2015, 1, 1), end_date=date(2030, 1, 1), limit=200
    )


METADATA: dict[str, Callable[[Vault, Path], Awaitable[object]]] = {
    # API Metadata
    "retrieve_api_resources": lambda vault, _: vault.api_metadata.retrieve_resources(),
    "retrieve_security_policy_metadata": lambda vault, _: (
        vault.security_policies.retrieve_metadata()
    ),
    # Domain Information
    "retrieve_domain_information": lambda vault, _: vault.domain.retrieve(),
    # Document Metadata
    "retrieve_all_document_types": lambda vault, _: vault.document_metadata.retrieve_types(),
    "retrieve_all_document_types_alias": lambda vault, _: vault.document_metadata.retrieve_root(),
    "retrieve_document_type": lambda vault, _: vault.document_metadata.retrieve_type("claim__vs"),
    "retrieve_document_subtype": lambda vault, _: vault.document_metadata.retrieve_subtype(
        *POSTER[:2], include_inherited=False
    ),
    "retrieve_document_classification": lambda vault, _: (
        vault.document_metadata.retrieve_classification(*POSTER, include_inherited=False)
    ),
    "retrieve_document_fields": lambda vault, _: vault.document_metadata.retrieve_fields(),
    "retrieve_document_type_relationships": lambda vault, _: (
        vault.document_metadata.retrieve_relationships("claim__vs")
    ),
    "retrieve_document_lock_metadata": lambda vault, _: vault.document_metadata.retrieve_lock(),
    "find_common_document_fields": lambda vault, _: vault.document_metadata.find_common_fields(
        [34, 52]
    ),
    # Document Events
    "retrieve_document_event_types": lambda vault, _: vault.document_events.retrieve_types(),
    "retrieve_document_event_type_metadata": lambda vault, _: vault.document_events.retrieve_type(
        EMAIL[0]
    ),
    "retrieve_document_event_subtype_metadata": lambda vault, _: (
        vault.document_events.retrieve_subtype(*EMAIL)
    ),
    "retrieve_document_event_data": lambda vault, _: first_events(vault),
    "log_document_event": lambda vault, _: vault.document_events.log(
        773,
        0,
        1,
        event_type="Distribution",
        event_subtype="Approved Email",
        properties={"recipient__v": "site@example.com"},
    ),
    # Object Metadata, Object Field Metadata
    "retrieve_object_collection": lambda vault, _: vault.objects.retrieve_all(localized=True),
    "retrieve_object_field": lambda vault, _: vault.objects.retrieve_field(
        "site__v", "study_number__v", localized=True
    ),
    # Picklists
    "retrieve_all_picklists": lambda vault, _: vault.picklists.retrieve_all(),
    "retrieve_picklist_values": lambda vault, _: vault.picklists.retrieve_values(REGIONS),
    "create_picklist_values": lambda vault, _: vault.picklists.create_values(
        REGIONS, ["North America", "Central America", "South America"]
    ),
    "update_picklist_value_label": lambda vault, _: vault.picklists.update_labels(
        REGIONS, {"north_america__c": "North America/United States"}
    ),
    "update_picklist_value_name": lambda vault, _: vault.picklists.update_name(
        REGIONS, "north_america__c", new="north_america_united_states"
    ),
    "delete_picklist_value": lambda vault, _: vault.picklists.delete_value(
        REGIONS, "north_america__c"
    ),
    # Security Policies
    "retrieve_all_security_policies": lambda vault, _: vault.security_policies.retrieve_all(),
    "retrieve_security_policy": lambda vault, _: vault.security_policies.retrieve(821),
    # Workflows
    "retrieve_workflow_metadata": lambda vault, _: vault.workflows.retrieve_metadata(),
}

RESULTS: dict[str, type | tuple[type]] = {
    "retrieve_api_resources": dict,
    "retrieve_security_policy_metadata": dict,
    "retrieve_domain_information": Domain,
    "retrieve_all_document_types": (DocumentTypeLink,),
    "retrieve_all_document_types_alias": DocumentMetadataRoot,
    "retrieve_document_type": DocumentType,
    "retrieve_document_subtype": DocumentType,
    "retrieve_document_classification": DocumentType,
    "retrieve_document_fields": (DocumentField,),
    "retrieve_document_type_relationships": RelationshipMetadata,
    "retrieve_document_lock_metadata": LockMetadata,
    "find_common_document_fields": (DocumentField,),
    "retrieve_document_event_types": (EventType,),
    "retrieve_document_event_type_metadata": EventMetadata,
    "retrieve_document_event_subtype_metadata": EventMetadata,
    "retrieve_document_event_data": Page,
    "log_document_event": NoneType,
    "retrieve_object_collection": (VaultObject,),
    "retrieve_object_field": ObjectField,
    "retrieve_all_picklists": (Picklist,),
    "retrieve_picklist_values": (PicklistValue,),
    "create_picklist_values": (PicklistValue,),
    "update_picklist_value_label": (PicklistValue,),
    "update_picklist_value_name": NoneType,
    "delete_picklist_value": NoneType,
    "retrieve_all_security_policies": (SecurityPolicyLink,),
    "retrieve_security_policy": SecurityPolicy,
    "retrieve_workflow_metadata": (Property,),
}
"""What an operation returns, in a tuple for a tuple of it."""
