"""The errors listed for binders, and for what is in them."""

from __future__ import annotations

from pathlib import Path

from tests.endpoints.provocation import Attempt, by_call, joined, walked
from tests.operations import LOWER_SECTION, NODE, SECTION
from vaultio import Vault
from vaultio.sandbox import Sandbox

_OF_BINDER = (
    "retrieve_binder",
    "update_binder",
    "update_binder_binding_rule",
    "create_binder_section",
    "retrieve_binder_sections",
    "retrieve_binder_section",
    "retrieve_binder_version_sections",
    "retrieve_binder_version_section",
    "update_binder_section",
    "update_binder_section_binding_rule",
    "delete_binder_section",
    "add_document_to_binder",
    "move_document_within_binder",
    "update_binder_document_binding_rule",
    "remove_document_from_binder",
)
_OF_SECTION = (
    "create_binder_section",
    "retrieve_binder_section",
    "retrieve_binder_version_section",
    "update_binder_section",
    "update_binder_section_binding_rule",
    "delete_binder_section",
    "add_document_to_binder",
)
_OF_DOCUMENT = (
    "move_document_within_binder",
    "update_binder_document_binding_rule",
    "remove_document_from_binder",
)


def _make_no_binders(sandbox: Sandbox) -> None:
    for document_id in (32, 1255):
        sandbox.documents[document_id].binder = False


def _remove(sandbox: Sandbox, *node_ids: str) -> None:
    tree = sandbox.binders.tree(sandbox.documents[32])
    for node_id in node_ids:
        node = tree.find(node_id, "section", "document")
        assert node is not None
        tree.remove(node)


def _forbid_drafts(sandbox: Sandbox) -> None:
    sandbox.binders.may_not_draft.add(sandbox.users["ana@example.com"].id)


async def _unknown_rule(vault: Vault, _: Path) -> None:
    rule = "newest"
    await vault.binders.update_binding_rule(32, rule)  # type: ignore[arg-type]  # on purpose


_NO_TARGET: dict[str, Attempt] = {
    "update_binder_section": lambda vault, _: vault.binders.version(32, 0, 1).sections.update(
        LOWER_SECTION, parent_id="5"
    ),
    "move_document_within_binder": lambda vault, _: vault.binders.documents(32).move(
        NODE, parent_id="5"
    ),
}

BINDERS = joined(
    walked("INVALID_BINDER", None, _make_no_binders, _OF_BINDER),
    walked("INVALID_BINDER", "Binder not found {id}.", _make_no_binders, ["create_binder_draft"]),
    walked(
        "INSUFFICIENT_ACCESS",
        "User does not have sufficient privileges to perform the action.",
        _forbid_drafts,
        ["create_binder_draft"],
    ),
    by_call("INVALID_BINDING_RULE", None, {"update_binder_binding_rule": _unknown_rule}),
    by_call(
        "REQUIRED_FIELD_NOT_PRESENT",
        None,
        {"create_binder_section": lambda vault, _: vault.binders.sections(32).create("")},
    ),
    walked(
        "INVALID_SECTION",
        None,
        lambda sandbox: _remove(sandbox, LOWER_SECTION, SECTION),
        _OF_SECTION,
    ),
    by_call("INVALID_TARGET_SECTION", None, _NO_TARGET),
    walked(
        "INVALID_DOCUMENT",
        None,
        lambda sandbox: sandbox.documents.delete(13),
        ["add_document_to_binder"],
    ),
    walked("INVALID_DOCUMENT", None, lambda sandbox: _remove(sandbox, NODE), _OF_DOCUMENT),
    by_call(
        "MISSING_MAJOR_VERSION",
        None,
        {
            "add_document_to_binder": lambda vault, _: vault.binders.documents(32).add(
                13, rule="specific", minor_version=1
            )
        },
    ),
    by_call(
        "MISSING_MINOR_VERSION",
        None,
        {
            "add_document_to_binder": lambda vault, _: vault.binders.documents(32).add(
                13, rule="specific", major_version=0
            )
        },
    ),
)
