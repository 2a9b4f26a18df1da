"""What the examples about writing documents speak of."""

from __future__ import annotations

from vaultio.sandbox import Sandbox


def fill(sandbox: Sandbox) -> None:
    """Add a template, and have the user check a document out."""
    sandbox.documents.add_template("promo_doc_template__c", b"%PDF-1.7 a template")
    document = sandbox.documents[222]
    document.locked_by = sandbox.users["ana@example.com"].id
    document.locked_date = sandbox.stamp()
