"""What the examples of bulk calls, object records and attachments speak of."""

from __future__ import annotations

from vaultio.sandbox import BytesContent, Sandbox


def fill(sandbox: Sandbox) -> None:
    """Add products, a staged file, who is in a role, and an attachment's second version."""
    records = sandbox.records
    records.add_object("product__v", label="Product", label_plural="Products", prefix="00P")
    for record_id, name in (("1357663087386", "CholeCap"), ("0PR0202", "WonderDrug")):
        records.add("product__v", name, record_id=record_id)
    site = records["site__v"].records["1357752909483"]
    site.attachments.add("Site Area Map.png", b"a second version")
    sandbox.documents.staging["/renditions/773.pdf"] = BytesContent(b"%PDF-1.7")
    sandbox.documents[773].roles["reviewer__v"].assigned_users.append(25496)
