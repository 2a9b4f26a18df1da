"""Metadata of workflows."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.routing import JSON, Routes

routes = Routes()
_LENGTH = 255
# Name and type as in the reference's example, misspelt nowhere.
_PROPERTIES = (
    ("workflow_document_id__v", "id"),
    ("workflow_initiator_name__v", "String"),
    ("workflow_id__v", "id"),
    ("workflow_name__v", "Picklist"),
    ("workflow_initiator__v", "ObjectReference"),
    ("workflow_status__v", "Picklist"),
    ("workflow_startDate__v", "DateTime"),
    ("workflow_completionDate__v", "DateTime"),
    ("workflow_cancelationDate__v", "DateTime"),
    ("workflow_duration__v", "Number"),
    ("workflow_dueDate__v", "Date"),
    ("workflow_type__v", "Picklist"),
    ("workflow_document_major_version_number__v", "Number"),
    ("workflow_document_minor_version_number__v", "Number"),
    ("task_assignee_name__v", "String"),
    ("task_id__v", "id"),
    ("task_name__v", "Picklist"),
    ("task_assignee__v", "ObjectReference"),
    ("task_queueGroup__v", "Picklist"),
    ("task_status__v", "Picklist"),
    ("task_verdict__v", "Picklist"),
    ("task_comment__v", "String"),
)
_VALUES = {
    "workflow_status__v": ("Error", "Complete", "Cancelled", "Active"),
    # One label stands there twice.
    "workflow_type__v": ("Standard", "Read and Understood", "Read and Understood"),
    "task_name__v": ("Approve", "Read"),
    "task_queueGroup__v": ("Approver", "Reviewer"),
    "task_status__v": ("Created", "Cancelled", "Assigned", "Available", "Completed"),
    "task_verdict__v": ("Approved", "Not approved"),
}


@routes.on("GET", "/metadata/objects/workflows")
async def retrieve_workflow_metadata(call: Call) -> JSON:
    """List the fields of workflows; the workflows are those that a document may start."""
    started = [one.label for one in call.sandbox.lifecycle_actions if one.type == "workflow"]
    values = {**_VALUES, "workflow_name__v": tuple(started)}
    return {"properties": [_property(name, kind, values.get(name)) for name, kind in _PROPERTIES]}


def _property(name: str, kind: str, labels: tuple[str, ...] | None) -> JSON:
    row: JSON = {"name": name, "type": kind, "multivalue": False}
    if kind in ("String", "Picklist"):
        row["length"] = _LENGTH
    if kind == "ObjectReference":
        row["object"] = "User"
    if labels is not None:
        row["values"] = [{"label": label} for label in labels]
    return row
