"""Document events: what happened to documents outside of the vault.

Reference: Document Events
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from vaultio.endpoints.room import Room
from vaultio.models import DocumentEvent, EventMetadata, EventType
from vaultio.protocol.document_events import DEFAULT_PAGE, event_query, events, new_event
from vaultio.protocol.metadata import single
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many, nothing
from vaultio.protocol.request import post
from vaultio.transport import Caller, Pages
from vaultio.transport.pages import by_offset

_NONE: Mapping[str, object] = MappingProxyType({})


class DocumentEvents(Room):
    """The events of documents and binders, such as their distribution, and their kinds."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "objects" / "documents"
        self._types = Path().under("metadata", "objects", "documents", "events")

    async def retrieve_types(self) -> tuple[EventType, ...]:
        """Retrieve the types of events; those that the user may not see are left out.

        ``GET /api/{version}/metadata/objects/documents/events``
        Reference: Document Events › Retrieve Available Document Event Types
        """
        return await self._caller.get(self._types, many("events", EventType))

    async def retrieve_type(self, event_type: str) -> EventMetadata:
        """Retrieve what an event of a type holds, and the type's subtypes.

        Later versions of the API are not known to have this address: see `retrieve_subtype`.

        ``GET /api/{version}/metadata/objects/documents/events/{event_type}``
        Reference: Document Events › Retrieve Event Type Metadata & Defined Subtypes
        """
        return await self._caller.get(self._types / event_type, single(EventMetadata))

    async def retrieve_subtype(self, event_type: str, event_subtype: str) -> EventMetadata:
        """Retrieve what an event of a subtype holds.

        ``GET /api/{version}/metadata/objects/documents/events/{event_type}/types/{event_subtype}``
        Reference: Document Events › Retrieve Available Document Event Types (as a link)
        """
        path = self._types.under(event_type, "types", event_subtype)
        return await self._caller.get(path, single(EventMetadata))

    def retrieve_all(
        self,
        document_id: int,
        *,
        start_date: date | None = None,
        end_date: date | None = None,
        filters: Mapping[str, object] = _NONE,
        start: int = 0,
        limit: int | None = None,
    ) -> Pages[DocumentEvent]:
        """Retrieve the events of a document, in pages of 200 or of *limit* rows.

        *filters* maps a queryable event property to its value, which for a type or subtype is
        its label: ``{"event_type__v": "Distribution"}``. *start_date* and *end_date* take a
        time with a zone, or a date, which means its midnight in UTC.

        ``GET /api/{version}/objects/documents/{doc_id}/events``
        Reference: Document Events › Retrieve Document Event Data
        """
        path = self._root / document_id / "events"
        query = event_query(filters, start_date, end_date)
        return by_offset(
            self._caller, path, events, query, start, limit, largest=DEFAULT_PAGE, capped=False
        )

    async def log(
        self,
        document_id: int,
        major: int,
        minor: int,
        *,
        event_type: str,
        event_subtype: str | None = None,
        classification: str | None = None,
        properties: Mapping[str, object] = _NONE,
    ) -> None:
        """Log an event of a document version; a lost answer is not sent again.

        Type, subtype and classification are given by name or label; which of them and which
        *properties* are required is in the type's metadata. What is missing or wrong is a
        `ParameterRequiredError` or an `InvalidDataError` that names all of it.

        ``POST /api/{version}/objects/documents/{doc_id}/versions/{major}/{minor}/events``
        Reference: Document Events › Log a Document Event
        """
        path = self._root.under(document_id, "versions", major, minor, "events")
        fields = new_event(event_type, event_subtype, classification, properties)
        return await self._caller.send(post(path, fields), nothing)
