"""Vault objects, their fields and their relationships.

Reference: Objects › Object Metadata, Object Field Metadata; Attachments on Object Records
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from attrs import frozen

from vaultio.models.wire import Model, wire

_NONE: Mapping[str, Mapping[str, str]] = MappingProxyType({})


@frozen(kw_only=True)
class ObjectLink(Model):
    """An object that a field or a relationship leads to; of users only the name is said."""

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    label_plural: str | None = wire("label_plural", default=None)
    prefix: str | None = wire("prefix", default=None)
    url: str | None = wire("url", default=None)


@frozen(kw_only=True)
class ObjectRelationship(Model):
    """How an object is tied to another one, by which `field`.

    `type` is an open set: ``child``, ``reference_inbound``, ``reference_outbound``, ...
    """

    name: str | None = wire("relationship_name", default=None)
    label: str | None = wire("relationship_label", default=None)
    type: str | None = wire("relationship_type", default=None)
    deletion: str | None = wire("relationship_deletion", default=None)
    field: str | None = wire("field", default=None)
    object: ObjectLink | None = wire("object", default=None)


@frozen(kw_only=True)
class ObjectField(Model):
    """One field of an object. What Vault says depends on `type`, an open set.

    `object` is there for fields of type ``Object``, `picklist` for those of type ``Picklist``,
    `max_length` (characters) for texts, `min_value` and `max_value` for numbers. `localized` has
    a mapping of language -> text for each text of the field, where it was asked for and is
    configured.
    """

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    type: str | None = wire("type", default=None)
    status: tuple[str, ...] = wire("status", default=())
    source: str | None = wire("source", default=None)
    order: int | None = wire("order", default=None)
    required: bool = wire("required", default=False)
    editable: bool = wire("editable", default=False)
    unique: bool = wire("unique", default=False)
    list_column: bool = wire("list_column", default=False)
    help_content: str | None = wire("help_content", default=None)
    picklist: str | None = wire("picklist", default=None)
    multi_value: bool = wire("multi_value", default=False)
    max_length: int | None = wire("max_length", default=None)
    min_value: float | None = wire("min_value", default=None)
    max_value: float | None = wire("max_value", default=None)
    scale: int | None = wire("scale", default=None)
    object: ObjectLink | None = wire("object", default=None)
    relationship_type: str | None = wire("relationship_type", default=None)
    relationship_deletion: str | None = wire("relationship_deletion", default=None)
    relationship_inbound_name: str | None = wire("relationship_inbound_name", default=None)
    relationship_inbound_label: str | None = wire("relationship_inbound_label", default=None)
    relationship_outbound_name: str | None = wire("relationship_outbound_name", default=None)
    created_by: int | None = wire("created_by", default=None)
    created_date: datetime | None = wire("created_date", default=None)
    modified_by: int | None = wire("modified_by", default=None)
    modified_date: datetime | None = wire("modified_date", default=None)
    localized: Mapping[str, Mapping[str, str]] = wire("localized_data", default=_NONE)


@frozen(kw_only=True)
class VaultObject(Model):
    """An object: what kind of records it has, and what they may have.

    A list of objects leaves out `urls`, `relationships`, `object_fields` and who made it when.
    `url` and `urls` begin with ``/api/``. `localized` has a mapping of language -> text for each
    text of the object, where it was asked for and is configured.
    """

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    label_plural: str | None = wire("label_plural", default=None)
    prefix: str | None = wire("prefix", default=None)
    url: str | None = wire("url", default=None)
    status: tuple[str, ...] = wire("status", default=())
    source: str | None = wire("source", default=None)
    in_menu: bool = wire("in_menu", default=False)
    order: int | None = wire("order", default=None)
    auditable: bool = wire("auditable", default=False)
    role_overrides: bool = wire("role_overrides", default=False)
    allow_attachments: bool = wire("allow_attachments", default=False)
    description: str | None = wire("description", default=None)
    help_content: str | None = wire("help_content", default=None)
    created_by: int | None = wire("created_by", default=None)
    created_date: datetime | None = wire("created_date", default=None)
    modified_by: int | None = wire("modified_by", default=None)
    modified_date: datetime | None = wire("modified_date", default=None)
    urls: Mapping[str, str] = wire("urls", default=MappingProxyType({}))
    relationships: tuple[ObjectRelationship, ...] = wire("relationships", default=())
    object_fields: tuple[ObjectField, ...] = wire("fields", default=())
    localized: Mapping[str, Mapping[str, str]] = wire("localized_data", default=_NONE)

    @property
    def takes_attachments(self) -> bool:
        """Whether records may have attachments: said outright, or by a URL for them."""
        return self.allow_attachments or "attachments" in self.urls
