"""Where each file goes: stable from run to run, and no two files at one place.

::

    {document id}/{major}.{minor}/{file name}                       the source file
    {document id}/{major}.{minor}/renditions/{type}/{file name}     a rendition
    {document id}/attachments/{attachment id}/{file name}           an attachment

Attachments belong to a document, not to one of its versions, and count versions of their own.
"""

from __future__ import annotations

import zlib

from vaultio.downloads import safe_name
from vaultio.errors import UnreadableReplyError
from vaultio.migration.items import Item
from vaultio.models import Attachment, Document, VersionNumber

RENDITIONS = "renditions"
ATTACHMENTS = "attachments"


def source_item(document: Document) -> Item:
    """Make the item of a document's source file at the version that *document* describes."""
    fallback = f"document-{document.id}"
    name = safe_name(document.filename or document.name, fallback)
    if name.casefold() == RENDITIONS:  # the folder beside it
        name = f"_{name}"
    version = version_of(document)
    return Item(
        document_id=document.id,
        kind="source",
        version=version,
        path=f"{document.id}/{version}/{name}",
        expected=document.checksum,
        may_be_missing=not document.filename and not document.checksum,
    )


def rendition_item(document: Document, rendition_type: str) -> Item:
    """Make the item of one rendition: a folder by its type, as its name is not known before."""
    version = version_of(document)
    return Item(
        document_id=document.id,
        kind="rendition",
        version=version,
        path=f"{document.id}/{version}/{RENDITIONS}/{_folder(rendition_type)}/",
        rendition_type=rendition_type,
    )


def attachment_item(document: Document, attachment: Attachment) -> Item:
    """Make the item of an attachment's latest version."""
    name = safe_name(attachment.filename, f"attachment-{attachment.id}")
    return Item(
        document_id=document.id,
        kind="attachment",
        version=document.version,
        path=f"{document.id}/{ATTACHMENTS}/{attachment.id}/{name}",
        expected=attachment.checksum,
        attachment_id=attachment.id,
        attachment_version=attachment.version,
    )


def version_of(document: Document) -> VersionNumber:
    """Return a document's version, or raise `UnreadableReplyError` if the answer has none."""
    if document.version is None:
        raise UnreadableReplyError(f"document {document.id}: the answer names no version")
    return document.version


def _folder(name: str) -> str:
    """Make a folder's name; what had to be changed is told apart by a number."""
    safe = safe_name(name, "rendition")
    return safe if safe == name else f"{safe}-{zlib.crc32(name.encode(errors='replace')):08x}"
