"""Twins written once: classes over the path of their owner."""

from vaultio.endpoints.parts.annotations import Annotations
from vaultio.endpoints.parts.attachments import Attachments
from vaultio.endpoints.parts.files import File
from vaultio.endpoints.parts.lifecycle_actions import LifecycleActions
from vaultio.endpoints.parts.renditions import Renditions
from vaultio.endpoints.parts.versions import Version

__all__ = ["Annotations", "Attachments", "File", "LifecycleActions", "Renditions", "Version"]
