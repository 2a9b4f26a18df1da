"""Document events: distribution, and whatever else a vault keeps count of.

Reference: Document Events
"""

from __future__ import annotations

from attrs import frozen

from vaultio.models.properties import Property
from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class EventSubtype(Model):
    """A kind of event below a type, such as ``approved_email__v``, and its metadata's URL."""

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    url: str | None = wire("value", default=None)


@frozen(kw_only=True)
class EventType(Model):
    """A kind of event, such as ``distribution__v``."""

    name: str = wire("name")
    label: str | None = wire("label", default=None)
    subtypes: tuple[EventSubtype, ...] = wire("subtypes", default=())


@frozen(kw_only=True)
class EventMetadata(Model):
    """What an event of a type or subtype holds.

    The reference shows no example: what was not expected is in `fields`, under Vault's names.
    """

    name: str | None = wire("name", default=None)
    label: str | None = wire("label", default=None)
    properties: tuple[Property, ...] = wire("properties", default=())
    subtypes: tuple[EventSubtype, ...] = wire("subtypes", default=())


@frozen(kw_only=True)
class DocumentEvent(Model):
    """One event of a document; its properties are in `fields`, under Vault's names.

    A property that is null or false is left out by Vault.
    """

    event_type: str | None = wire("event_type__v", default=None)
    event_subtype: str | None = wire("event_subtype__v", default=None)
    classification: str | None = wire("classification__v", default=None)
