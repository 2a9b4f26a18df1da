"""The operations, a module a chapter of the reference; each has its `routes`."""

from __future__ import annotations

from vaultio.sandbox.rooms import (
    attachment_changes,
    attachments,
    authentication,
    binder_nodes,
    binders,
    bulk_documents,
    controlled_copies,
    delegation,
    document_changes,
    document_content,
    document_creation,
    document_events,
    document_metadata,
    documents,
    domain,
    groups,
    jobs,
    lifecycle_actions,
    metadata,
    object_record_changes,
    object_records,
    picklists,
    query,
    relationships,
    renditions,
    roles,
    security_policies,
    user_changes,
    users,
    versions,
    workflows,
)
from vaultio.sandbox.routing import Router

ROOMS = (
    attachment_changes,
    attachments,
    authentication,
    binder_nodes,
    binders,
    bulk_documents,
    controlled_copies,
    delegation,
    document_changes,
    document_content,
    document_creation,
    document_events,
    document_metadata,
    documents,
    domain,
    groups,
    jobs,
    lifecycle_actions,
    metadata,
    object_record_changes,
    object_records,
    picklists,
    query,
    relationships,
    renditions,
    roles,
    security_policies,
    user_changes,
    users,
    versions,
    workflows,
)


def router() -> Router:
    """Return all routes of all rooms."""
    made = Router()
    for room in ROOMS:
        made.include(room.routes)
    return made
