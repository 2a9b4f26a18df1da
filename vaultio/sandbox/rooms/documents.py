"""Retrieve documents and their files."""

from __future__ import annotations

from typing import Any

from vaultio.sandbox.call import Call, file_reply
from vaultio.sandbox.failures import RefusedError, invalid
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.documents import Document, DocumentVersion
from vaultio.sandbox.wire import SandboxReply

routes = Routes()
FILTERS = ("My Documents", "Recent Documents", "Favorites")


def describe(
    document: Document, version: DocumentVersion | None = None, *, checksum: bool = True
) -> JSON:
    """Return the fields of a document version as the API names them, the latest by default.

    What was given by the test wins over what is derived; *checksum* False leaves out what takes
    reading the whole file.
    """
    version = version or document.latest
    values: JSON = {
        "id": document.id,
        "version_id": f"{document.id}_{version.major}_{version.minor}",
        "document_number__v": document.number,
        "major_version_number__v": version.major,
        "minor_version_number__v": version.minor,
        "type__v": document.type,
        "lifecycle__v": document.lifecycle,
        "status__v": version.state,
        "binder__v": document.binder,
        "crosslink__v": False,
        "locked__v": document.locked_by is not None,
        "created_by__v": document.versions[0].created_by,
        "document_creation_date__v": document.versions[0].created,
        "version_creation_date__v": version.created,
        "version_modified_date__v": version.created,
        "last_modified_by__v": version.created_by,
    }
    if version.source is not None:
        values["filename__v"] = version.source.name
        values["size__v"] = version.source.content.size
        if checksum:
            values["md5checksum__v"] = version.source.content.md5
        values["format__v"] = version.fields.get("format__v", "application/octet-stream")
    return {**values, **version.fields}


def version_links(call: Call, document: Document) -> list[JSON]:
    """Return the number and the address of every version."""
    return [
        {
            "number": version.number,
            "value": call.url(
                "objects", "documents", document.id, "versions", version.major, version.minor
            ),
        }
        for version in document.versions
    ]


def rendition_links(call: Call, document: Document) -> JSON:
    """Return the address of each rendition of the latest version, by type."""
    return {
        name: call.url("objects", "documents", document.id, "renditions", name)
        for name in document.latest.renditions
    }


@routes.on("GET", "/objects/documents")
async def retrieve_documents(call: Call) -> JSON:
    """List documents and binders, mixed."""
    settings = call.sandbox.settings
    start = call.number("start", 0)
    limit = call.number("limit", settings.documents_limit, settings.documents_limit)
    found = _sorted(call, _filtered(call))
    page = found[start : start + limit]
    return {
        "size": len(found) if settings.documents_size == "total" else len(page),
        "start": start,
        "limit": limit,
        "documents": [{"document": describe(document)} for document in page],
    }


def _filtered(call: Call) -> list[Document]:
    named, search = call.query.get("named_filter"), call.query.get("search")
    if named and search:
        raise RefusedError("INVALID_FILTER", "Only one of named_filter or search can be used.")
    if named and named not in FILTERS:
        raise RefusedError("INVALID_FILTER", f"Invalid filter [{named}]")
    if call.query.get("scope", "properties") not in ("properties", "all"):
        raise invalid(f"Invalid value [{call.query['scope']}] specified for parameter [scope]")
    documents = list(call.sandbox.documents)
    user = call.user.id
    if named == "My Documents":
        return [one for one in documents if one.versions[0].created_by == user]
    if named == "Recent Documents":
        return [one for one in documents if user in one.viewed_by]
    if named == "Favorites":
        return [one for one in documents if user in one.favourite_of]
    return [one for one in documents if not search or _mentions(one, search)]


def _mentions(document: Document, search: str) -> bool:
    words = [document.number, document.type, *map(str, document.latest.fields.values())]
    return search.lower() in "\n".join(words).lower()


def _sorted(call: Call, documents: list[Document]) -> list[Document]:
    name, _, direction = call.query.get("sort", "id asc").partition(" ")
    if direction.lower() not in ("", "asc", "desc"):
        raise invalid(f"Invalid sort direction [{direction}]")
    if name == "id":
        rows: list[tuple[Any, Document]] = [(one.id, one) for one in documents]
    else:
        keyed = [(describe(one, checksum=name == "md5checksum__v"), one) for one in documents]
        if keyed and not any(name in values for values, _ in keyed):
            raise invalid(f"Invalid sort field [{name}]")
        rows = [(str(values.get(name, "")), one) for values, one in keyed]
    rows.sort(key=lambda row: row[0], reverse=direction.lower() == "desc")
    return [document for _, document in rows]


@routes.on("GET", "/objects/documents/{doc_id}")
async def retrieve_document(call: Call) -> JSON:
    """Describe one document with the links to its renditions, versions and attachments."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    document.viewed_by.add(call.user.id)
    answer: JSON = {
        "document": describe(document),
        "renditions": rendition_links(call, document),
        "versions": version_links(call, document),
    }
    if document.attachments_enabled:
        # There even if empty; absent where attachments are not enabled on the type.
        owner = ("objects", "documents", document.id, "attachments")
        answer["attachments"] = [
            {"id": one.id, "url": call.url(*owner, one.id)} for one in document.attachments
        ]
    return answer


@routes.on("GET", "/objects/documents/{doc_id}/file")
async def retrieve_document_file(call: Call) -> SandboxReply:
    """Download the latest source file, and check the document out if asked to."""
    document = call.sandbox.documents.find(call.ids["doc_id"])
    reply = source_file(call, document, document.latest)
    if call.flag("lockDocument"):
        if document.locked_by not in (None, call.user.id):
            await reply.aclose()
            raise RefusedError(
                "OPERATION_NOT_ALLOWED", f"Document {document.id} is locked by another user."
            )
        document.locked_by = call.user.id
        document.locked_date = call.sandbox.stamp()
    return reply


def source_file(call: Call, document: Document, version: DocumentVersion) -> SandboxReply:
    """Send a version's source file; a placeholder has none."""
    if version.source is None:
        raise RefusedError(
            "OPERATION_NOT_ALLOWED", f"Document {document.id} does not have a source file."
        )
    return file_reply(call, version.source.content, version.source.name)
