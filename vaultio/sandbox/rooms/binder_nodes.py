"""What is in a binder: its sections, and the documents that are linked there."""

from __future__ import annotations

from typing import Literal

from vaultio.sandbox import versions
from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid, missing
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document
from vaultio.sandbox.stores.nodes import Node

routes = Routes()
BINDER = "/objects/binders/{doc_id}"
SECTIONS = f"{BINDER}/sections"
SECTION = f"{SECTIONS}/{{node_id}}"
VERSION_SECTIONS = f"{BINDER}/versions/{{major}}/{{minor}}/sections"
DOCUMENT = f"{BINDER}/documents/{{node_id}}"
RULES = ("default", "steady-state", "current")
# By now a section is updated without naming a version, and a node says what holds it.
_V17_1 = versions.Version(17, 1)


def listed(
    call: Call, holder: Node, *, deep: bool, binder_key: Literal["id", "binder_id"]
) -> list[JSON]:
    """Return what is in a node, in order; *binder_key* is what a binder's id is called there."""
    found: list[JSON] = []
    for place, node in enumerate(holder.children):
        name = call.sandbox.binders.name_of(node)
        if name is None:
            continue
        row: JSON = {"properties": _properties(call, holder, node, place, name, binder_key)}
        if deep and node.kind == "section":
            row["nodes"] = listed(call, node, deep=True, binder_key=binder_key)
        found.append(row)
    return found


def _properties(
    call: Call, holder: Node, node: Node, place: int, name: str, binder_key: str
) -> JSON:
    values: JSON = {"order__v": place, "type__v": node.kind, "name__v": name}
    if node.kind == "binder":
        values[binder_key] = node.document_id
        return values
    values["id"] = node.id
    if node.kind == "document":
        values["document_id__v"] = node.document_id
    if node.section_number:
        values["section_number__v"] = node.section_number
    if node.rule == "specific" and node.bound is not None:
        values["major_version_number__v"], values["minor_version_number__v"] = node.bound
    if call.version >= _V17_1:
        values["parent_id__v"] = "rootNode" if holder.kind == "root" else holder.id
    return values


def checked_rule(values: dict[str, str], *more: str) -> str:
    """Read the binding rule of a form; blank is the default one."""
    rule = values.get("binding_rule__v") or "default"
    if rule not in (*RULES, *more):
        raise RefusedError("INVALID_BINDING_RULE", f"Binding rule not recognized [{rule}].")
    return rule


def _tree(call: Call) -> Node:
    """Return the content of the binder, at the version that the path names if it names one."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    if "major" not in call.ids:
        return call.sandbox.binders.tree(binder)
    version = binder.version(call.ids["major"], call.ids["minor"])
    return call.sandbox.binders.tree(binder, version)


def _section(call: Call, tree: Node) -> Node:
    section = tree.find(call.ids["node_id"], "section")
    if section is None:
        raise RefusedError("INVALID_SECTION", f"Section not found {call.ids['node_id']}.")
    return section


def _document(call: Call, tree: Node) -> Node:
    node = tree.find(call.ids["node_id"], "document", "binder")
    if node is None:
        raise RefusedError("INVALID_DOCUMENT", f"Document not found {call.ids['node_id']}.")
    return node


def _target(tree: Node, node: Node, parent_id: str | None) -> Node | None:
    """Return where a node is to go; None is where it is. Nothing goes into itself."""
    if not parent_id:
        return None
    if parent_id in (tree.id, "rootNode"):
        return tree
    target = tree.find(parent_id, "section")
    if target is None or target is node or any(one is target for one in node.below()):
        raise RefusedError("INVALID_TARGET_SECTION", f"Section not found {parent_id}.")
    return target


def _place(values: dict[str, str], *, first: int) -> int | None:
    """Read an order as a place counted from 0; *first* is what the first is called."""
    text = values.get("order__v")
    if not text:
        return None
    if not text.lstrip("-").isdecimal():
        raise invalid(f"Invalid value [{text}] specified for parameter [order__v]")
    return max(int(text) - first, 0)


@routes.on("GET", VERSION_SECTIONS)
@routes.on("GET", SECTIONS)
async def retrieve_binder_sections(call: Call) -> JSON:
    """List the top level."""
    nodes = listed(call, _tree(call), deep=False, binder_key="binder_id")
    return {"binder": {"nodes": nodes}}


@routes.on("GET", f"{VERSION_SECTIONS}/{{node_id}}")
@routes.on("GET", SECTION)
async def retrieve_binder_section(call: Call) -> JSON:
    """Describe a section and list what is directly in it."""
    tree = _tree(call)
    section = _section(call, tree)
    holder = tree.parent_of(section)
    place = next(n for n, one in enumerate(holder.children) if one is section)
    properties = _properties(call, holder, section, place, section.name, "binder_id")
    nodes = listed(call, section, deep=False, binder_key="binder_id")
    return {"node": {"properties": properties, "nodes": nodes}}


@routes.on("POST", SECTIONS)
async def create_binder_section(call: Call) -> JSON:
    """Create a section; the first place is 0."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    values = (await call.form()).values
    if not values.get("name__v"):
        raise RefusedError("REQUIRED_FIELD_NOT_PRESENT", "Section name not present.")
    parent = values.get("parent_id__v")
    node_id = call.sandbox.binders.add_section(
        binder.id,
        values["name__v"],
        number=values.get("section_number__v") or None,
        parent_id=None if parent in (None, "", "rootNode") else parent,
        place=_place(values, first=0),
    )
    return {"id": node_id}


