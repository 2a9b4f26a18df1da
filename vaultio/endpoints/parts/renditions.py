"""The renditions of a document or of one of its versions.

Reference: Documents › List Document Renditions and the sections after it
"""

from __future__ import annotations

from vaultio.downloads import FileOpening, OnExists, Progress, SavedFile
from vaultio.endpoints.parts.files import File, Target, Verify
from vaultio.endpoints.room import Room
from vaultio.errors import InvalidArgumentError
from vaultio.models import Rendition
from vaultio.protocol.multipart import UploadProgress, multipart
from vaultio.protocol.path import Path
from vaultio.protocol.readers import named_urls, nothing
from vaultio.protocol.request import delete, get, post, put
from vaultio.protocol.sources import Upload
from vaultio.transport import Caller


class Renditions(Room):
    """The same document in other formats, such as ``viewable_rendition__v``."""

    def __init__(self, caller: Caller, owner: Path, name: str, *, of_version: bool) -> None:
        """Take the owner's path and its name, for a file that Vault gives none."""
        super().__init__(caller)
        self._root = owner / "renditions"
        self._name = name
        self._of_version = of_version

    async def retrieve_all(self) -> tuple[Rendition, ...]:
        """Retrieve which rendition types there are.

        ``GET {owner}/renditions``
        Reference: Documents › List Document (Version) Renditions
        """
        return await self._caller.get(self._root, named_urls("renditions", Rendition))

    async def download(
        self,
        rendition_type: str,
        *,
        to: Target,
        steady_state: bool | None = None,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download one rendition; Vault knows no size or MD5 of it.

        With *steady_state* it is that of the latest steady state version, not of the latest;
        one version's renditions do not take it.

        ``GET {owner}/renditions/{rendition_type}``
        Reference: Documents › Retrieve Document (Version) Rendition
        """
        file = self._file(rendition_type, steady_state)
        return await file.save(to, on_exists, progress, verify)

    def open(
        self, rendition_type: str, *, steady_state: bool | None = None, verify: Verify = False
    ) -> FileOpening:
        """Open one rendition as a stream of chunks; see `download`."""
        return self._file(rendition_type, steady_state).open(verify)

    async def upload(
        self,
        rendition_type: str,
        *,
        file: Upload,
        filename: str | None = None,
        progress: UploadProgress | None = None,
    ) -> None:
        """Add a rendition, a file of at most 4 GiB; a lost answer is not sent again.

        ``POST {owner}/renditions/{rendition_type}``
        Reference: Documents › Upload Document (Version) Rendition
        """
        body = multipart({}, file=file, filename=filename, progress=progress)
        await self._caller.send(post(self._root / rendition_type, body), nothing)

    async def replace(
        self,
        rendition_type: str,
        *,
        file: Upload,
        filename: str | None = None,
        progress: UploadProgress | None = None,
    ) -> None:
        """Replace a rendition that is there by a file of at most 4 GiB.

        ``PUT {owner}/renditions/{rendition_type}``
        Reference: Documents › Replace Document (Version) Rendition
        """
        body = multipart({}, file=file, filename=filename, progress=progress)
        await self._caller.send(put(self._root / rendition_type, body), nothing)

    async def delete(self, rendition_type: str) -> None:
        """Delete one rendition.

        ``DELETE {owner}/renditions/{rendition_type}``
        Reference: Documents › Delete Latest Document Rendition; Delete Document Version Rendition
        """
        await self._caller.send(delete(self._root / rendition_type), nothing)

    def _file(self, rendition_type: str, steady_state: bool | None) -> File:
        if self._of_version and steady_state is not None:
            raise InvalidArgumentError("a version's renditions have no steady_state")
        request = get(self._root / rendition_type, {"steadyState": steady_state})
        return File(self._caller, request, name=f"{self._name}-{rendition_type}")
