"""Vault's things as values: attrs classes, a module a room, no behaviour that needs the wire."""

from vaultio.models.attachments import Attachment, AttachmentLink, AttachmentVersion
from vaultio.models.checksum import Checksum
from vaultio.models.documents import Document, DocumentVersion, Rendition
from vaultio.models.jobs import Job, JobLink, JobStart
from vaultio.models.lifecycle_actions import EntryRequirement, LifecycleAction
from vaultio.models.object_records import VaultObject
from vaultio.models.version_number import VersionNumber
from vaultio.models.wire import Model, wire

__all__ = [
    "Attachment",
    "AttachmentLink",
    "AttachmentVersion",
    "Checksum",
    "Document",
    "DocumentVersion",
    "EntryRequirement",
    "Job",
    "JobLink",
    "JobStart",
    "LifecycleAction",
    "Model",
    "Rendition",
    "VaultObject",
    "VersionNumber",
    "wire",
]