async def update_binder_section(call: Call) -> JSON:
    """Rename, renumber or move a section."""
    tree = _tree(call)
    section = _section(call, tree)
    values = (await call.form()).values
    target = _target(tree, section, values.get("parent_id__v"))
    tree.move(section, target, _place(values, first=0))
    section.name = values.get("name__v") or section.name
    section.section_number = values.get("section_number__v") or section.section_number
    return {"id": section.id}


routes.add("PUT", f"{VERSION_SECTIONS}/{{node_id}}", update_binder_section)
routes.add("PUT", SECTION, update_binder_section, "v17.1")


@routes.on("PUT", f"{SECTION}/binding_rule")
async def update_binder_section_binding_rule(call: Call) -> JSON:
    """Set the binding rule of a section and all that is in it, or of what has none."""
    section = _section(call, _tree(call))
    values = (await call.form()).values
    for name in ("binding_rule__v", "binding_rule_override__v"):
        if name not in values:
            raise missing(name)
    section.bind(
        checked_rule(values), override=values["binding_rule_override__v"].lower() == "true"
    )
    return {"id": section.id}


@routes.on("DELETE", SECTION)
async def delete_binder_section(call: Call) -> JSON:
    """Delete a section with its subsections; documents are unlinked."""
    tree = _tree(call)
    section = _section(call, tree)
    tree.remove(section)
    return {"id": section.id}


@routes.on("POST", f"{BINDER}/documents")
async def add_document_to_binder(call: Call) -> JSON:
    """Link a document; the first place is 1."""
    binder = call.sandbox.binders.find(call.ids["doc_id"])
    values = (await call.form()).values
    if not values.get("document_id__v"):
        raise missing("document_id__v")
    document = call.sandbox.documents.find(values["document_id__v"])
    if document.id == binder.id:
        raise RefusedError("INVALID_DOCUMENT", f"Binder {binder.id} cannot be in itself.")
    rule, bound = _binding(document, values)
    parent = values.get("parent_id__v")
    node_id = call.sandbox.binders.add_document(
        binder.id,
        document.id,
        parent_id=None if parent in (None, "", "rootNode", str(binder.id)) else parent,
        place=_place(values, first=1),
        rule=rule if values.get("binding_rule__v") else None,
        bound=bound,
    )
    return {"id": node_id}


@routes.on("PUT", DOCUMENT)
async def move_document_within_binder(call: Call) -> JSON:
    """Move a document; the first place is 1."""
    tree = _tree(call)
    node = _document(call, tree)
    values = (await call.form()).values
    tree.move(node, _target(tree, node, values.get("parent_id__v")), _place(values, first=1))
    return {"id": node.id}


@routes.on("PUT", f"{DOCUMENT}/binding_rule")
async def update_binder_document_binding_rule(call: Call) -> JSON:
    """Set which version of a document is linked."""
    node = _document(call, _tree(call))
    document = call.sandbox.documents.find(str(node.document_id))
    node.rule, node.bound = _binding(document, (await call.form()).values)
    return {"id": node.id}


@routes.on("DELETE", DOCUMENT)
async def remove_document_from_binder(call: Call) -> JSON:
    """Unlink a document, which stays in the vault."""
    tree = _tree(call)
    node = _document(call, tree)
    tree.remove(node)
    return {"id": node.id}


def _binding(document: Document, values: dict[str, str]) -> tuple[str, tuple[int, int] | None]:
    """Read rule and version; without the rule ``specific`` the version is ignored."""
    rule = checked_rule(values, "specific")
    if rule != "specific":
        return rule, None
    for name in ("major", "minor"):
        if not values.get(f"{name}_version_number__v"):
            raise RefusedError(
                f"MISSING_{name.upper()}_VERSION",
                f"Document {name} version was not specified and binding rule was specific.",
            )
    version = document.version(values["major_version_number__v"], values["minor_version_number__v"])
    return rule, (version.major, version.minor)
