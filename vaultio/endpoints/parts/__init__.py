"""Twins written once: classes over the path of their owner."""

from vaultio.endpoints.parts.annotations import Annotations
from vaultio.endpoints.parts.attachments import Attachments
from vaultio.endpoints.parts.binder_documents import BinderDocuments
from vaultio.endpoints.parts.binder_versions import BinderVersion
from vaultio.endpoints.parts.content import Content
from vaultio.endpoints.parts.files import File
from vaultio.endpoints.parts.lifecycle_actions import LifecycleActions
from vaultio.endpoints.parts.lock import Lock
from vaultio.endpoints.parts.relationships import Relationships
from vaultio.endpoints.parts.renditions import Renditions
from vaultio.endpoints.parts.roles import Roles
from vaultio.endpoints.parts.sections import Sections, VersionSections
from vaultio.endpoints.parts.versions import Version

__all__ = [
    "Annotations",
    "Attachments",
    "BinderDocuments",
    "BinderVersion",
    "Content",
    "File",
    "LifecycleActions",
    "Lock",
    "Relationships",
    "Renditions",
    "Roles",
    "Sections",
    "Version",
    "VersionSections",
]
