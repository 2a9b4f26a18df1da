"""The operations, a module a chapter of the reference; each has its `routes`."""

from __future__ import annotations

from vaultio.sandbox.rooms import (
    attachments,
    authentication,
    controlled_copies,
    documents,
    jobs,
    lifecycle_actions,
    metadata,
    object_records,
    query,
    renditions,
    versions,
)
from vaultio.sandbox.routing import Router

ROOMS = (
    attachments,
    authentication,
    controlled_copies,
    documents,
    jobs,
    lifecycle_actions,
    metadata,
    object_records,
    query,
    renditions,
    versions,
)


def router() -> Router:
    """Return all routes of all rooms."""
    made = Router()
    for room in ROOMS:
        made.include(room.routes)
    return made
