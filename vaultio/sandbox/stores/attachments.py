"""The attachments of one owner: a document or an object record."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import define, field, frozen

from vaultio.sandbox.content import Content, as_content
from vaultio.sandbox.failures import RefusedError, not_found
from vaultio.sandbox.formats import format_of

MOST = 50
"""How many attachments one owner may have."""


@frozen(kw_only=True)
class AttachmentVersion:
    """One version of an attachment; *created* is a date as Vault writes it."""

    number: int
    name: str
    content: Content
    description: str | None
    created: str
    created_by: int

    @property
    def media_type(self) -> str:
        """The MIME type that its name says."""
        return format_of(self.name)


@define
class Attachment:
    """An attachment with its versions, oldest first."""

    id: int
    versions: list[AttachmentVersion] = field(factory=list)

    @property
    def latest(self) -> AttachmentVersion:
        """The version that counts."""
        return self.versions[-1]

    def version(self, number: str) -> AttachmentVersion:
        """Return one version, or refuse in the words of the reference."""
        for version in self.versions:
            if str(version.number) == number:
                return version
        raise not_found(f"{self.id}/version/{number}")


@define
class Attachments:
    """The attachments of one owner, by id; *next_id* hands out ids across the vault."""

    next_id: Callable[[], int]
    now: Callable[[], str]
    _attachments: dict[int, Attachment] = field(factory=dict)
    _used: set[int] = field(factory=set)

    def __iter__(self) -> Iterator[Attachment]:
        return iter(self._attachments.values())

    def __len__(self) -> int:
        return len(self._attachments)

    def add(
        self,
        name: str,
        content: bytes | str | int | Content,
        *,
        description: str | None = None,
        created_by: int = 46916,
        attachment_id: int | None = None,
    ) -> int:
        """Add a file and return its attachment's id.

        A file of the same name is the next version of that attachment, one with the same bytes
        as an attachment that is there is not added.
        """
        data = as_content(content)
        for other in self:
            if other.latest.content.size == data.size and other.latest.content.md5 == data.md5:
                return other.id
        attachment = next((one for one in self if one.latest.name == name), None)
        if attachment is None:
            if len(self) >= MOST:
                said = f"number of allowed attachments exceeds max [{MOST}]"
                raise RefusedError("OPERATION_NOT_ALLOWED", f"Cannot add an attachment : {said}")
            attachment = Attachment(attachment_id or self._free_id())
            self._attachments[attachment.id] = attachment
            self._used.add(attachment.id)
        self._append(attachment, name, data, description, created_by)
        return attachment.id

    def _free_id(self) -> int:
        """Pass over the ids that a test gave out by itself; one that was deleted stays taken."""
        return next(one for one in iter(self.next_id, None) if one not in self._used)

    def restore(self, attachment: Attachment, version: AttachmentVersion, user_id: int) -> int:
        """Make an old version the latest again, as a new one; return its number."""
        said = version.description
        return self._append(attachment, version.name, version.content, said, user_id)

    def _append(
        self,
        attachment: Attachment,
        name: str,
        content: Content,
        description: str | None,
        created_by: int,
    ) -> int:
        number = attachment.latest.number + 1 if attachment.versions else 1
        attachment.versions.append(
            AttachmentVersion(
                number=number,
                name=name,
                content=content,
                description=description,
                created=self.now(),
                created_by=created_by,
            )
        )
        return number

    def delete_version(self, attachment: Attachment, version: AttachmentVersion) -> None:
        """Remove one version; with the last one the attachment goes."""
        attachment.versions.remove(version)
        if not attachment.versions:
            self.delete(attachment.id)

    def delete(self, attachment_id: int) -> None:
        """Remove an attachment and all its versions."""
        del self._attachments[attachment_id]

    def find(self, attachment_id: str) -> Attachment:
        """Return one attachment, or refuse."""
        for attachment in self:
            if str(attachment.id) == attachment_id:
                return attachment
        raise not_found(attachment_id)

    def require_any(self) -> None:
        """Refuse a download where there is nothing to download."""
        if not self:
            raise RefusedError("MALFORMED_URL", "The resource does not contain attachments")
