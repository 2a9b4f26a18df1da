"""Document events and their metadata."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import invalid, missing
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.dates import stamp
from vaultio.sandbox.stores.document_events import (
    FLAGS,
    Classified,
    DocumentEvent,
    EventKind,
)

routes = Routes()
_ROOT = ("metadata", "objects", "documents", "events")
_KINDS = ("event_type__v", "event_subtype__v", "classification__v")
_PAGE = 200


@routes.on("GET", "/metadata/objects/documents/events")
async def retrieve_document_event_types(call: Call) -> JSON:
    """List the types of events with their subtypes; those hidden from the user are left out."""
    kinds = call.sandbox.document_events.visible(call.user.id)
    return {"events": [_summary(call, kind) for kind in kinds]}


def _summary(call: Call, kind: EventKind) -> JSON:
    row: JSON = {"name": kind.name, "label": kind.label}
    if kind.subtypes:
        row["subtypes"] = [
            {
                "name": one.name,
                "label": one.label,
                "value": call.url(*_ROOT, kind.name, "types", one.name),
            }
            for one in kind.subtypes.values()
        ]
    return row


@routes.on("GET", "/metadata/objects/documents/events/{event_type}")
async def retrieve_document_event_type_metadata(call: Call) -> JSON:
    """Describe a type; the reference shows no answer."""
    kind = call.sandbox.document_events.find(call.ids["event_type"], call.user.id)
    return {**_summary(call, kind), "properties": _properties(kind)}


@routes.on("GET", "/metadata/objects/documents/events/{event_type}/types/{event_subtype}")
async def retrieve_document_event_subtype_metadata(call: Call) -> JSON:
    """Describe a subtype; the reference shows no answer."""
    kind = call.sandbox.document_events.find(call.ids["event_type"], call.user.id)
    subtype = kind.find(call.ids["event_subtype"])
    return {"name": subtype.name, "label": subtype.label, "properties": _properties(subtype)}


def _properties(kind: EventKind) -> list[JSON]:
    """List the properties of a kind, those that tell it first."""
    said: list[JSON] = [{"name": "event_type__v", "type": "Picklist", "required": True}]
    if kind.classifications:
        values = [{"name": n, "label": label} for n, label in kind.classifications.items()]
        row = {"name": "classification__v", "type": "Picklist", "required": True, "values": values}
        said.append(row)
    return [*said, *kind.properties]


@routes.on("GET", "/objects/documents/{doc_id}/events")
async def retrieve_document_event_data(call: Call) -> JSON:
    """List the events of a document, the oldest first; no maximum of a page is documented."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    kinds = call.sandbox.document_events
    visible = {kind.name for kind in kinds.visible(call.user.id)}
    found = [
        event
        for event in kinds.log
        if event.document_id == document.id and event.values["event_type__v"] in visible
    ]
    start, limit = call.number("start", 0), call.number("limit", _PAGE)
    rows = [_row(event) for event in _matching(call, found)]
    return {"events": rows[start : start + limit]}


def _row(event: DocumentEvent) -> JSON:
    """Return an event without what is null or false."""
    values = {
        "document_id": event.document_id,
        "major_version_number__v": event.major,
        "minor_version_number__v": event.minor,
        **event.values,
    }
    return {n: value for n, value in values.items() if value is not None and value is not False}


def _matching(call: Call, events: list[DocumentEvent]) -> list[DocumentEvent]:
    """Return the events of the dates that are asked for, and with the values."""
    first, last = _moment(call, "startDate"), _moment(call, "endDate")
    return [
        event
        for event in events
        if (first is None or event.logged >= first)
        and (last is None or event.logged <= last)
        and _has_values(call, event)
    ]


def _has_values(call: Call, event: DocumentEvent) -> bool:
    filters = {
        name: value
        for name, value in call.query.items()
        if name not in ("start", "limit", "startDate", "endDate", "auth", "format")
    }
    labels = _labels(call, event)
    return all(
        value in (str(event.values.get(name)), *labels.get(name, ()))
        for name, value in filters.items()
    )


def _labels(call: Call, event: DocumentEvent) -> dict[str, tuple[str, ...]]:
    """Return what else an event's type and subtype are called."""
    kind = call.sandbox.document_events[event.values["event_type__v"]]
    names: dict[str, tuple[str, ...]] = {
        "event_type__v": (kind.label, kind.label.removesuffix(" Event"))
    }
    subtype = kind.subtypes.get(event.values.get("event_subtype__v", ""))
    return names if subtype is None else {**names, "event_subtype__v": (subtype.label,)}


def _moment(call: Call, name: str) -> datetime | None:
    text = call.query.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"Invalid value [{text}] specified for parameter [{name}]") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@routes.on("POST", "/objects/documents/{doc_id}/versions/{major}/{minor}/events")
async def log_document_event(call: Call) -> JSON:
    """Log an event; a repeat logs it again."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    version = document.version(call.ids["major"], call.ids["minor"])
    form = (await call.form()).values
    said = call.sandbox.document_events.classify(form, call.user.id)
    values = _checked(said, {name: text for name, text in form.items() if name not in _KINDS})
    now = call.sandbox.now()
    event = DocumentEvent(
        document_id=document.id,
        major=version.major,
        minor=version.minor,
        logged=now,
        values={**said.names, "event_date__v": stamp(now), **values},
    )
    call.sandbox.document_events.log.append(event)
    return {}


def _checked(said: Classified, given: dict[str, str]) -> dict[str, Any]:
    """Read the properties of a new event; what is missing or wrong is named all at once."""
    known = {one["name"]: one for one in said.kind.properties} if said.kind else {}
    absent = [name for name, one in known.items() if one.get("required") and not given.get(name)]
    if said.missing or absent:
        raise missing(",".join([*said.missing, *absent]))
    strange = [
        name
        for name, text in given.items()
        if name not in known or not _fits(known[name]["type"], text)
    ]
    if said.wrong or strange:
        raise invalid(f"Invalid value specified for [{','.join(said.wrong or strange)}]")
    flags = {name for name, one in known.items() if one["type"] == "Boolean"}
    return {n: FLAGS[text.lower()] if n in flags else text for n, text in given.items()}


def _fits(kind: str, text: str) -> bool:
    if kind == "Boolean":
        return text.lower() in FLAGS
    if kind != "DateTime":
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
