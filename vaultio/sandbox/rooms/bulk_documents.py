"""Documents, their versions, renditions and roles in bulk."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.content import Content
from vaultio.sandbox.failures import RefusedError, invalid
from vaultio.sandbox.rooms.roles import assign, read_members
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.rows import (
    FORM,
    JSON_TYPE,
    Row,
    answer_rows,
    read_rows,
    require_migration_mode,
    take,
)
from vaultio.sandbox.stores.documents import Document, DocumentVersion
from vaultio.sandbox.stores.external_ids import FIELD
from vaultio.sandbox.stores.roles import find_role

routes = Routes()
ROOT = "/objects/documents"
NUMBER = ("major_version_number__v", "minor_version_number__v")


def find(call: Call, row: Row) -> Document:
    """Find the document of a row, by its id or by the unique field of ``idParam``."""
    unique = call.query.get("idParam")
    if not unique:
        return call.sandbox.documents.find(take(row, "id")[0])
    (value,) = take(row, unique)
    known = call.sandbox.documents.with_external_id(value) if unique == FIELD else None
    if known is not None:
        return known
    for document in call.sandbox.documents:
        if str(document.latest.fields.get(unique)) == value:
            return document
    raise RefusedError("INVALID_DOCUMENT", f"Document not found {value}")


def _find_version(call: Call, row: Row) -> tuple[Document, DocumentVersion]:
    document = find(call, row)
    major, minor = take(row, *NUMBER)
    return document, document.version(major, minor)


def _staged(call: Call, row: Row) -> tuple[Content | None, str | None]:
    """Take the file of a row from the staging server; no name is no file."""
    path = row.pop("file", None)
    if not path:
        return None, None
    content = call.sandbox.documents.staging.get(path)
    if content is None:
        raise invalid(f"The file [{path}] does not exist on the staging server.")
    return content, str(path).rpartition("/")[2]


def _whole(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise invalid(f"Invalid value [{text}] specified for parameter [{name}]")
    return int(text)


def _numbered(document: Document, version: DocumentVersion) -> JSON:
    numbers = (version.major, version.minor)
    return {"id": document.id, **dict(zip(NUMBER, numbers, strict=True))}


@routes.on("POST", f"{ROOT}/batch", since="v9.0")
async def create_documents_in_bulk(call: Call) -> JSON:
    """Create documents; a row without a file makes a placeholder."""

    async def create(row: Row) -> JSON:
        name, type_name, lifecycle = take(row, "name__v", "type__v", "lifecycle__v")
        major, minor = row.pop(NUMBER[0], None), row.pop(NUMBER[1], None)
        content, file_name = _staged(call, row)
        document_id = call.sandbox.documents.add(
            name,
            content,
            file_name=file_name,
            type_name=type_name,
            lifecycle=lifecycle,
            state=row.pop("status__v", None) or "Draft",
            major=_whole(NUMBER[0], major or "0"),
            minor=_whole(NUMBER[1], minor or "1"),
            created_by=call.user.id,
            fields={key: value for key, value in row.items() if value is not None},
        )
        external = row.get("external_id__v")
        return {"id": document_id, **({"external_id__v": external} if external else {})}

    return await answer_rows(await read_rows(call, 500), create)


@routes.on("PUT", f"{ROOT}/batch", since="v9.0")
async def update_documents_in_bulk(call: Call) -> JSON:
    """Set fields of the latest versions; an empty cell clears the field."""

    async def update(row: Row) -> JSON:
        document = find(call, row)
        values = {name: value for name, value in row.items() if value not in (None, "")}
        call.sandbox.documents.set_fields(document, document.latest, values)
        for name in row.keys() - values:
            document.latest.fields.pop(name, None)
        return {"id": document.id}

    return await answer_rows(await read_rows(call, 1000, FORM), update)


@routes.on("DELETE", f"{ROOT}/batch", since="v13.0")
async def delete_documents_in_bulk(call: Call) -> JSON:
    """Delete documents with all their versions."""

    async def delete(row: Row) -> JSON:
        document = find(call, row)
        call.sandbox.documents.delete(document.id)
        return {"id": document.id}

    return await answer_rows(await read_rows(call, 500, JSON_TYPE), delete)


@routes.on("POST", f"{ROOT}/versions/batch", since="v10.0")
async def add_document_versions_in_bulk(call: Call) -> JSON:
    """Add versions with the numbers that the rows say."""
    require_migration_mode(call)

    async def add(row: Row) -> JSON:
        document = find(call, row)
        major, minor = (_whole(*pair) for pair in zip(NUMBER, take(row, *NUMBER), strict=True))
        if any((one.major, one.minor) == (major, minor) for one in document.versions):
            raise invalid(f"Version {major}.{minor} of document {document.id} exists already.")
        content, file_name = _staged(call, row)
        call.sandbox.documents.add_version(
            document.id,
            content,
            major=major,
            minor=minor,
            state=row.pop("status__v", None),
            file_name=file_name,
            fields={key: value for key, value in row.items() if value is not None},
        )
        return _numbered(document, document.version(str(major), str(minor)))

    return await answer_rows(await read_rows(call, 500), add)


@routes.on("DELETE", f"{ROOT}/versions/batch", since="v13.0")
async def delete_document_versions_in_bulk(call: Call) -> JSON:
    """Delete versions; with the last one the document goes."""

    async def delete(row: Row) -> JSON:
        document, version = _find_version(call, row)
        document.versions.remove(version)
        if not document.versions:
            call.sandbox.documents.delete(document.id)
        return _numbered(document, version)

    return await answer_rows(await read_rows(call, 500, JSON_TYPE), delete)


@routes.on("POST", f"{ROOT}/renditions/batch", since="v10.0")
async def add_document_renditions_in_bulk(call: Call) -> JSON:
    """Add renditions to versions; one of the same type is in the way."""
    if not call.flag("largeSizeAsset"):
        require_migration_mode(call)

    async def add(row: Row) -> JSON:
        document, version = _find_version(call, row)
        (kind,) = take(row, "rendition_type__v")
        content, file_name = _staged(call, row)
        if content is None:
            raise RefusedError("PARAMETER_REQUIRED", "Missing required parameter [file].")
        if kind in version.renditions:
            raise invalid(f"The rendition [{kind}] exists already.")
        number = (version.major, version.minor)
        call.sandbox.documents.add_rendition(
            document.id, kind, content, file_name=file_name, version=number
        )
        return {**_numbered(document, version), "rendition_type__c": kind}

    return await answer_rows(await read_rows(call, 500), add)


@routes.on("DELETE", f"{ROOT}/renditions/batch", since="v13.0")
async def delete_document_renditions_in_bulk(call: Call) -> JSON:
    """Delete renditions of versions."""

    async def delete(row: Row) -> JSON:
        document, version = _find_version(call, row)
        (kind,) = take(row, "rendition_type__v")
        if version.renditions.pop(kind, None) is None:
            raise invalid(f"The rendition [{kind}] does not exist.")
        return {**_numbered(document, version), "rendition_type__c": kind}

    return await answer_rows(await read_rows(call, 500, JSON_TYPE), delete)


@routes.on("POST", f"{ROOT}/roles/batch", since="v9.0")
async def assign_document_roles_in_bulk(call: Call) -> JSON:
    """Put users and groups into roles; who is not allowed is skipped without a word."""

    async def put(row: Row) -> JSON:
        document = find(call, row)
        members = [read_members(name, str(text)) for name, text in row.items() if text]
        return {
            "id": document.id,
            **{
                f"{role}.{kind}": assign(call, document, role, kind, wanted)
                for role, kind, wanted in members
            },
        }

    return await answer_rows(await read_rows(call, 1000, FORM), put)


@routes.on("DELETE", f"{ROOT}/roles/batch", since="v9.0")
async def remove_document_roles_in_bulk(call: Call) -> JSON:
    """Take users and groups out of roles; the first who is not in one fails the row."""

    async def remove(row: Row) -> JSON:
        document = find(call, row)
        gone: JSON = {}
        for name, text in row.items():
            role, kind, members = read_members(name, str(text or ""))
            for member in members:
                taken = find_role(document.roles, role).remove(kind, str(member))
                gone.setdefault(f"{role}.{kind}", []).append(taken)
        return {"id": document.id, **gone}

    return await answer_rows(await read_rows(call, 1000, FORM), remove)
