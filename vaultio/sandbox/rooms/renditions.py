"""The renditions of a document and its annotations as PDF."""

from __future__ import annotations

from vaultio.sandbox.call import Call, file_reply
from vaultio.sandbox.failures import not_found
from vaultio.sandbox.rooms.documents import rendition_links
from vaultio.sandbox.rooms.versions import VERSION, find_version
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import DocumentVersion
from vaultio.sandbox.wire import SandboxReply

routes = Routes()
PDF = "application/pdf"


def _rendition(call: Call, version: DocumentVersion | None) -> SandboxReply:
    name = call.ids["rendition_type"]
    if version is None or name not in version.renditions:
        raise not_found(name)
    rendition = version.renditions[name]
    return file_reply(call, rendition.content, rendition.name)


def _annotations(call: Call, version: DocumentVersion, name: str | None) -> SandboxReply:
    if version.annotations is None:
        raise not_found("annotations")
    return file_reply(call, version.annotations, name, PDF)


@routes.on("GET", "/objects/documents/{doc_id}/renditions")
async def list_document_renditions(call: Call) -> JSON:
    """List the rendition types of the latest version with their addresses."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    return {"renditions": rendition_links(call, document)}


@routes.on("GET", f"{VERSION}/renditions")
async def list_document_version_renditions(call: Call) -> JSON:
    """List the rendition types of one version with their addresses."""
    document, version = find_version(call)
    root = ("objects", "documents", document.id, "versions", version.major, version.minor)
    return {
        "renditions": {name: call.url(*root, "renditions", name) for name in version.renditions}
    }


@routes.on("GET", "/objects/documents/{doc_id}/renditions/{rendition_type}")
async def retrieve_document_rendition(call: Call) -> SandboxReply:
    """Download a rendition of the latest version, or of the latest steady state."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    steady = call.flag("steadyState")
    return _rendition(call, document.latest_steady if steady else document.latest)


@routes.on("GET", f"{VERSION}/renditions/{{rendition_type}}")
async def retrieve_document_version_rendition(call: Call) -> SandboxReply:
    """Download a rendition of one version."""
    _, version = find_version(call)
    return _rendition(call, version)


@routes.on("GET", "/objects/documents/{doc_id}/annotations", since="v11.0")
async def retrieve_document_annotations(call: Call) -> SandboxReply:
    """Download the latest version with its annotations; no name is stated."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    return _annotations(call, document.latest, None)


@routes.on("GET", f"{VERSION}/annotations", since="v11.0")
async def retrieve_document_version_annotations(call: Call) -> SandboxReply:
    """Download one version with its annotations."""
    _, version = find_version(call)
    return _annotations(call, version, f"{version.fields['name__v']} - annotations.pdf")
