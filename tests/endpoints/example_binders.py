"""The binders and relationships that the reference's examples speak of."""

from __future__ import annotations

from vaultio.sandbox import Sandbox

SECTION, LOWER_SECTION = "1365789543654", "1365704338631"
NODE = "1365798869626"


def fill(sandbox: Sandbox) -> None:
    """Add binders 32, 35, 124 and 1255, and documents 13, 14, 22, 24 and 548 related to others."""
    documents, binders = sandbox.documents, sandbox.binders
    for document_id in (13, 14, 22, 24, 548):
        documents.add(f"Document {document_id}", document_id=document_id)
    for binder_id in (32, 35, 124, 1255):
        documents.add(f"Binder {binder_id}", document_id=binder_id, binder=True)
        binders.add_section(binder_id, "Plans", number="1", node_id=SECTION)
        binders.add_section(binder_id, "Old plans", parent_id=SECTION, node_id=LOWER_SECTION)
        binders.add_document(binder_id, 14, parent_id=SECTION, node_id=NODE)
    documents.add_version(124)
    relationships = sandbox.relationships
    relationships.add((24, 0, 1), "related_claims__vs", 22, relationship_id=31)
    relationships.add((24, 0, 1), "references__vs", 22, relationship_id=35)
    relationships.add((32, 0, 1), "supporting_documents__vs", 14, relationship_id=41)
