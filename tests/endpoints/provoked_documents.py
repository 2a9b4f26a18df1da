"""The errors listed for documents, their relationships, events and roles."""

from __future__ import annotations

from pathlib import Path

from tests.endpoints.provocation import Attempt, Listed, Provocation, by_call, joined, walked
from tests.operations import DOCUMENT, PDF
from vaultio import Vault
from vaultio.sandbox import Sandbox

NAMELESS = {name: value for name, value in DOCUMENT.items() if name != "name__v"}
_VERSION_NOT_FOUND = (
    "Document version major {MAJOR_VERSION_NUMBER}, minor {MINOR_NUMBER} "
    "not found for document {ID}."
)
_SUPPORTING = "supporting_documents__vs"
_CREATE = "create_document_relationship"
_LOG = "log_document_event"
_EVENTS = "objects/documents/773/versions/0/1/events"
_ROLES = (
    "retrieve_document_role_assignments",
    "delete_user_from_document_role",
    "delete_group_from_document_role",
)


async def _create_half_bound(vault: Vault, _: Path) -> None:
    relationships = vault.documents.version(548, 0, 1).relationships
    await relationships.create(_SUPPORTING, 548, target_major_version=0)


async def _create_to_no_version(vault: Vault, _: Path) -> None:
    relationships = vault.documents.version(548, 0, 1).relationships
    await relationships.create(_SUPPORTING, 548, target_major_version=5, target_minor_version=0)


async def _filter_by_an_unknown_one(vault: Vault, _: Path) -> None:
    name = "My Drafts"
    await vault.documents.retrieve_all(named_filter=name)  # type: ignore[arg-type]  # on purpose


def _relate(sandbox: Sandbox) -> None:
    sandbox.relationships.add((548, 0, 1), _SUPPORTING, 548, target_version=(0, 1))


def _hide_the_events(sandbox: Sandbox) -> None:
    (kind,) = sandbox.document_events
    kind.hidden_from.add(sandbox.users["ana@example.com"].id)


def _drop_the_roles(sandbox: Sandbox) -> None:
    sandbox.documents[773].roles.clear()


def _empty_the_roles(sandbox: Sandbox) -> None:
    for role in sandbox.documents[773].roles.values():
        role.assigned_users.clear()
        role.assigned_groups.clear()


_WITHOUT_A_NAME: dict[str, Attempt] = {
    "create_document_from_uploaded_file": lambda vault, _: vault.documents.create(
        NAMELESS, file=PDF
    ),
    "create_document_from_template": lambda vault, _: vault.documents.create_from_template(
        NAMELESS, template="promo_doc_template__c"
    ),
    "create_content_placeholder_document": lambda vault, _: vault.documents.create_placeholder(
        NAMELESS
    ),
    "create_crosslink_document": lambda vault, _: vault.documents.create_crosslink(
        NAMELESS, source_vault_id=2112, source_document_id=101
    ),
}
_EVENT_ERRORS = {
    Listed(_LOG, "INSUFFICIENT_ACCESS"): Provocation(_hide_the_events),
    Listed(_LOG, "INVALID_DATA"): Provocation(
        call=lambda vault, _: vault.document_events.log(
            773, 0, 1, event_type="Distribution", event_subtype="Pigeon"
        )
    ),
    Listed(_LOG, "PARAMETER_REQUIRED"): Provocation(
        call=lambda vault, _: vault.document_events.log(
            773, 0, 1, event_type="Distribution", event_subtype="Approved Email"
        )
    ),
    Listed(_LOG, "METHOD_NOT_SUPPORTED"): Provocation(
        call=lambda vault, _: vault.request("GET", _EVENTS)
    ),
}

DOCUMENTS = joined(
    by_call("PARAMETER_REQUIRED", None, _WITHOUT_A_NAME, says="[name__v]"),
    by_call(
        "INVALID_FILTER", None, {"retrieve_documents": _filter_by_an_unknown_one}, says="My Drafts"
    ),
    walked("INVALID_DATA", "Relationship already exists.", _relate, [_CREATE]),
    by_call(
        "INVALID_DATA",
        _VERSION_NOT_FOUND,
        {_CREATE: _create_to_no_version},
        says="major 5, minor 0 not found for document 548",
    ),
    by_call(
        "PARAMETER_REQUIRED",
        "Missing required parameter {PARAMETER}.",
        {_CREATE: _create_half_bound},
        says="[target_minor_version__v]",
    ),
    _EVENT_ERRORS,
    walked("ROLE_NOT_FOUND", None, _drop_the_roles, _ROLES),
    walked("USER_OR_GROUP_NOT_FOUND", None, _empty_the_roles, _ROLES[1:]),
)
