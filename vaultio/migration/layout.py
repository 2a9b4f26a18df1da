"""Where each file goes: stable from run to run, and no two files at one place.

A template names the source file of a version; by default::

    {id}/{version}/{filename}                                        the source file
    {id}/{version}/renditions/{type}/{file name}                     a rendition
    {id}/{version}/annotations.pdf                                   its annotations
    {id}/attachments/{attachment id}/{version}/{file name}           an attachment

Where a template says which document and version in its folders, the others lie there too.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from vaultio.downloads import safe_name
from vaultio.errors import InvalidArgumentError, UnreadableReplyError
from vaultio.migration.manifest import NAME
from vaultio.models import Document, VersionNumber

DEFAULT = "{id}/{version}/{filename}"
RENDITIONS, ATTACHMENTS, ANNOTATIONS = "renditions", "attachments", "annotations.pdf"
METADATA = "metadata"
_FIELD = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
_TAKEN = frozenset({RENDITIONS, ATTACHMENTS, ANNOTATIONS, METADATA})
_EXACT = frozenset({"id", "version", "major", "minor"})
_FOLDERS = frozenset({"{id}/{version}", "{id}/{major}.{minor}"})


class Template:
    """Where source files go.

    It has ``{id}``, ``{version}`` (or ``{major}`` and ``{minor}``), ``{filename}``, ``{name}`` and
    fields of Vault such as ``{type__v}``, with ``/`` between. It must tell versions
    apart: with the id and the version, neither behind text that may be cut.
    """

    def __init__(self, text: str = DEFAULT) -> None:
        self.text = text
        self._parts = text.split("/")
        for part in self._parts:
            _check(part, text)
        fields = _FIELD.findall(text)
        if "id" not in fields or not ("version" in fields or {"major", "minor"} <= set(fields)):
            raise InvalidArgumentError(f"template {text!r} needs {{id}} and {{version}}")
        if text in _FOLDERS:
            raise InvalidArgumentError(
                f"template {text!r}: that is the folder of a version's other files; put a name "
                f"behind it, such as {{filename}}"
            )

    def source(self, known: Document, fields: Mapping[str, Any]) -> str:
        """Say where the source file of a version goes, below the folder."""
        parts = [self._filled(part, known, fields) for part in self._parts]
        if parts[-1].casefold() in _TAKEN:  # what lies beside it
            parts[-1] = f"_{parts[-1]}"
        if len(parts) > 1 and parts[0].casefold().startswith((METADATA, NAME)):
            parts[0] = f"_{parts[0]}"  # what the job keeps beside it
        return "/".join(parts)

    def version_folder(self, known: Document, fields: Mapping[str, Any]) -> str:
        """Say in which folder a version's other files go, with a slash at its end."""
        folders = self._parts[:-1]
        said = set(_FIELD.findall("/".join(folders)))
        if "id" in said and ("version" in said or {"major", "minor"} <= said):
            return "/".join(self._filled(one, known, fields) for one in folders) + "/"
        return f"{known.id}/{version_of(known)}/"

    def _filled(self, part: str, known: Document, fields: Mapping[str, Any]) -> str:
        def value(match: re.Match[str]) -> str:
            return _value(match[1], known, fields)

        return safe_name(_FIELD.sub(value, part), f"document-{known.id}")


def rendition_folder(folder: str, rendition_type: str) -> str:
    """Say where a rendition goes: a folder by its type, as its name is not known before."""
    return f"{folder}{RENDITIONS}/{_folder(rendition_type)}/"


def attachment_path(document_id: int, attachment_id: int, version: int, name: str | None) -> str:
    """Say where one version of an attachment goes: they belong to the document as a whole."""
    file = safe_name(name, f"attachment-{attachment_id}")
    return f"{document_id}/{ATTACHMENTS}/{attachment_id}/{version}/{file}"


def inside(text: str) -> str:
    """Refuse a path that leads out of the folder that it is below."""
    path, windows = PurePosixPath(text), PureWindowsPath(text)
    is_absolute = path.is_absolute() or windows.drive or windows.root
    if not text or "\0" in text or is_absolute or ".." in {*path.parts, *windows.parts}:
        raise InvalidArgumentError(f"the file {text!r} leads out of the folder: nothing was sent")
    return text


def version_of(document: Document) -> VersionNumber:
    """Return a document's version, or raise `UnreadableReplyError` if the answer has none."""
    if document.version is None:
        raise UnreadableReplyError(f"document {document.id}: the answer names no version")
    return document.version


def _check(part: str, text: str) -> None:
    """Refuse a part whose files could not be told apart, or that leaves the folder."""
    names = _FIELD.findall(part)
    rest = _FIELD.sub("", part)
    if not part or part in {".", ".."} or "{" in rest or "}" in rest or "\\" in part:
        raise InvalidArgumentError(f"template {text!r}: {part!r} is no name")
    if "}{" in part or not all(map(_NAME.fullmatch, names)):
        raise InvalidArgumentError(f"template {text!r}: {part!r} needs fields with text between")
    free = [name not in _EXACT for name in names]
    if free != sorted(free):
        raise InvalidArgumentError(
            f"template {text!r}: in {part!r} put id and version first, for a long name is cut"
        )


def _value(name: str, known: Document, fields: Mapping[str, Any]) -> str:
    version = version_of(known)
    exact = {
        "id": known.id,
        "version": version,
        "major": version.major,
        "minor": version.minor,
        "filename": known.filename or known.name or f"document-{known.id}",
        "name": known.name or f"document-{known.id}",
    }
    value = exact[name] if name in exact else fields.get(name)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "none" if value is None or value == "" else str(value)


def _folder(name: str) -> str:
    """Make a folder's name; what had to be changed is told apart by a number.

    Capital letters too: two names that differ by them alone are one folder on many disks.
    """
    safe = safe_name(name, "rendition")
    return (
        safe
        if safe == name == name.lower()
        else f"{safe}-{zlib.crc32(name.encode(errors='replace')):08x}"
    )
