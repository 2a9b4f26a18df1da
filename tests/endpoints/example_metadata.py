"""What the reference's examples about metadata and picklists need in a sandbox."""

from __future__ import annotations

from vaultio.sandbox import Sandbox


def fill(sandbox: Sandbox) -> None:
    """Add the documents, values and fields that the examples speak of."""
    for document_id in (34, 52):
        sandbox.documents.add(document_id=document_id, type_name="Claim")
    # One example creates the value that others change, so it has another label here.
    sandbox.picklists["regions__c"].values["north_america__c"] = "North America (old)"
    sandbox.records["site__v"].field_details["study_number__v"] = {
        "type": "Object",
        "object": {"name": "study__v"},
        "relationship_type": "parent",
        "relationship_inbound_name": "sites__vr",
        "relationship_inbound_label": "Sites",
        "relationship_outbound_name": "study_number__vr",
    }
