"""Documents: their fields, files, versions, renditions and attachments.

Reference: Documents
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Literal

import attrs

from vaultio.downloads import FileStream, OnExists, Progress, SavedFile
from vaultio.endpoints.parts import Annotations, Attachments, File, Renditions, Version
from vaultio.endpoints.parts.files import Target, Verify
from vaultio.endpoints.room import Room
from vaultio.errors import InvalidArgumentError
from vaultio.models import AttachmentLink, Checksum, Document, DocumentVersion
from vaultio.protocol.documents import attachment_links, document, documents, versions
from vaultio.protocol.path import Path
from vaultio.protocol.request import Repeat, get
from vaultio.transport import Caller, Pages
from vaultio.transport.pages import by_offset

LARGEST_PAGE = 200
NamedFilter = Literal["My Documents", "Recent Documents", "Favorites"]


class Documents(Room):
    """The documents and binders of the vault."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "objects" / "documents"

    def retrieve_all(
        self,
        *,
        named_filter: NamedFilter | None = None,
        search: str | None = None,
        scope: Literal["properties", "all"] | None = None,
        start: int = 0,
        limit: int | None = None,
        sort: str | None = None,
    ) -> Pages[Document]:
        """Retrieve documents and binders, in pages of at most 200.

        *limit* is the size of a page, 1 to 200; *start* the row to begin at, from 0; *sort* a
        field and an order, such as ``"name__v desc"``. *search* looks for words, with *scope*
        ``"all"`` in the content too; it cannot go together with *named_filter*.

        ``GET /api/{version}/objects/documents``
        Reference: Documents › Retrieve Documents
        """
        if named_filter is not None and search is not None:
            raise InvalidArgumentError("give named_filter or search, not both")
        query = {"named_filter": named_filter, "search": search, "scope": scope, "sort": sort}
        return by_offset(
            self._caller, self._root, documents, query, start, limit, largest=LARGEST_PAGE
        )

    async def retrieve(self, document_id: int) -> Document:
        """Retrieve one document or binder at its latest version.

        ``GET /api/{version}/objects/documents/{doc_id}``
        Reference: Documents › Retrieve Document
        """
        return await self._caller.get(self._root / document_id, document)

    async def retrieve_versions(self, document_id: int) -> tuple[DocumentVersion, ...]:
        """Retrieve which versions a document has, oldest first.

        ``GET /api/{version}/objects/documents/{doc_id}/versions``
        Reference: Documents › Retrieve Document Versions
        """
        return await self._caller.get(self._root / document_id / "versions", versions)

    async def retrieve_attachment_links(
        self, document_id: int
    ) -> tuple[AttachmentLink, ...] | None:
        """Retrieve which attachments a document has; None where its type takes none.

        ``GET /api/{version}/objects/documents/{doc_id}``
        Reference: Attachments on Documents › Determine if a Document has Attachments
        """
        return await self._caller.get(self._root / document_id, attachment_links)

    async def download(
        self,
        document_id: int,
        *,
        to: Target,
        lock: bool = False,
        on_exists: OnExists = "error",
        progress: Progress | None = None,
        verify: Verify = False,
    ) -> SavedFile:
        """Download the source file of a document's latest version.

        *to* is a folder (there already, or with a slash at its end), or a file name. *lock*
        checks the document out first. *verify* True asks Vault for size and MD5 before, which
        costs a call; a `Checksum` known already costs none. The length is always checked where
        the answer has one.

        ``GET /api/{version}/objects/documents/{doc_id}/file``
        Reference: Documents › Retrieve Document File
        """
        return await self._file(document_id, lock).save(to, on_exists, progress, verify)

    def open(
        self, document_id: int, *, lock: bool = False, verify: Verify = False
    ) -> AbstractAsyncContextManager[FileStream]:
        """Open the source file of a document's latest version as a stream of chunks.

        See `download`.
        """
        return self._file(document_id, lock).open(verify)

    def version(self, document_id: int, major: int, minor: int) -> Version:
        """Enter one version of a document."""
        root = self._root.under(document_id, "versions", major, minor)
        return Version(self._caller, root, f"document-{document_id}-{major}.{minor}")

    def annotations(self, document_id: int) -> Annotations:
        """Enter the annotations of a document's latest version."""
        return Annotations(self._caller, self._root / document_id, f"document-{document_id}")

    def attachments(self, document_id: int) -> Attachments:
        """Enter the attachments of a document's latest version."""
        return Attachments(self._caller, self._root / document_id)

    def renditions(self, document_id: int) -> Renditions:
        """Enter the renditions of a document's latest version."""
        root, name = self._root / document_id, f"document-{document_id}"
        return Renditions(self._caller, root, name, of_version=False)

    def _file(self, document_id: int, lock: bool) -> File:
        async def checksum() -> Checksum:
            return (await self.retrieve(document_id)).checksum

        request = plain = get(self._root / document_id / "file")
        if lock:
            # A check-out is not repeated: what follows a cut body goes out without it.
            request = attrs.evolve(plain, query={"lockDocument": "true"}, repeat=Repeat.ONCE)
        name = f"document-{document_id}"
        return File(self._caller, request, name=name, checksum=checksum, resume=plain)
