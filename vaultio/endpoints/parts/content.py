"""The content of a document: a new source file, a new draft.

Reference: Documents › Update Document File / Create Draft
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.models import NewVersion
from vaultio.protocol.multipart import UploadProgress, multipart
from vaultio.protocol.path import Path
from vaultio.protocol.readers import top
from vaultio.protocol.request import post
from vaultio.protocol.sources import Upload
from vaultio.transport import Caller


class Content(Room):
    """What one document holds; each change makes a version, so a lost answer is not sent again.

    A *description* of the version may be given. *suppress_rendition* keeps Vault from making a
    viewable rendition of the file.
    """

    def __init__(self, caller: Caller, owner: Path) -> None:
        super().__init__(caller)
        self._root = owner

    async def update(
        self,
        *,
        file: Upload,
        filename: str | None = None,
        description: str | None = None,
        suppress_rendition: bool | None = None,
        progress: UploadProgress | None = None,
    ) -> NewVersion:
        """Replace the source file by one of at most 4 GiB; the minor version goes up by one.

        Vaults may want the document locked first. Also how a placeholder comes by its file.

        ``POST /api/{version}/objects/documents/{doc_id}``
        Reference: Documents › Update Document File / Create Draft
        """
        fields = {"description__v": description, "suppressRendition": suppress_rendition}
        body = multipart(fields, file=file, filename=filename, progress=progress)
        return await self._caller.send(post(self._root, body), top(NewVersion))

    async def create_draft(
        self,
        *,
        file: Upload | None = None,
        filename: str | None = None,
        description: str | None = None,
        suppress_rendition: bool | None = None,
        progress: UploadProgress | None = None,
    ) -> NewVersion:
        """Create a version in the state of a draft, from the latest content or from *file*.

        ``POST /api/{version}/objects/documents/{doc_id}``
        Reference: Documents › Update Document File / Create Draft
        """
        draft = "latestContent" if file is None else "uploadedContent"
        fields = {"description__v": description, "suppressRendition": suppress_rendition}
        parts = {"createDraft": draft, **fields}
        body = multipart(parts, file=file, filename=filename, progress=progress)
        return await self._caller.send(post(self._root, body), top(NewVersion))
