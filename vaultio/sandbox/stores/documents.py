"""Documents and binders, their versions, renditions and files."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from attrs import define, field, frozen

from vaultio.sandbox.content import Content, as_content
from vaultio.sandbox.failures import RefusedError, invalid
from vaultio.sandbox.stores.attachments import Attachments
from vaultio.sandbox.stores.external_ids import ExternalIds
from vaultio.sandbox.stores.roles import Role, standard_roles


@frozen
class StoredFile:
    """A file with the name that it is downloaded under."""

    name: str
    content: Content


@define(kw_only=True)
class DocumentVersion:
    """One version of a document; *fields* are the values that a test or a user gave."""

    major: int
    minor: int
    state: str
    created: str
    created_by: int
    source: StoredFile | None = None
    fields: dict[str, Any] = field(factory=dict)
    renditions: dict[str, StoredFile] = field(factory=dict)
    annotations: Content | None = None
    thumbnail: Content | None = None
    workflow_id: str | None = None

    @property
    def steady(self) -> bool:
        """Whether this is a steady state: a whole version such as 1.0, but never 0.0."""
        return self.major > 0 and self.minor == 0

    @property
    def number(self) -> str:
        """The version as text, ``2.1``."""
        return f"{self.major}.{self.minor}"


@define(kw_only=True)
class Document:
    """A document or a binder with its versions, oldest first."""

    id: int
    number: str
    type: str
    lifecycle: str
    binder: bool
    attachments: Attachments
    attachments_enabled: bool
    versions: list[DocumentVersion] = field(factory=list)
    locked_by: int | None = None
    locked_date: str | None = None
    favourite_of: set[int] = field(factory=set)
    viewed_by: set[int] = field(factory=set)
    roles: dict[str, Role] = field(factory=standard_roles)

    @property
    def latest(self) -> DocumentVersion:
        """The version that counts: the one with the highest number."""
        return max(self.versions, key=lambda version: (version.major, version.minor))

    @property
    def latest_steady(self) -> DocumentVersion | None:
        """The latest version in a steady state, if there is one."""
        steady = [version for version in self.versions if version.steady]
        return max(steady, key=lambda version: version.major, default=None)

    def version(self, major: str, minor: str) -> DocumentVersion:
        """Return one version, or refuse."""
        for version in self.versions:
            if (str(version.major), str(version.minor)) == (major, minor):
                return version
        raise invalid(
            f"Document version major {major}, minor {minor} not found for document {self.id}."
        )


class Documents:
    """The documents and binders of the vault, by id; *staging* holds files for bulk calls.

    No two have the same ``external_id__v``: that is refused.
    """

    def __init__(self, now: Callable[[], str], attachment_ids: Iterator[int]) -> None:
        self._now = now
        self._attachment_ids = attachment_ids
        self._ids = itertools.count(1)
        self._documents: dict[int, Document] = {}
        self._external_ids = ExternalIds(self._documents)
        self.staging: dict[str, Content] = {}
        self.templates: dict[str, StoredFile] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(self._documents.values())

    def __reversed__(self) -> Iterator[Document]:
        return reversed(self._documents.values())

    def __len__(self) -> int:
        return len(self._documents)

    def __getitem__(self, document_id: int) -> Document:
        return self._documents[document_id]

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._documents

    def with_external_id(self, value: object) -> Document | None:
        """Return the document that has this ``external_id__v``, if there is one."""
        return self._external_ids.owner(value)

    def set_fields(
        self, document: Document, version: DocumentVersion, values: dict[str, Any]
    ) -> None:
        """Set fields of a version, or refuse: another document has that external id."""
        self._external_ids.take(values, document.id)
        version.fields.update(values)

    def find(self, document_id: str, *, binder: bool | None = None) -> Document:
        """Return a document (or binder), or refuse in the words of the reference."""
        number = int(document_id) if document_id.isascii() and document_id.isdigit() else -1
        document = self._documents.get(number)
        if document is None or binder not in (None, document.binder):
            kind = "Binder" if binder else "Document"
            raise RefusedError("INVALID_DOCUMENT", f"{kind} not found {document_id}")
        return document

    def add(
        self,
        name: str = "Document",
        content: bytes | str | int | Content | None = b"The source file.",
        *,
        file_name: str | None = None,
        document_id: int | None = None,
        number: str | None = None,
        type_name: str = "Reference Document",
        lifecycle: str = "General Lifecycle",
        state: str = "Draft",
        major: int = 0,
        minor: int = 1,
        binder: bool = False,
        attachments_enabled: bool = True,
        created_by: int = 46916,
        fields: dict[str, Any] | None = None,
    ) -> int:
        """Add a document and return its id; *fields* are further fields by API name.

        *content* None makes a placeholder without a source file, a number a file of that size.
        """
        document_id = document_id or next(one for one in self._ids if one not in self)
        source = None
        if content is not None and not binder:
            source = StoredFile(file_name or f"{name}.docx", as_content(content))
        values = {"name__v": name, **(fields or {})}
        self._external_ids.take(values, document_id)
        version = self._new_version((major, minor), state, created_by, source, values)
        self._documents[document_id] = Document(
            id=document_id,
            number=number or f"VV-{document_id:05d}",
            type=type_name,
            lifecycle=lifecycle,
            binder=binder,
            attachments=Attachments(self._attachment_ids.__next__, self._now),
            attachments_enabled=attachments_enabled,
            versions=[version],
        )
        return document_id

    def add_version(
        self,
        document_id: int,
        content: bytes | str | int | Content | None = None,
        *,
        major: int | None = None,
        minor: int | None = None,
        state: str | None = None,
        file_name: str | None = None,
        fields: dict[str, Any] | None = None,
    ) -> tuple[int, int]:
        """Add a version, by default the next minor one with the same file; return its number."""
        document = self._documents[document_id]
        before = document.latest
        source = before.source
        if content is not None:
            old_name = source.name if source is not None else "document.docx"
            source = StoredFile(file_name or old_name, as_content(content))
        next_minor = before.minor + 1 if major in (None, before.major) else 0
        number = (
            before.major if major is None else major,
            next_minor if minor is None else minor,
        )
        values = {**before.fields, **(fields or {})}
        self._external_ids.take(values, document_id)
        version = self._new_version(
            number, state or before.state, before.created_by, source, values
        )
        document.versions.append(version)
        return version.major, version.minor

    def _new_version(
        self,
        number: tuple[int, int],
        state: str,
        created_by: int,
        source: StoredFile | None,
        fields: dict[str, Any],
    ) -> DocumentVersion:
        return DocumentVersion(
            major=number[0],
            minor=number[1],
            state=state,
            created=self._now(),
            created_by=created_by,
            source=source,
            fields=fields,
        )

    def _version(self, document_id: int, version: tuple[int, int] | None) -> DocumentVersion:
        document = self._documents[document_id]
        if version is None:
            return document.latest
        return document.version(str(version[0]), str(version[1]))

    def add_rendition(
        self,
        document_id: int,
        rendition_type: str = "viewable_rendition__v",
        content: bytes | str | int | Content = b"%PDF-1.7 a rendition",
        *,
        file_name: str | None = None,
        version: tuple[int, int] | None = None,
    ) -> None:
        """Add a rendition to the latest version or the one given."""
        target = self._version(document_id, version)
        name = file_name or f"{target.fields['name__v']}.pdf"
        target.renditions[rendition_type] = StoredFile(name, as_content(content))

    def add_template(
        self, name: str, content: bytes | str | int | Content, *, file_name: str | None = None
    ) -> None:
        """Add a document template by its API name, such as ``promo_doc_template__c``."""
        self.templates[name] = StoredFile(file_name or f"{name}.docx", as_content(content))

    def add_thumbnail(
        self,
        document_id: int,
        content: bytes | Content,
        *,
        version: tuple[int, int] | None = None,
    ) -> None:
        """Add a thumbnail, a PNG image, to the latest version or the one given."""
        self._version(document_id, version).thumbnail = as_content(content)

    def add_annotations(
        self,
        document_id: int,
        content: bytes | str | int | Content = b"%PDF-1.7 with annotations",
        *,
        version: tuple[int, int] | None = None,
    ) -> None:
        """Add the PDF with annotations to the latest version or the one given."""
        self._version(document_id, version).annotations = as_content(content)

    def add_attachment(
        self,
        document_id: int,
        name: str,
        content: bytes | str | int | Content,
        *,
        description: str | None = None,
        attachment_id: int | None = None,
    ) -> int:
        """Attach a file (or the next version of one with that name); return its id."""
        return self._documents[document_id].attachments.add(
            name, content, description=description, attachment_id=attachment_id
        )

    def delete(self, document_id: int) -> None:
        """Delete a document."""
        del self._documents[document_id]
