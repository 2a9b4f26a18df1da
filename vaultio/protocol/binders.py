"""How an answer about binders is read.

Source: the reference shows no answer with a tree and leaves its key unnamed. Vault's later
references print ``binder`` with ``nodes`` (one section: ``node``), where each node has
``properties`` and again ``nodes``; a node whose properties lie flat is read as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from vaultio.errors import UnreadableReplyError
from vaultio.models import Binder, BinderNode, Document, VersionNumber
from vaultio.protocol.convert import structure
from vaultio.protocol.documents import document
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.readers import Reader, nothing

BindingRule = Literal["default", "steady-state", "current"]
"""The latest version, the latest in a steady state, or the one there is now."""

DocumentBindingRule = Literal["default", "steady-state", "current", "specific"]
"""A single document may also be bound to one version."""

_TREES = ("binder", "node", "nodes", "sections", "data")


def binder(envelope: Envelope) -> Binder:
    """Read one binder with the nodes that the answer holds."""
    read = document(envelope)
    known = {one.name: getattr(read, one.name) for one in attrs.fields(Document)}
    tree = {key: envelope.payload[key] for key in ("binder", "nodes") if key in envelope.payload}
    return Binder(**known, nodes=_read(tree))


def nodes(envelope: Envelope) -> tuple[BinderNode, ...]:
    """Read what is on the top level of a binder, in the answer's order."""
    nothing(envelope)
    return _read(envelope.payload)


def section(section_id: str) -> Reader[BinderNode]:
    """Read one section with what is directly in it; v11.0 does not describe the section itself."""

    def read(envelope: Envelope) -> BinderNode:
        nothing(envelope)
        own = envelope.payload.get("node")
        if not isinstance(own, Mapping):
            return BinderNode(id=section_id, nodes=_read(envelope.payload))
        return structure({"id": section_id, **_flat(own)}, BinderNode, where="node")

    return read


def draft(envelope: Envelope) -> VersionNumber:
    """Read which version a draft that was created has."""
    inner = envelope.payload.get("document")
    said = inner if isinstance(inner, Mapping) else envelope.payload
    numbers = said.get("major_version_number__v"), said.get("minor_version_number__v")
    try:
        return VersionNumber.parse("{}.{}".format(*numbers))
    except ValueError as error:
        raise UnreadableReplyError(f"the answer names no version of a draft: {numbers}") from error


def _read(payload: Mapping[str, Any]) -> tuple[BinderNode, ...]:
    """Find the list of nodes, at the top or one level down; Vault leaves out an empty one."""
    for key in _TREES:
        found = payload.get(key)
        if isinstance(found, Mapping):
            found = found.get("nodes", [])
        if isinstance(found, list):
            return tuple(
                structure(_flat(item), BinderNode, where=f"{key}.nodes[{place}]")
                for place, item in enumerate(found)
            )
    return ()


def _flat(node: Any) -> Any:
    """Bring a node and all below it into one form: its properties, and ``nodes`` beside them."""
    if not isinstance(node, Mapping):
        return node
    properties, below = node.get("properties"), node.get("nodes")
    own = dict(properties if isinstance(properties, Mapping) else node)
    own["nodes"] = [_flat(one) for one in below] if isinstance(below, list) else []
    return own
