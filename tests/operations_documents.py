"""The operations that create and change documents, for `tests.operations`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from vaultio import DocumentLock, NewVersion, Vault, VersionNumber

FIELDS = {
    "name__v": "Gludacta Document",
    "type__v": "Promotional Piece",
    "subtype__v": "Advertisement",
    "classification__v": "Web",
    "lifecycle__v": "Promotional Piece",
    "major_version_number__v": 0,
    "minor_version_number__v": 1,
    "product__v": "0PR0303",
    "external_id__v": "GLU-DOC-0773",
}
FILE = b"%PDF-1.7 what is uploaded"
VIEWABLE = "viewable_rendition__v"

DOCUMENTS: dict[str, Callable[[Vault, Path], Awaitable[object]]] = {
    "create_document_from_uploaded_file": lambda vault, _: vault.documents.create(
        FIELDS, file=FILE, filename="gludacta-document-01.docx"
    ),
    "create_document_from_template": lambda vault, _: vault.documents.create_from_template(
        FIELDS, template="promo_doc_template__c"
    ),
    "create_content_placeholder_document": lambda vault, _: vault.documents.create_placeholder(
        FIELDS
    ),
    "create_unclassified_document": lambda vault, _: vault.documents.create_unclassified(
        {"product__v": "00P000000000101"}, file=FILE, filename="CholeCap Information.docx"
    ),
    "create_crosslink_document": lambda vault, _: vault.documents.create_crosslink(
        FIELDS, source_vault_id=2112, source_document_id=101, binding=VersionNumber(1, 3)
    ),
    "update_document": lambda vault, _: vault.documents.update(
        773, {"type__v": "Promotional Piece", "title__v": "New"}, reclassify=True
    ),
    "update_document_version": lambda vault, _: vault.documents.version(208, 2, 1).update(
        {"title__v": "New"}
    ),
    "delete_document": lambda vault, _: vault.documents.delete(773),
    "delete_document_version": lambda vault, _: vault.documents.version(208, 2, 1).delete(),
    "create_document_lock": lambda vault, _: vault.documents.lock(773).create(),
    "retrieve_document_lock": lambda vault, _: vault.documents.lock(222).retrieve(),
    "delete_document_lock": lambda vault, _: vault.documents.lock(222).delete(),
    "update_document_file": lambda vault, _: vault.documents.content(773).update(
        file=FILE, description="Second edition", suppress_rendition=True
    ),
    "create_document_draft_from_latest_content": lambda vault, _: vault.documents.content(
        773
    ).create_draft(),
    "create_document_draft_from_uploaded_content": lambda vault, _: vault.documents.content(
        773
    ).create_draft(file=FILE),
    "upload_document_rendition": lambda vault, _: vault.documents.renditions(773).upload(
        VIEWABLE, file=FILE, filename="file.pdf"
    ),
    "upload_document_version_rendition": lambda vault, _: vault.documents.version(
        773, 0, 1
    ).renditions.upload(VIEWABLE, file=FILE, filename="file.pdf"),
    "replace_document_rendition": lambda vault, _: vault.documents.renditions(208).replace(
        VIEWABLE, file=FILE, filename="file.pdf"
    ),
    "replace_document_version_rendition": lambda vault, _: vault.documents.version(
        208, 2, 1
    ).renditions.replace(VIEWABLE, file=FILE, filename="file.pdf"),
    "delete_document_rendition": lambda vault, _: vault.documents.renditions(208).delete(VIEWABLE),
    "delete_document_version_rendition": lambda vault, _: vault.documents.version(
        208, 2, 1
    ).renditions.delete(VIEWABLE),
    "upload_document_annotations": lambda vault, _: vault.documents.annotations(208).upload(
        file=FILE, filename="file.pdf"
    ),
    "upload_document_version_annotations": lambda vault, _: vault.documents.version(
        208, 2, 1
    ).annotations.upload(file=FILE, filename="file.pdf"),
}

_NUMBERS = (
    "create_document_from_uploaded_file create_document_from_template "
    "create_content_placeholder_document create_unclassified_document create_crosslink_document "
    "update_document update_document_version delete_document delete_document_version"
)
_NEW_VERSIONS = (
    "update_document_file create_document_draft_from_latest_content "
    "create_document_draft_from_uploaded_content"
)
RESULTS: dict[str, type | tuple[type]] = {
    **dict.fromkeys(DOCUMENTS, type(None)),
    **dict.fromkeys(_NUMBERS.split(), int),
    **dict.fromkeys(_NEW_VERSIONS.split(), NewVersion),
    "retrieve_document_lock": DocumentLock,
}
"""What an operation returns."""

_ONE = "/api/v24.3/objects/documents/{id}"
_PATHS = {
    "document": f"{_ONE}/annotations/file",
    "document_version": f"{_ONE}/versions/{{major}}/{{minor}}/annotations/file",
}
MOVED = {
    f"{verb}_{owner}_annotations": {"v24.3": path}
    for verb in ("retrieve", "upload")
    for owner, path in _PATHS.items()
}
"""Operations whose path is another one at a newer version."""
