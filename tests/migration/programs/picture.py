"""What is in a vault, by names in place of ids: two vaults that hold the same look the same."""

from __future__ import annotations

from typing import Any

from vaultio.sandbox import Sandbox
from vaultio.sandbox.stores.documents import Document, DocumentVersion, StoredFile
from vaultio.sandbox.stores.nodes import Node


def picture(vault: Sandbox) -> dict[str, Any]:
    """Return everything about each document and binder by its name, which must be its own."""
    told = {name_of(one): _told(vault, one) for one in vault.documents}
    assert len(told) == len(vault.documents), "two documents have one name"
    return told


def name_of(document: Document) -> str:
    """Return the name of the latest version."""
    return str(document.latest.fields["name__v"])


def _told(vault: Sandbox, document: Document) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": (document.type, document.lifecycle, document.binder),
        "versions": [_version(vault, document, one) for one in document.versions],
        "attachments": {
            one.latest.name: [version.content.md5 for version in one.versions]
            for one in document.attachments
        },
        "roles": {
            role.name: (sorted(role.assigned_users), sorted(role.assigned_groups))
            for role in document.roles.values()
            if role.assigned_users or role.assigned_groups
        },
    }
    if document.binder:
        told["tree"] = _tree(vault, vault.binders.tree(document))
    return told


def _version(vault: Sandbox, document: Document, version: DocumentVersion) -> dict[str, Any]:
    relationships = vault.relationships.of(document, version)
    fields = {key: value for key, value in version.fields.items() if key != "external_id__v"}
    return {
        "number": version.number,
        "fields": fields,
        "source": _file(version.source),
        "renditions": {kind: _file(one)[1] for kind, one in version.renditions.items()},
        "relationships": sorted(
            (one.type, name_of(vault.documents[one.target_id]), str(one.target_version))
            for one in relationships
        ),
    }


def _file(file: StoredFile | None) -> tuple[str, str]:
    return ("", "") if file is None else (file.name, file.content.md5)


def _tree(vault: Sandbox, node: Node) -> list[Any]:
    # Without a rule the default one holds.
    return [
        [one.kind, vault.binders.name_of(one), one.section_number, one.rule or "default", one.bound]
        + ([_tree(vault, one)] if one.children else [])
        for one in node.children
    ]
