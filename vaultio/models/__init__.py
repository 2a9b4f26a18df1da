"""Vault's things as values: attrs classes, a module a room, no behaviour that needs the wire."""

from vaultio.models.attachments import (
    AddedAttachment,
    Attachment,
    AttachmentLink,
    AttachmentVersion,
)
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
from vaultio.models.wire import Model, wire

__all__ = [
    "AddedAttachment",
    "Attachment",
    "AttachmentLink",
    "AttachmentVersion",
    "AuthenticationType",
    "Binder",
    "BinderNode",
    "Checksum",
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
