"""Documents, their versions and renditions.

Reference: Documents
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from vaultio.models.attachments import AttachmentLink
from vaultio.models.checksum import Checksum
from vaultio.models.version_number import VersionNumber
from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class DocumentVersion(Model):
    """One line of a document's list of versions."""

    number: VersionNumber = wire("number")
    url: str | None = wire("value", default=None)


@frozen(kw_only=True)
class Rendition(Model):
    """A rendition type that a document has, and the URL of its file."""

    name: str = wire("name")
    url: str | None = wire("url", default=None)


@frozen(kw_only=True)
class DocumentLock(Model):
    """That a user has a document checked out, and since when."""

    locked_by: int = wire("locked_by__v")
    locked_date: datetime | None = wire("locked_date__v", default=None)


@frozen(kw_only=True)
class NewVersion(Model):
    """The version that a change of content made.

    The reference does not show the answer; `number` is None where Vault did not say it.
    """

    major: int | None = wire("major_version_number__v", default=None)
    minor: int | None = wire("minor_version_number__v", default=None)

    @property
    def number(self) -> VersionNumber | None:
        """The number of the version, where the answer named it."""
        if self.major is None or self.minor is None:
            return None
        return VersionNumber(self.major, self.minor)


@frozen(kw_only=True)
class Document(Model):
    """A document or binder, at its latest or at one version.

    The fields differ from vault to vault: the standard ones are attributes, all others are in
    `fields` under Vault's names. `size` is in bytes.
    """

    id: int = wire("id")
    name: str | None = wire("name__v", default=None)
    title: str | None = wire("title__v", default=None)
    number: str | None = wire("document_number__v", default=None)
    external_id: str | None = wire("external_id__v", default=None)
    type: str | None = wire("type__v", default=None)
    subtype: str | None = wire("subtype__v", default=None)
    classification: str | None = wire("classification__v", default=None)
    lifecycle: str | None = wire("lifecycle__v", default=None)
    status: str | None = wire("status__v", default=None)
    major_version: int | None = wire("major_version_number__v", default=None)
    minor_version: int | None = wire("minor_version_number__v", default=None)
    filename: str | None = wire("filename__v", default=None)
    format: str | None = wire("format__v", default=None)
    size: int | None = wire("size__v", default=None)
    md5: str | None = wire("md5checksum__v", default=None)
    created_by: int | None = wire("created_by__v", default=None)
    created_date: datetime | None = wire("document_creation_date__v", default=None)
    modified_date: datetime | None = wire("version_modified_date__v", default=None)
    is_binder: bool = wire("binder__v", default=False)
    is_crosslink: bool = wire("crosslink__v", default=False)
    renditions: tuple[Rendition, ...] = ()
    versions: tuple[DocumentVersion, ...] = ()
    attachments: tuple[AttachmentLink, ...] | None = None
    """None where the document's type takes no attachments, empty where it has none."""

    @property
    def version(self) -> VersionNumber | None:
        """The version that the fields belong to, where the answer named it."""
        if self.major_version is None or self.minor_version is None:
            return None
        return VersionNumber(self.major_version, self.minor_version)

    @property
    def checksum(self) -> Checksum:
        """What a download of this version's source file must be."""
        return Checksum(self.size, self.md5)
