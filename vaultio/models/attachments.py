"""Attachments of documents and of object records.

Reference: Attachments › Attachment Fields
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from vaultio.models.checksum import Checksum
from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class AttachmentLink(Model):
    """That an attachment exists, and its URL in the API."""

    id: int = wire("id")
    url: str | None = wire("url", default=None)


@frozen(kw_only=True)
class AddedAttachment(Model):
    """What adding a file or restoring a version came to: the attachment and its version."""

    id: int = wire("id")
    version: int = wire("version__v")


@frozen(kw_only=True)
class AttachmentVersion(Model):
    """One version of an attachment: 1, 2, 3, ..., with no minor numbers."""

    version: int = wire("version__v")
    url: str | None = wire("url", default=None)


@frozen(kw_only=True)
class Attachment(Model):
    """An attachment's metadata. `size` is in bytes; `md5` belongs to `version`."""

    id: int = wire("id")
    filename: str | None = wire("filename__v", default=None)
    description: str | None = wire("description__v", default=None)
    format: str | None = wire("format__v", default=None)
    size: int | None = wire("size__v", default=None)
    md5: str | None = wire("md5checksum__v", default=None)
    version: int | None = wire("version__v", default=None)
    created_by: int | None = wire("created_by__v", default=None)
    created_date: datetime | None = wire("created_date__v", default=None)
    versions: tuple[AttachmentVersion, ...] = wire("versions", default=())

    @property
    def checksum(self) -> Checksum:
        """What a download of this version must be."""
        return Checksum(self.size, self.md5)
