"""The versions of a document: metadata, files, thumbnails."""

from __future__ import annotations

from vaultio.sandbox.call import Call, file_reply
from vaultio.sandbox.failures import not_found
from vaultio.sandbox.rooms.documents import (
    describe,
    rendition_links,
    source_file,
    version_links,
)
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document, DocumentVersion
from vaultio.sandbox.wire import SandboxReply

routes = Routes()
VERSION = "/objects/documents/{doc_id}/versions/{major}/{minor}"


def find_version(call: Call) -> tuple[Document, DocumentVersion]:
    """Return the document and the version that the path names, or refuse."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    return document, document.version(call.ids["major"], call.ids["minor"])


@routes.on("GET", "/objects/documents/{doc_id}/versions")
async def retrieve_document_versions(call: Call) -> JSON:
    """List all versions, in no order that anyone should rely on."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    links = version_links(call, document)
    return {
        "versions": links[1:] + links[:1],
        "renditions": rendition_links(call, document),
    }


@routes.on("GET", VERSION)
async def retrieve_document_version(call: Call) -> JSON:
    """Describe one version."""
    document, version = find_version(call)
    return {"document": describe(document, version)}


@routes.on("GET", f"{VERSION}/file")
async def retrieve_document_version_file(call: Call) -> SandboxReply:
    """Download the source file of one version."""
    return source_file(call, *find_version(call))


@routes.on("GET", f"{VERSION}/thumbnail")
async def retrieve_document_version_thumbnail(call: Call) -> SandboxReply:
    """Download the thumbnail, an image without a name."""
    _, version = find_version(call)
    if version.thumbnail is None:
        raise not_found("thumbnail")
    return file_reply(call, version.thumbnail, None, "image/png")
