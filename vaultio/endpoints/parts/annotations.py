"""The annotations of a document or of one of its versions.

Reference: Documents › Retrieve Document Annotations and the sections after it
"""

from __future__ import annotations

from vaultio.downloads import FileOpening, OnExists, Progress, SavedFile
from vaultio.endpoints.parts.files import File, Target, Verify
from vaultio.endpoints.room import Room
from vaultio.protocol import moved
from vaultio.protocol.multipart import UploadProgress, multipart
from vaultio.protocol.path import Path
from vaultio.protocol.readers import nothing
from vaultio.protocol.request import get, post
from vaultio.protocol.sources import Upload
from vaultio.transport import Caller


class Annotations(Room):
    """The viewable rendition as a PDF with the annotations in it."""

    def __init__(self, caller: Caller, owner: Path, name: str) -> None:
        """Take the owner's path and its name, for a file that Vault gives none."""
        super().__init__(caller)
        self._root = moved.annotations_file(caller.version, owner)
        self._name = f"{name}-annotations.pdf"

    async def download(
        self,
        *,
        to: Target,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download the PDF; Vault knows no size or MD5 of it. From v24.1 on it is under ``/file``.

        ``GET {owner}/annotations``
        Reference: Documents › Retrieve Document (Version) Annotations
        """
        return await self._file().save(to, on_exists, progress, verify)

    def open(self, *, verify: Verify = False) -> FileOpening:
        """Open the PDF as a stream of chunks; see `download`."""
        return self._file().open(verify)

    async def upload(
        self,
        *,
        file: Upload,
        filename: str | None = None,
        progress: UploadProgress | None = None,
    ) -> None:
        """Upload the PDF with annotations made elsewhere; a lost answer is not sent again.

        From v24.1 on it goes to ``/file``.

        ``POST {owner}/annotations``
        Reference: Documents › Upload Document (Version) Annotations
        """
        body = multipart({}, file=file, filename=filename, progress=progress)
        await self._caller.send(post(self._root, body), nothing)

    def _file(self) -> File:
        return File(self._caller, get(self._root), name=self._name)
