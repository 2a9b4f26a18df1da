"""Document types and the fields of documents.

Reference: Document Metadata
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from attrs import frozen

from vaultio.models.properties import Property
from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class DocumentTypeLink(Model):
    """A document type, subtype or classification, and the URL of its metadata."""

    label: str | None = wire("label", default=None)
    url: str | None = wire("value", default=None)

    @property
    def name(self) -> str | None:
        """The name that calls take: the last part of the URL, for Vault does not say it."""
        path = urlsplit(self.url or "").path.rstrip("/")
        return unquote(path.rpartition("/")[2]) or None


@frozen(kw_only=True)
class DocumentMetadataRoot(Model):
    """Where the metadata of documents begins: the types, and the URL of that of locks."""

    types: tuple[DocumentTypeLink, ...] = wire("types", default=())
    lock_url: str | None = wire("lock", default=None)


@frozen(kw_only=True)
class FieldUse(Model):
    """Where a shared field is used. `type` is ``type``, ``subtype`` or ``classification``."""

    key: str | None = wire("key", default=None)
    type: str | None = wire("type", default=None)


@frozen(kw_only=True)
class DocumentField(Model):
    """A field of documents, or of the lock of one.

    `type` is an open set, such as ``String``, ``Number``, ``Picklist`` and ``ObjectReference``;
    then `object_type` names what is meant. `entry_labels` are the labels of a picklist's values,
    not their names. `max_length` is in characters, `scale` in decimal places. A flag that Vault
    leaves out is false.
    """

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    type: str | None = wire("type", default=None)
    object_type: str | None = wire("objectType", default=None)
    scope: str | None = wire("scope", default=None)
    required: bool = wire("required", default=False)
    repeating: bool = wire("repeating", default=False)
    editable: bool = wire("editable", default=False)
    queryable: bool = wire("queryable", default=False)
    shared: bool = wire("shared", default=False)
    hidden: bool = wire("hidden", default=False)
    disabled: bool = wire("disabled", default=False)
    system: bool = wire("systemAttribute", default=False)
    set_on_create_only: bool = wire("setOnCreateOnly", default=False)
    defined_in: str | None = wire("definedIn", default=None)
    defined_in_type: str | None = wire("definedInType", default=None)
    used_in: tuple[FieldUse, ...] = wire("usedIn", default=())
    section: str | None = wire("section", default=None)
    section_position: int | None = wire("sectionPosition", default=None)
    entry_labels: tuple[str, ...] = wire("entryLabels", default=())
    default_value: Any = wire("defaultValue", default=None)
    min_value: float | None = wire("minValue", default=None)
    max_value: float | None = wire("maxValue", default=None)
    max_length: int | None = wire("maxLength", default=None)
    scale: int | None = wire("scale", default=None)
    help_content: str | None = wire("helpContent", default=None)


@frozen(kw_only=True)
class DocumentType(Model):
    """The metadata of a document type, a subtype or a classification.

    Vault gives `properties` at the lowest level of the hierarchy, and above it what is below:
    `subtypes` of a type, `classifications` of a subtype. The other lists hold names or objects,
    as Vault gives them: the reference shows none.
    """

    name: str | None = wire("name", default=None)
    label: str | None = wire("label", default=None)
    properties: tuple[DocumentField, ...] = wire("properties", default=())
    subtypes: tuple[DocumentTypeLink, ...] = wire("subtypes", default=())
    classifications: tuple[DocumentTypeLink, ...] = wire("classifications", default=())
    renditions: tuple[Any, ...] = wire("renditions", default=())
    relationship_types: tuple[Any, ...] = wire("relationshipTypes", default=())
    processes: tuple[Any, ...] = wire("processes", default=())
    default_workflows: tuple[Any, ...] = wire("defaultWorkflows", default=())
    available_lifecycles: tuple[Any, ...] = wire("availableLifecycles", default=())
    templates: tuple[Any, ...] = wire("templates", default=())


@frozen(kw_only=True)
class TargetType(Model):
    """A document type that a relationship may lead to."""

    name: str = wire("value")
    label: str | None = wire("label", default=None)


@frozen(kw_only=True)
class RelationshipType(Model):
    """A kind of relationship between documents, such as ``supporting_documents__vs``.

    *version specific* tells whether an end is one version, or the document whatever its version.
    """

    name: str = wire("value")
    label: str | None = wire("label", default=None)
    source_version_specific: bool = wire("sourceDocVersionSpecific", default=False)
    target_version_specific: bool = wire("targetDocVersionSpecific", default=False)
    system: bool = wire("system", default=False)
    single_use: bool = wire("singleUse", default=False)
    target_types: tuple[TargetType, ...] = wire("targetDocumentTypes", default=())


@frozen(kw_only=True)
class RelationshipMetadata(Model):
    """The relationships of a document type: their fields, the same for all, and their kinds."""

    properties: tuple[Property, ...] = wire("properties", default=())
    types: tuple[RelationshipType, ...] = wire("relationshipTypes", default=())


@frozen(kw_only=True)
class LockMetadata(Model):
    """The fields of the lock that a checked out document has."""

    name: str | None = wire("name", default=None)
    properties: tuple[DocumentField, ...] = wire("properties", default=())
