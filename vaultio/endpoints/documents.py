"""Documents: their fields, files, versions, renditions and attachments.

Reference: Documents
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import attrs

from vaultio.downloads import FileOpening, OnExists, Progress, SavedFile
from vaultio.endpoints.parts import (
    Annotations,
    Attachments,
    Content,
    File,
    Lock,
    Renditions,
    Roles,
    Version,
)
from vaultio.endpoints.parts.document_batches import DocumentBatches
from vaultio.endpoints.parts.files import Target, Verify
from vaultio.endpoints.room import Room
from vaultio.errors import InvalidArgumentError
from vaultio.models import AttachmentLink, Checksum, Document, DocumentVersion, VersionNumber
from vaultio.protocol.documents import (
    attachment_links,
    crosslink_source,
    document,
    documents,
    versions,
)
from vaultio.protocol.multipart import UploadProgress, multipart
from vaultio.protocol.path import Path
from vaultio.protocol.readers import id_number
from vaultio.protocol.request import Repeat, delete, get, post, put
from vaultio.protocol.sources import Upload
from vaultio.transport import Caller, Pages
from vaultio.transport.pages import by_offset

LARGEST_PAGE = 200
NamedFilter = Literal["My Documents", "Recent Documents", "Favorites"]
SourceBinding = Literal["Latest version", "Latest Steady State version"]
_NONE: Mapping[str, object] = MappingProxyType({})


class Documents(DocumentBatches, Room):
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

    async def create(
        self,
        fields: Mapping[str, object],
        *,
        file: Upload,
        filename: str | None = None,
        progress: UploadProgress | None = None,
    ) -> int:
        """Create a document from a file of at most 4 GiB; its id comes back.

        *fields* are the document's, by Vault's names: at least ``name__v``, ``type__v``,
        ``lifecycle__v``, ``major_version_number__v`` and ``minor_version_number__v``, further
        ``subtype__v`` and ``classification__v`` where there are any. One that is missing is a
        `ParameterRequiredError` with its name. A lost answer is not sent again.

        ``POST /api/{version}/objects/documents``
        Reference: Create Document › Create Document from Uploaded File
        """
        body = multipart(fields, file=file, filename=filename, progress=progress)
        return await self._caller.send(post(self._root, body), id_number)

    async def create_from_template(self, fields: Mapping[str, object], *, template: str) -> int:
        """Create a document with a copy of a template's file; *fields* as in `create`.

        *template* is its API name, such as ``promo_doc_template__c``.

        ``POST /api/{version}/objects/documents``
        Reference: Create Document › Create Document from Template
        """
        body = multipart({"fromTemplate": template, **fields})
        return await self._caller.send(post(self._root, body), id_number)

    async def create_placeholder(self, fields: Mapping[str, object]) -> int:
        """Create a document that is yet to get its file; *fields* as in `create`.

        ``POST /api/{version}/objects/documents``
        Reference: Create Document › Create Content Placeholder Document
        """
        return await self._caller.send(post(self._root, multipart(fields)), id_number)

    async def create_unclassified(
        self,
        fields: Mapping[str, object] = _NONE,
        *,
        file: Upload,
        filename: str | None = None,
        progress: UploadProgress | None = None,
    ) -> int:
        """Create a document without a type from a file of at most 4 GiB, named after the file.

        Vault looks at no *fields* but, in eTMF vaults, ``product__v``, ``study__v``,
        ``study_country__v`` and ``site__v``.

        ``POST /api/{version}/objects/documents``
        Reference: Create Document › Create Unclassified Document
        """
        parts = {**fields, "type__v": "Undefined", "lifecycle__v": "Unclassified"}
        body = multipart(parts, file=file, filename=filename, progress=progress)
        return await self._caller.send(post(self._root, body), id_number)

    async def create_crosslink(
        self,
        fields: Mapping[str, object],
        *,
        source_vault_id: int,
        source_document_id: int,
        binding: SourceBinding | VersionNumber | None = None,
    ) -> int:
        """Create a document that shows one of another vault; *fields* as in `create`.

        *binding* is the version of the source that it shows: one of Vault's rules, or a
        `VersionNumber`; by default the latest in a steady state.

        ``POST /api/{version}/objects/documents``
        Reference: Create Document › Create CrossLink Document
        """
        source = crosslink_source(source_vault_id, source_document_id, binding)
        return await self._caller.send(post(self._root, multipart({**fields, **source})), id_number)

    async def update(
        self, document_id: int, fields: Mapping[str, object], *, reclassify: bool | None = None
    ) -> int:
        """Set *fields*, by Vault's names, at the latest version; the document's id comes back.

        With *reclassify* they may be ``type__v``, ``subtype__v``, ``classification__v`` and
        ``lifecycle__v`` too, with what the new type requires.

        ``PUT /api/{version}/objects/documents/{doc_id}``
        Reference: Documents › Update Document
        """
        request = put(self._root / document_id, {"reclassify": reclassify, **fields})
        return await self._caller.send(request, id_number)

    async def delete(self, document_id: int) -> int:
        """Delete a document with all its versions; its id comes back.

        ``DELETE /api/{version}/objects/documents/{doc_id}``
        Reference: Documents › Delete Document
        """
        return await self._caller.send(delete(self._root / document_id), id_number)

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

    def open(self, document_id: int, *, lock: bool = False, verify: Verify = False) -> FileOpening:
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

    def content(self, document_id: int) -> Content:
        """Enter the content of a document, to replace it or to draft it anew."""
        return Content(self._caller, self._root / document_id)

    def lock(self, document_id: int) -> Lock:
        """Enter the lock (check-out) of a document."""
        return Lock(self._caller, self._root / document_id)

    def renditions(self, document_id: int) -> Renditions:
        """Enter the renditions of a document's latest version."""
        root, name = self._root / document_id, f"document-{document_id}"
        return Renditions(self._caller, root, name, of_version=False)

    def roles(self, document_id: int) -> Roles:
        """Enter the roles on a document."""
        return Roles(self._caller, self._root / document_id)

    def _file(self, document_id: int, lock: bool) -> File:
        async def checksum() -> Checksum:
            return (await self.retrieve(document_id)).checksum

        request = plain = get(self._root / document_id / "file")
        if lock:
            # A check-out is not repeated: what follows a cut body goes out without it.
            request = attrs.evolve(plain, query={"lockDocument": "true"}, repeat=Repeat.ONCE)
        name = f"document-{document_id}"
        return File(self._caller, request, name=name, checksum=checksum, resume=plain)
