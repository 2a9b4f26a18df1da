"""Vault's things as values: attrs classes, a module a room, no behaviour that needs the wire.

Each module is imported when one of its classes is first asked for: making them takes time.
"""

from typing import TYPE_CHECKING

from vaultio.lazy import lazy
from vaultio.models.wire import Model, wire

if TYPE_CHECKING:
    from vaultio.models.attachments import (
        AddedAttachment,
        Attachment,
        AttachmentLink,
        AttachmentVersion,
    )
    from vaultio.models.authentication import AuthenticationProfile, Delegation, Discovery
    from vaultio.models.binders import Binder, BinderNode
    from vaultio.models.checksum import Checksum
    from vaultio.models.document_events import DocumentEvent, EventMetadata, EventSubtype, EventType
    from vaultio.models.document_metadata import (
        DocumentField,
        DocumentMetadataRoot,
        DocumentType,
        DocumentTypeLink,
        FieldUse,
        LockMetadata,
        RelationshipMetadata,
        RelationshipType,
        TargetType,
    )
    from vaultio.models.documents import (
        Document,
        DocumentLock,
        DocumentVersion,
        NewVersion,
        Rendition,
    )
    from vaultio.models.domain import Domain, DomainVault
    from vaultio.models.groups import Group
    from vaultio.models.jobs import Job, JobLink, JobStart
    from vaultio.models.lifecycle_actions import EntryRequirement, LifecycleAction
    from vaultio.models.object_records import ObjectRecord
    from vaultio.models.objects import ObjectField, ObjectLink, ObjectRelationship, VaultObject
    from vaultio.models.picklists import Picklist, PicklistUse, PicklistValue
    from vaultio.models.properties import Property, PropertyValue
    from vaultio.models.relationships import Relationship
    from vaultio.models.roles import DocumentRole, RoleAssignment, RoleMembers
    from vaultio.models.row_result import RowResult
    from vaultio.models.security_policies import (
        AuthenticationType,
        SecurityPolicy,
        SecurityPolicyDetails,
        SecurityPolicyLink,
        SecuritySettings,
    )
    from vaultio.models.users import User, VaultMembership
    from vaultio.models.version_number import VersionNumber

_HOMES = {
    "attachments": "AddedAttachment Attachment AttachmentLink AttachmentVersion",
    "authentication": "AuthenticationProfile Delegation Discovery",
    "binders": "Binder BinderNode",
    "checksum": "Checksum",
    "document_events": "DocumentEvent EventMetadata EventSubtype EventType",
    "document_metadata": "DocumentField DocumentMetadataRoot DocumentType DocumentTypeLink FieldUse"
    " LockMetadata RelationshipMetadata RelationshipType TargetType",
    "documents": "Document DocumentLock DocumentVersion NewVersion Rendition",
    "domain": "Domain DomainVault",
    "groups": "Group",
    "jobs": "Job JobLink JobStart",
    "lifecycle_actions": "EntryRequirement LifecycleAction",
    "object_records": "ObjectRecord",
    "objects": "ObjectField ObjectLink ObjectRelationship VaultObject",
    "picklists": "Picklist PicklistUse PicklistValue",
    "properties": "Property PropertyValue",
    "relationships": "Relationship",
    "roles": "DocumentRole RoleAssignment RoleMembers",
    "row_result": "RowResult",
    "security_policies": "AuthenticationType SecurityPolicy SecurityPolicyDetails"
    " SecurityPolicyLink SecuritySettings",
    "users": "User VaultMembership",
    "version_number": "VersionNumber",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "AddedAttachment",
    "Attachment",
    "AttachmentLink",
    "AttachmentVersion",
    "AuthenticationProfile",
    "AuthenticationType",
    "Binder",
    "BinderNode",
    "Checksum",
    "Delegation",
    "Discovery",
    "Document",
    "DocumentEvent",
    "DocumentField",
    "DocumentLock",
    "DocumentMetadataRoot",
    "DocumentRole",
    "DocumentType",
    "DocumentTypeLink",
    "DocumentVersion",
    "Domain",
    "DomainVault",
    "EntryRequirement",
    "EventMetadata",
    "EventSubtype",
    "EventType",
    "FieldUse",
    "Group",
    "Job",
    "JobLink",
    "JobStart",
    "LifecycleAction",
    "LockMetadata",
    "Model",
    "NewVersion",
    "ObjectField",
    "ObjectLink",
    "ObjectRecord",
    "ObjectRelationship",
    "Picklist",
    "PicklistUse",
    "PicklistValue",
    "Property",
    "PropertyValue",
    "Relationship",
    "RelationshipMetadata",
    "RelationshipType",
    "Rendition",
    "RoleAssignment",
    "RoleMembers",
    "RowResult",
    "SecurityPolicy",
    "SecurityPolicyDetails",
    "SecurityPolicyLink",
    "SecuritySettings",
    "TargetType",
    "User",
    "VaultMembership",
    "VaultObject",
    "VersionNumber",
    "wire",
]

if not TYPE_CHECKING:  # or checkers would take any name for one of these
    __getattr__, __dir__ = lazy(__name__, _HOME_OF, _HOMES)
