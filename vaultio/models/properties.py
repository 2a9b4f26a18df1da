"""Fields of what Vault keeps about documents: relationships, events, workflows.

Reference: Document Metadata › Retrieve Document Relationships; Workflows
"""

from __future__ import annotations

from attrs import frozen

from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class PropertyValue(Model):
    """A value that a property may have. Labels are not unique, and often all there is."""

    label: str | None = wire("label", default=None)
    name: str | None = wire("name", default=None)


@frozen(kw_only=True)
class Property(Model):
    """One field of a relationship, an event or a workflow.

    `type` is an open set, such as ``id``, ``String``, ``DateTime``, ``Picklist`` and
    ``ObjectReference``; then `object` names what is meant. `length` is in characters; some types
    always say 0. `on_create_editable`: it can be set only when the thing is made. `values` is
    empty where any value will do.
    """

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    type: str | None = wire("type", default=None)
    length: int | None = wire("length", default=None)
    object: str | None = wire("object", default=None)
    required: bool = wire("required", default=False)
    editable: bool = wire("editable", default=False)
    queryable: bool = wire("queryable", default=False)
    multivalue: bool = wire("multivalue", default=False)
    on_create_editable: bool = wire("onCreateEditable", default=False)
    values: tuple[PropertyValue, ...] = wire("values", default=())
