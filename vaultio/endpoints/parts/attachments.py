"""The attachments of a document or of an object record.

Reference: Attachments on Documents; Attachments on Object Records
"""

from __future__ import annotations

from vaultio.downloads import FileOpening, OnExists, Progress, SavedFile
from vaultio.endpoints.parts.files import File, Target, Verify
from vaultio.endpoints.room import Room
from vaultio.models import AddedAttachment, Attachment, AttachmentVersion, Checksum
from vaultio.protocol.multipart import UploadProgress, multipart
from vaultio.protocol.path import Path
from vaultio.protocol.readers import many, nothing, one
from vaultio.protocol.request import delete, get, post, put
from vaultio.protocol.sources import Upload
from vaultio.transport import Caller


class Attachments(Room):
    """The attachments of one document or one object record; versions count 1, 2, 3, ..."""

    def __init__(self, caller: Caller, owner: Path) -> None:
        super().__init__(caller)
        self._root = owner / "attachments"

    async def retrieve_all(self) -> tuple[Attachment, ...]:
        """Retrieve all attachments, each at its latest version and with links to the others.

        ``GET {owner}/attachments``
        Reference: Attachments on Documents / Object Records › List Attachments
        """
        return await self._caller.get(self._root, many("data", Attachment))

    async def retrieve(self, attachment_id: int) -> Attachment:
        """Retrieve one attachment's metadata at its latest version.

        ``GET {owner}/attachments/{attachment_id}``
        Reference: Attachments on Documents / Object Records › Retrieve Attachment Metadata
        """
        return await self._caller.get(self._root / attachment_id, one("data", Attachment))

    async def retrieve_versions(self, attachment_id: int) -> tuple[AttachmentVersion, ...]:
        """Retrieve which versions an attachment has.

        ``GET {owner}/attachments/{attachment_id}/versions``
        Reference: Attachments on Documents / Object Records › List Attachment Versions
        """
        path = self._root / attachment_id / "versions"
        return await self._caller.get(path, many("data", AttachmentVersion))

    async def retrieve_version(self, attachment_id: int, version: int) -> Attachment:
        """Retrieve the metadata of one version of an attachment.

        ``GET {owner}/attachments/{attachment_id}/versions/{attachment_version}``
        Reference: Attachments on Documents / Object Records › Retrieve Attachment Version Metadata
        """
        path = self._root / attachment_id / "versions" / version
        return await self._caller.get(path, one("data", Attachment))

    async def add(
        self, file: Upload, *, filename: str | None = None, progress: UploadProgress | None = None
    ) -> AddedAttachment:
        """Add a file under its name, or *filename*: as a new attachment, or a version of one.

        A file named like an attachment is its next version; one with the same bytes (MD5) as an
        attachment of the owner is not added. More than 50 attachments, or a file that is too
        large, is a `NotAllowedError`; the limit stands in its message (2 or 4 GB).

        ``POST {owner}/attachments``
        Reference: Attachments on Documents / Object Records › Add Attachment
        """
        body = multipart({}, file=file, filename=filename, progress=progress, max_bytes=None)
        return await self._caller.send(post(self._root, body), one("data", AddedAttachment))

    async def update_description(self, attachment_id: int, description: str) -> None:
        """Set the description of an attachment's latest version, at most 1,000 characters.

        ``PUT {owner}/attachments/{attachment_id}``
        Reference: Attachments on Documents / Object Records › Update Attachment Description
        """
        request = put(self._root / attachment_id, {"description__v": description})
        await self._caller.send(request, nothing)

    async def restore_version(self, attachment_id: int, version: int) -> AddedAttachment:
        """Make an old version the latest again, as a new one.

        Which number comes back is not documented clearly: it is passed on as it came.

        ``POST {owner}/attachments/{attachment_id}/versions/{attachment_version}``
        Reference: Attachments on Documents / Object Records › Restore Attachment Version
        """
        path = self._root / attachment_id / "versions" / version
        request = post(path, query={"restore": True})
        return await self._caller.send(request, one("data", AddedAttachment))

    async def delete(self, attachment_id: int) -> None:
        """Delete an attachment with all its versions.

        ``DELETE {owner}/attachments/{attachment_id}``
        Reference: Attachments on Documents / Object Records › Delete Attachment
        """
        await self._caller.send(delete(self._root / attachment_id), nothing)

    async def delete_version(self, attachment_id: int, version: int) -> None:
        """Delete one version of an attachment.

        ``DELETE {owner}/attachments/{attachment_id}/versions/{attachment_version}``
        Reference: Attachments on Documents / Object Records › Delete Attachment Version
        """
        path = self._root / attachment_id / "versions" / version
        await self._caller.send(delete(path), nothing)

    async def download(
        self,
        attachment_id: int,
        *,
        to: Target,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download the latest version of an attachment.

        ``GET {owner}/attachments/{attachment_id}/file``
        Reference: Attachments on Documents / Object Records › Download Attachment
        """
        return await self._file(attachment_id).save(to, on_exists, progress, verify)

    def open(self, attachment_id: int, *, verify: Verify = False) -> FileOpening:
        """Open the latest version of an attachment as a stream of chunks; see `download`."""
        return self._file(attachment_id).open(verify)

    async def download_version(
        self,
        attachment_id: int,
        version: int,
        *,
        to: Target,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download one version of an attachment.

        ``GET {owner}/attachments/{attachment_id}/versions/{attachment_version}/file``
        Reference: Attachments on Documents / Object Records › Download Attachment Version
        """
        file = self._version_file(attachment_id, version)
        return await file.save(to, on_exists, progress, verify)

    def open_version(
        self, attachment_id: int, version: int, *, verify: Verify = False
    ) -> FileOpening:
        """Open one version of an attachment as a stream of chunks; see `download_version`."""
        return self._version_file(attachment_id, version).open(verify)

    async def download_all(
        self,
        *,
        to: Target,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download the latest versions of all attachments as one ZIP archive.

        An owner without attachments is a `NotFoundError`. Vault knows no size or MD5 of the
        archive; `vaultio.downloads.verify_zip` checks what is in it.

        ``GET {owner}/attachments/file``
        Reference: Attachments on Documents / Object Records › Download All Attachments
        """
        return await self._archive().save(to, on_exists, progress, verify)

    def open_all(self, *, verify: Verify = False) -> FileOpening:
        """Open the archive of all attachments as a stream of chunks; see `download_all`."""
        return self._archive().open(verify)

    def _file(self, attachment_id: int) -> File:
        async def checksum() -> Checksum:
            return (await self.retrieve(attachment_id)).checksum

        request = get(self._root / attachment_id / "file")
        return File(self._caller, request, name=f"attachment-{attachment_id}", checksum=checksum)

    def _version_file(self, attachment_id: int, version: int) -> File:
        async def checksum() -> Checksum:
            return (await self.retrieve_version(attachment_id, version)).checksum

        request = get(self._root / attachment_id / "versions" / version / "file")
        name = f"attachment-{attachment_id}-{version}"
        return File(self._caller, request, name=name, checksum=checksum)

    def _archive(self) -> File:
        request = get(self._root / "file")
        return File(self._caller, request, name="attachments.zip", archive=True)
