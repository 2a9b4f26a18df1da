"""One version of a document.

Reference: Documents › Retrieve Document Version and the sections after it
"""

from __future__ import annotations

from collections.abc import Mapping

from vaultio.downloads import FileOpening, OnExists, Progress, SavedFile
from vaultio.endpoints.parts.annotations import Annotations
from vaultio.endpoints.parts.files import File, Target, Verify
from vaultio.endpoints.parts.lifecycle_actions import LifecycleActions
from vaultio.endpoints.parts.relationships import Relationships
from vaultio.endpoints.parts.renditions import Renditions
from vaultio.endpoints.room import Room
from vaultio.models import Checksum, Document
from vaultio.protocol.documents import document
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_number
from vaultio.protocol.request import delete, get, put
from vaultio.transport import Caller


class Version(Room):
    """One version of a document, and what belongs to it."""

    def __init__(self, caller: Caller, root: Path, name: str) -> None:
        """Take the version's path and a file name for what Vault gives no name."""
        super().__init__(caller)
        self._root = root
        self._name = name
        self.annotations = Annotations(caller, root, name)
        self.lifecycle_actions = LifecycleActions(caller, root)
        self.relationships = Relationships(caller, root)
        self.renditions = Renditions(caller, root, name, of_version=True)

    async def retrieve(self) -> Document:
        """Retrieve the document's fields at this version.

        ``GET /api/{version}/objects/documents/{doc_id}/versions/{major}/{minor}``
        Reference: Documents › Retrieve Document Version
        """
        return await self._caller.get(self._root, document)

    async def update(self, fields: Mapping[str, object]) -> int:
        """Set *fields*, by Vault's names, at this version; the document's id comes back.

        ``PUT /api/{version}/objects/documents/{doc_id}/versions/{major}/{minor}``
        Reference: Documents › Update Document Version
        """
        return await self._caller.send(put(self._root, fields), id_number)

    async def delete(self) -> int:
        """Delete this version with its renditions; the document's id comes back.

        ``DELETE /api/{version}/objects/documents/{doc_id}/versions/{major}/{minor}``
        Reference: Documents › Delete Document Version
        """
        return await self._caller.send(delete(self._root), id_number)

    async def download(
        self,
        *,
        to: Target,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download this version's source file.

        ``GET /api/{version}/objects/documents/{doc_id}/versions/{major}/{minor}/file``
        Reference: Documents › Retrieve Document Version File
        """
        return await self._file().save(to, on_exists, progress, verify)

    def open(self, *, verify: Verify = False) -> FileOpening:
        """Open this version's source file as a stream of chunks; see `download`."""
        return self._file().open(verify)

    async def download_thumbnail(
        self,
        *,
        to: Target,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download this version's thumbnail, a PNG image that Vault gives no name.

        ``GET /api/{version}/objects/documents/{doc_id}/versions/{major}/{minor}/thumbnail``
        Reference: Documents › Retrieve Document Version Thumbnail
        """
        return await self._thumbnail().save(to, on_exists, progress, verify)

    def open_thumbnail(self, *, verify: Verify = False) -> FileOpening:
        """Open this version's thumbnail as a stream of chunks; see `download_thumbnail`."""
        return self._thumbnail().open(verify)

    def _file(self) -> File:
        async def checksum() -> Checksum:
            return (await self.retrieve()).checksum

        return File(self._caller, get(self._root / "file"), name=self._name, checksum=checksum)

    def _thumbnail(self) -> File:
        return File(self._caller, get(self._root / "thumbnail"), name=f"{self._name}.png")
