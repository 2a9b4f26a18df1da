"""The renditions of a document and its annotations as PDF."""

from __future__ import annotations

from vaultio.sandbox import versions
from vaultio.sandbox.call import Call, file_reply
from vaultio.sandbox.failures import RefusedError, not_found
from vaultio.sandbox.rooms.documents import rendition_links
from vaultio.sandbox.rooms.versions import VERSION, find_version
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import DocumentVersion
from vaultio.sandbox.uploads import file_of, multipart_form
from vaultio.sandbox.wire import SandboxReply

routes = Routes()
_RENDITION = "/objects/documents/{doc_id}/renditions/{rendition_type}"
_VERSION_RENDITION = f"{VERSION}/renditions/{{rendition_type}}"
PDF = "application/pdf"
_AS_FILE = versions.Version(24, 1)


def _rendition(call: Call, version: DocumentVersion | None) -> SandboxReply:
    name = call.ids["rendition_type"]
    if version is None or name not in version.renditions:
        raise not_found(name)
    rendition = version.renditions[name]
    return file_reply(call, rendition.content, rendition.name)


def _annotations(call: Call, version: DocumentVersion, name: str | None) -> SandboxReply:
    _refuse_if_moved(call)
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


@routes.on("GET", _RENDITION)
async def retrieve_document_rendition(call: Call) -> SandboxReply:
    """Download a rendition of the latest version, or of the latest steady state."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    steady = call.flag("steadyState")
    return _rendition(call, document.latest_steady if steady else document.latest)


@routes.on("GET", _VERSION_RENDITION)
async def retrieve_document_version_rendition(call: Call) -> SandboxReply:
    """Download a rendition of one version."""
    _, version = find_version(call)
    return _rendition(call, version)


@routes.on("POST", _RENDITION)
@routes.on("POST", _VERSION_RENDITION)
async def upload_document_rendition(call: Call) -> JSON:
    """Add a rendition to the latest or to one version; there is one of each type at most."""
    version = _target(call)
    file = file_of(await multipart_form(call))
    name = call.ids["rendition_type"]
    if name in version.renditions:
        raise RefusedError("OPERATION_NOT_ALLOWED", f"The rendition [{name}] already exists.")
    version.renditions[name] = file
    return {}


@routes.on("PUT", _RENDITION)
@routes.on("PUT", _VERSION_RENDITION)
async def replace_document_rendition(call: Call) -> JSON:
    """Replace a rendition of the latest or of one version."""
    version = _target(call)
    file = file_of(await multipart_form(call))
    if call.ids["rendition_type"] not in version.renditions:
        raise not_found(call.ids["rendition_type"])
    version.renditions[call.ids["rendition_type"]] = file
    return {}


@routes.on("DELETE", _RENDITION)
@routes.on("DELETE", _VERSION_RENDITION)
async def delete_document_rendition(call: Call) -> JSON:
    """Delete a rendition of the latest or of one version."""
    if _target(call).renditions.pop(call.ids["rendition_type"], None) is None:
        raise not_found(call.ids["rendition_type"])
    return {}


def _refuse_if_moved(call: Call) -> None:
    """Keep the PDF from its old address where that means annotations as JSON, not imitated."""
    if call.version >= _AS_FILE and not call.request.path.endswith("/file"):
        raise RefusedError("METHOD_NOT_SUPPORTED", "The PDF with annotations is under /file here.")


def _target(call: Call) -> DocumentVersion:
    """Return the version that the path names, the latest if it names none."""
    if "major" in call.ids:
        return find_version(call)[1]
    return call.sandbox.documents.find(call.ids["doc_id"]).latest


@routes.on("POST", "/objects/documents/{doc_id}/annotations", since="v11.0")
@routes.on("POST", f"{VERSION}/annotations", since="v11.0")
@routes.on("POST", "/objects/documents/{doc_id}/annotations/file", since="v24.1")
@routes.on("POST", f"{VERSION}/annotations/file", since="v24.1")
async def upload_document_annotations(call: Call) -> JSON:
    """Take a PDF with annotations for the latest or for one version."""
    version = _target(call)
    _refuse_if_moved(call)
    version.annotations = file_of(await multipart_form(call)).content
    return {}


@routes.on("GET", "/objects/documents/{doc_id}/annotations", since="v11.0")
@routes.on("GET", "/objects/documents/{doc_id}/annotations/file", since="v24.1")
async def retrieve_document_annotations(call: Call) -> SandboxReply:
    """Download the latest version with its annotations; no name is stated."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    return _annotations(call, document.latest, None)


@routes.on("GET", f"{VERSION}/annotations", since="v11.0")
@routes.on("GET", f"{VERSION}/annotations/file", since="v24.1")
async def retrieve_document_version_annotations(call: Call) -> SandboxReply:
    """Download one version with its annotations."""
    _, version = find_version(call)
    return _annotations(call, version, f"{version.fields['name__v']} - annotations.pdf")
