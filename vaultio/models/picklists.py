"""Picklists and their values.

Reference: Picklists
"""

from __future__ import annotations

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class PicklistUse(Model):
    """A field that takes its values from a picklist, of a document type or of an object.

    A global picklist names both kinds of owner.
    """

    document_type_name: str | None = wire("documentTypeName", default=None)
    object_name: str | None = wire("objectName", default=None)
    property_name: str | None = wire("propertyName", default=None)


@frozen(kw_only=True)
class Picklist(Model):
    """A picklist, without its values.

    `kind` is an open set: ``document``, ``object``, ``global``, ``user``. `system` says that
    Vault manages it itself. `used_in` is empty for a picklist of user fields.
    """

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    kind: str | None = wire("kind", default=None)
    system: bool = wire("system", default=False)
    used_in: tuple[PicklistUse, ...] = wire("usedIn", default=())


@frozen(kw_only=True)
class PicklistValue(Model):
    """One value: `name` is what the API takes, `label` what a user sees."""

    name: str = wire("name")
    label: str | None = wire("label", default=None)
