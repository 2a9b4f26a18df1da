"""Change fields of documents and versions, and delete them."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import invalid, missing
from vaultio.sandbox.rooms.document_fields import CLASS_FIELDS, VERSION_FIELDS, field_values
from vaultio.sandbox.rooms.versions import VERSION, find_version
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document, DocumentVersion

routes = Routes()


@routes.on("PUT", "/objects/documents/{doc_id}")
async def update_document(call: Call) -> JSON:
    """Set fields of the latest version; its class only where that is asked for."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    values = (await call.form()).values
    # Whether it stands in the query or in the form is not said.
    reclassify = values.pop("reclassify", call.query.get("reclassify", "false")).lower() == "true"
    if reclassify:
        document.type = values.pop("type__v", document.type)
        document.lifecycle = values.pop("lifecycle__v", document.lifecycle)
    _set(call, document, document.latest, values, reclassify=reclassify)
    return {"id": document.id}


@routes.on("PUT", VERSION)
async def update_document_version(call: Call) -> JSON:
    """Set fields of one version."""
    document, version = find_version(call)
    _set(call, document, version, (await call.form()).values, reclassify=False)
    return {"id": document.id}


def _set(
    call: Call,
    document: Document,
    version: DocumentVersion,
    values: dict[str, str],
    *,
    reclassify: bool,
) -> None:
    fixed = VERSION_FIELDS if reclassify else (*VERSION_FIELDS, *CLASS_FIELDS)
    for name in values:
        if name in fixed:
            raise invalid(f"The field [{name}] is not editable.")
    if values.get("name__v") == "":
        raise missing("name__v")
    typed = field_values(call, document.type, values)
    call.sandbox.documents.set_fields(document, version, typed)


@routes.on("DELETE", "/objects/documents/{doc_id}")
async def delete_document(call: Call) -> JSON:
    """Delete a document with all its versions."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    call.sandbox.documents.delete(document.id)
    return {"id": document.id}


@routes.on("DELETE", VERSION)
async def delete_document_version(call: Call) -> JSON:
    """Delete one version; with the last one the document goes."""
    document, version = find_version(call)
    document.versions.remove(version)
    if not document.versions:
        call.sandbox.documents.delete(document.id)
    return {"id": document.id}
