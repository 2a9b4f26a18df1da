"""The operations of the chapter Binders, for `tests.operations`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from vaultio import Binder, BinderNode, DocumentVersion, Relationship, Vault, VersionNumber
from vaultio.models import EntryRequirement, JobStart, LifecycleAction

SECTION, LOWER_SECTION = "1365789543654", "1365704338631"
NODE = "1365798869626"
FIELDS = {"name__v": "Binder", "type__v": "Compliance", "lifecycle__v": "General Lifecycle"}

BINDERS: dict[str, Callable[[Vault, Path], Awaitable[object]]] = {
    "create_binder": lambda vault, _: vault.binders.create(FIELDS, index_async=True),
    "retrieve_binder": lambda vault, _: vault.binders.retrieve(1255, depth="all"),
    "retrieve_binder_versions": lambda vault, _: vault.binders.retrieve_versions(32),
    "retrieve_binder_version": lambda vault, _: vault.binders.version(32, 0, 1).retrieve(),
    "update_binder": lambda vault, _: vault.binders.update(
        32, {"title__v": "New", "subtype__v": "Plan"}, reclassify=True
    ),
    "update_binder_version": lambda vault, _: vault.binders.version(32, 0, 1).update(
        {"title__v": "New"}
    ),
    "create_binder_draft": lambda vault, _: vault.binders.create_draft(32),
    "delete_binder": lambda vault, _: vault.binders.delete(35),
    "delete_binder_version": lambda vault, _: vault.binders.version(124, 0, 1).delete(),
    "create_binder_relationship": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).relationships.create(
        "supporting_documents__vs", 13, target_major_version=0, target_minor_version=1
    ),
    "retrieve_binder_relationship": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).relationships.retrieve(41),
    "delete_binder_relationship": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).relationships.delete(41),
    "update_binder_binding_rule": lambda vault, _: vault.binders.update_binding_rule(
        32, "steady-state", override=True
    ),
    "create_binder_section": lambda vault, _: vault.binders.sections(32).create(
        "Plans", section_number="2", parent_id=SECTION, order=0
    ),
    "retrieve_binder_sections": lambda vault, _: vault.binders.sections(32).retrieve_all(),
    "retrieve_binder_section": lambda vault, _: vault.binders.sections(32).retrieve(SECTION),
    "retrieve_binder_version_sections": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).sections.retrieve_all(),
    "retrieve_binder_version_section": lambda vault, _: vault.binders.version(
        32, 0, 1
    ).sections.retrieve(SECTION),
    "update_binder_section": lambda vault, _: vault.binders.version(32, 0, 1).sections.update(
        LOWER_SECTION, name="Older plans", section_number="1.1", parent_id="32", order=0
    ),
    "update_binder_section_binding_rule": lambda vault, _: vault.binders.sections(
        32
    ).update_binding_rule(SECTION, "current", override=True),
    "delete_binder_section": lambda vault, _: vault.binders.sections(32).delete(LOWER_SECTION),
    "add_document_to_binder": lambda vault, _: vault.binders.documents(32).add(
        13, parent_id=SECTION, order=1, rule="specific", major_version=0, minor_version=1
    ),
    "move_document_within_binder": lambda vault, _: vault.binders.documents(32).move(
        NODE, parent_id=SECTION, order=3
    ),
    "update_binder_document_binding_rule": lambda vault, _: vault.binders.documents(
        32
    ).update_binding_rule(NODE, "specific", major_version=0, minor_version=1),
    "remove_document_from_binder": lambda vault, _: vault.binders.documents(32).remove(NODE),
}

_NUMBERS = (
    "create_binder update_binder update_binder_version delete_binder delete_binder_version "
    "create_binder_relationship delete_binder_relationship update_binder_binding_rule "
    "create_document_relationship delete_document_relationship"
)
_TEXTS = (
    "create_binder_section update_binder_section update_binder_section_binding_rule "
    "delete_binder_section add_document_to_binder move_document_within_binder "
    "update_binder_document_binding_rule remove_document_from_binder"
)
RESULTS: dict[str, type | tuple[type]] = {
    **dict.fromkeys(_NUMBERS.split(), int),
    **dict.fromkeys(_TEXTS.split(), str),
    "retrieve_binder": Binder,
    "retrieve_binder_versions": (DocumentVersion,),
    "retrieve_binder_version": Binder,
    "create_binder_draft": VersionNumber,
    "retrieve_binder_relationship": Relationship,
    "list_document_relationships": (Relationship,),
    "retrieve_binder_sections": (BinderNode,),
    "retrieve_binder_section": BinderNode,
    "retrieve_binder_version_sections": (BinderNode,),
    "retrieve_binder_version_section": BinderNode,
    "retrieve_binder_lifecycle_actions": (LifecycleAction,),
    "retrieve_binder_lifecycle_action_entry_requirements": (EntryRequirement,),
    "initiate_binder_lifecycle_action": JobStart,
}
"""What an operation returns, in a tuple for a tuple of it."""
