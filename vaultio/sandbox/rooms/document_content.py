"""Locks, new source files and new drafts of documents."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError, invalid
from vaultio.sandbox.forms import Form
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document, StoredFile
from vaultio.sandbox.uploads import file_of, multipart_form, viewable

routes = Routes()
_LOCK = "/objects/documents/{doc_id}/lock"


def _done(message: str) -> JSON:
    return {"responseStatus": "SUCCESS", "responseMessage": message}


def _refuse_if_taken(call: Call, document: Document) -> None:
    if document.locked_by not in (None, call.user.id):
        raise RefusedError(
            "OPERATION_NOT_ALLOWED", f"Document {document.id} is locked by another user."
        )


@routes.on("POST", _LOCK)
async def create_document_lock(call: Call) -> JSON:
    """Check a document out; other users cannot any more."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    _refuse_if_taken(call, document)
    document.locked_by, document.locked_date = call.user.id, call.sandbox.stamp()
    return _done("Document successfully checked out.")


@routes.on("GET", _LOCK)
async def retrieve_document_lock(call: Call) -> JSON:
    """Say who has a document checked out; no properties where nobody has."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    if document.locked_by is None:
        return {"lock": {}}
    return {
        "lock": {"locked_by__v": document.locked_by, "locked_date__v": document.locked_date},
    }


@routes.on("DELETE", _LOCK)
async def delete_document_lock(call: Call) -> JSON:
    """Undo a check-out."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    _refuse_if_taken(call, document)
    if document.locked_by is None:
        raise RefusedError("OPERATION_NOT_ALLOWED", f"Document {document.id} is not locked.")
    document.locked_by = document.locked_date = None
    return _done("Undo check out successful.")


@routes.on("POST", "/objects/documents/{doc_id}")
async def update_document_file(call: Call) -> JSON:
    """Replace the source file, or make a draft of the file that is there or of a new one."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    form = await multipart_form(call)
    if document.binder or document.latest.fields.get("crosslink__v"):
        raise RefusedError(
            "OPERATION_NOT_ALLOWED", f"Document {document.id} has no source file of its own."
        )
    _refuse_if_taken(call, document)
    if call.sandbox.settings.lock_before_update and document.locked_by is None:
        raise RefusedError("OPERATION_NOT_ALLOWED", f"Document {document.id} is not locked.")
    file = _new_file(form)
    major, minor = call.sandbox.documents.add_version(
        document.id,
        None if file is None else file.content,
        file_name=None if file is None else file.name,
        state="Draft",
        fields=_description(form),
    )
    source = document.latest.source
    if source is not None and form.values.get("suppressRendition", "").lower() != "true":
        document.latest.renditions["viewable_rendition__v"] = viewable(source)
    # The reference shows no answer; newer vaults name the version.
    return {"major_version_number__v": major, "minor_version_number__v": minor}


def _new_file(form: Form) -> StoredFile | None:
    """Return the file that the version is to have; None for the one that is there."""
    draft = form.values.get("createDraft")
    if draft not in (None, "latestContent", "uploadedContent"):
        raise invalid(f"Invalid value [{draft}] specified for parameter [createDraft]")
    return None if draft == "latestContent" else file_of(form)


def _description(form: Form) -> dict[str, str]:
    text = form.values.get("description__v")
    return {} if text is None else {"version_description__v": text}
