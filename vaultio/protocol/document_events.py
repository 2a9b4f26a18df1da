"""How document events are asked for and read, and what is told of a new one.

Reference: Document Events
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from vaultio.errors import InvalidArgumentError
from vaultio.models import DocumentEvent
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.metadata import listed

DEFAULT_PAGE = 200
"""Rows of a page unless *limit* says otherwise; how large it may be is not said."""

_OURS = frozenset({"startDate", "endDate", "start", "limit"})
_NAMED = frozenset({"event_type__v", "event_subtype__v", "classification__v"})


def events(envelope: Envelope) -> tuple[DocumentEvent, ...]:
    """Read the events of a page; the reference does not show where they stand."""
    return listed("events", DocumentEvent, each="event")(envelope)


def event_query(
    filters: Mapping[str, object], start_date: date | None, end_date: date | None
) -> dict[str, object]:
    """Make the parameters of a question for events; none of *filters* may be one of ours."""
    taken = _OURS & filters.keys()
    if taken:
        raise InvalidArgumentError(f"{sorted(taken)} are no event properties to filter by")
    return {**filters, "startDate": start_date, "endDate": end_date}


def new_event(
    event_type: str,
    event_subtype: str | None,
    classification: str | None,
    properties: Mapping[str, object],
) -> dict[str, object]:
    """Make the form of a new event; none of *properties* may say its kind once more."""
    taken = _NAMED & properties.keys()
    if taken:
        raise InvalidArgumentError(f"{sorted(taken)} have parameters of their own")
    kind = {"event_type__v": event_type, "event_subtype__v": event_subtype}
    return {**kind, "classification__v": classification, **properties}
