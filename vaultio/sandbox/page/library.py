"""The documents as the page shows them, and their files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import islice
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from vaultio.sandbox.content import Content, ZipContent
from vaultio.sandbox.failures import not_found
from vaultio.sandbox.stores.attachments import Attachment
from vaultio.sandbox.stores.documents import Document, Documents, DocumentVersion, StoredFile

MOST = 200
_AT_ONCE = 500
FILES = "sandbox/page/files"


async def search(documents: Documents, words: str, offset: int, limit: int) -> dict[str, Any]:
    """Return documents, the youngest first, in whose name, type or number all *words* are."""
    wanted = words.casefold().split()
    limit = min(limit, MOST)
    if wanted:
        matching = await _matching(list(reversed(documents)), wanted)
        found, chosen = len(matching), matching[offset : offset + limit]
    else:
        found, chosen = len(documents), list(islice(reversed(documents), offset, offset + limit))
    return {"found": found, "documents": [_summary(document) for document in chosen]}


async def _matching(documents: list[Document], wanted: list[str]) -> list[Document]:
    matching: list[Document] = []
    for start in range(0, len(documents), _AT_ONCE):
        for document in documents[start : start + _AT_ONCE]:
            name = document.latest.fields.get("name__v", "")
            text = f"{document.id} {document.number} {document.type} {name}".casefold()
            if all(word in text for word in wanted):
                matching.append(document)
        # Calls go first: a long list is looked through in between.
        await asyncio.sleep(0)
    return matching


def _summary(document: Document) -> dict[str, Any]:
    latest = document.latest
    return {
        "id": document.id,
        "name": str(latest.fields.get("name__v", "")),
        "number": document.number,
        "type": document.type,
        "binder": document.binder,
        "version": latest.number,
        "state": latest.state,
        "size": _size(latest.source.content) if latest.source is not None else None,
        "versions": len(document.versions),
        "attachments": len(document.attachments),
    }


def detail(document: Document) -> dict[str, Any]:
    """Describe one document with all its files, each with the address to get it from."""
    latest = document.latest
    versions = sorted(document.versions, key=attrgetter("major", "minor"), reverse=True)
    return {
        **_summary(document),
        "lifecycle": document.lifecycle,
        "locked_by": document.locked_by,
        "versions": [_version(document, version) for version in versions],
        "attachments": [_attachment(document, one) for one in document.attachments],
        "fields": {name: _text(value) for name, value in sorted(latest.fields.items())},
    }


def _version(document: Document, version: DocumentVersion) -> dict[str, Any]:
    base = (document.id, version.number)
    files = []
    if version.source is not None:
        files.append(_file("Source file", version.source, *base, "source"))
    for kind, rendition in version.renditions.items():
        files.append(_file(kind, rendition, *base, "renditions", kind))
    if version.annotations is not None:
        annotated = _annotated(version, version.annotations)
        files.append(_file("Annotations", annotated, *base, "annotations"))
    return {
        "number": version.number,
        "state": version.state,
        "created": version.created,
        "created_by": version.created_by,
        "files": files,
    }


def _attachment(document: Document, attachment: Attachment) -> dict[str, Any]:
    files = [
        _file(
            f"Version {version.number}",
            StoredFile(version.name, version.content),
            *(document.id, "attachments", attachment.id, version.number),
        )
        for version in reversed(attachment.versions)
    ]
    latest = attachment.latest
    return {
        "id": attachment.id,
        "name": latest.name,
        "description": latest.description or "",
        "files": files,
    }


def _file(title: str, stored: StoredFile, *path: object) -> dict[str, Any]:
    href = "/".join([FILES, *(quote(str(one), safe="") for one in path)])
    size = _size(stored.content)
    return {"title": title, "name": stored.name, "size": size, "href": href}


def file(documents: Documents, path: list[str]) -> StoredFile:
    """Return the file that one of those addresses means, in its decoded parts, or refuse."""
    document = documents.find(path[0])
    match path[1:]:
        case ["attachments", attachment, number]:
            version = document.attachments.find(attachment).version(number)
            return StoredFile(version.name, version.content)
        case [number, *rest]:
            found = _file_of(document.version(*_numbers(number)), rest)
            if found is not None:
                return found
    raise not_found("/".join(path))


def _file_of(version: DocumentVersion, path: list[str]) -> StoredFile | None:
    match path:
        case ["source"]:
            return version.source
        case ["renditions", kind]:
            return version.renditions.get(kind)
        case ["annotations"] if version.annotations is not None:
            return _annotated(version, version.annotations)
    return None


def _annotated(version: DocumentVersion, content: Content) -> StoredFile:
    return StoredFile(f"{version.fields.get('name__v', '')} (annotations).pdf", content)


def _numbers(text: str) -> tuple[str, str]:
    major, _, minor = text.partition(".")
    return major, minor


def _size(content: Content) -> int | None:
    """Return the length in bytes, where nothing has to be made for it."""
    return None if isinstance(content, ZipContent) else content.size


def _text(value: object) -> str:
    if isinstance(value, Iterable) and not isinstance(value, (str, dict)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
