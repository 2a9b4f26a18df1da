"""How an answer about documents is read.

Source: the reference shows no whole example; the fields stand under ``document``, in lists once
more in each item, with ``renditions``, ``versions`` and ``attachments`` beside it at the top.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from vaultio.errors import UnreadableReplyError
from vaultio.models import (
    AttachmentLink,
    Document,
    DocumentLock,
    DocumentVersion,
    Rendition,
    VersionNumber,
)
from vaultio.protocol.convert import structure
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.readers import many, nothing, pairs

_BESIDE = frozenset({"renditions", "versions", "attachments"})


def document(envelope: Envelope) -> Document:
    """Read one document, with its renditions, versions and attachments where they are said."""
    payload = envelope.payload
    fields = payload.get("document", payload.get("data"))
    if isinstance(fields, list) and len(fields) == 1:
        fields = fields[0]
    if not isinstance(fields, Mapping):
        if "id" not in payload:
            raise UnreadableReplyError("the answer has no 'document'")
        frame = _BESIDE | {"responseStatus", "responseMessage"}
        fields = {key: value for key, value in payload.items() if key not in frame}
    read = structure(_plain(fields), Document, where="document")
    if envelope.status is not None and payload.keys().isdisjoint(_BESIDE):
        return read  # as it is with most, and to make another one takes as long as to make one
    return attrs.evolve(
        read,
        renditions=_renditions(payload),
        versions=versions(envelope) if payload.get("versions") else (),
        attachments=attachment_links(envelope),
    )


def documents(envelope: Envelope) -> tuple[Document, ...]:
    """Read a list of documents and binders, in the answer's order.

    Vault leaves out lists that are empty; only one that says so itself is taken for empty.
    """
    if "documents" not in envelope.payload and envelope.payload.get("size") == 0:
        return ()
    return many("documents", Document, each="document")(envelope)


def versions(envelope: Envelope) -> tuple[DocumentVersion, ...]:
    """Read a document's versions, oldest first: Vault lists them in no order."""
    found = many("versions", DocumentVersion)(envelope)
    return tuple(sorted(found, key=lambda version: version.number))


def attachment_links(envelope: Envelope) -> tuple[AttachmentLink, ...] | None:
    """Read which attachments a document has; None where its type takes none.

    The reference shows the list without ``responseStatus``; an answer that has neither says
    nothing about a document.
    """
    if envelope.payload.get("attachments") is None:
        nothing(envelope)
        return None
    return many("attachments", AttachmentLink)(envelope)


def lock(envelope: Envelope) -> DocumentLock | None:
    """Read who has a document checked out; None if nobody: then Vault names no properties."""
    found = envelope.payload.get("lock")
    if not found:
        nothing(envelope)
        return None
    return structure(found, DocumentLock, where="lock")


def crosslink_source(
    vault_id: int, document_id: int, binding: str | VersionNumber | None
) -> dict[str, object]:
    """Write what a CrossLink shows; without a *binding* Vault takes its own rule."""
    source: dict[str, object] = {
        "source_vault_id__v": vault_id,
        "source_document_id__v": document_id,
        "source_binding_rule__v": binding,
    }
    if isinstance(binding, VersionNumber):
        source["source_binding_rule__v"] = "Specific Document version"
        source["bound_source_major_version__v"] = binding.major
        source["bound_source_minor_version__v"] = binding.minor
    return source


def _renditions(payload: Mapping[str, Any]) -> tuple[Rendition, ...]:
    found = payload.get("renditions")
    return pairs(found, Rendition, where="renditions") if found else ()


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out names that the model has for itself, should a vault use them as fields."""
    return {k: v for k, v in fields.items() if k not in _BESIDE}
