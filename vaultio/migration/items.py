"""What an export is made of, and what became of each piece: plain values, no wire, no disk."""

from __future__ import annotations

from typing import Literal

from attrs import field, frozen

from vaultio.downloads import Verified
from vaultio.models import Checksum, VersionNumber

Include = Literal["source", "renditions", "attachments"]
"""What may be exported of a document."""

Kind = Literal["document", "source", "rendition", "attachment"]
"""What an item is; ``document`` is one that was left as a whole: a binder, or unreadable."""

State = Literal["fetched", "kept", "skipped", "failed"]
"""Fetched now; whole on the disk already; nothing to fetch; failed."""

BINDER = "binder"
NO_FILE = "no file"


@frozen(kw_only=True)
class Item:
    """One file of a document, and where it goes.

    `path` is below the export's folder, with ``/``; one that ends in ``/`` is a folder of its
    own for a file whose name only its download tells. `expected` is what Vault knows of the
    file. A source that Vault knows nothing about `may_be_missing`.
    """

    document_id: int
    kind: Kind
    version: VersionNumber | None = None
    path: str = ""
    expected: Checksum = field(factory=Checksum)
    may_be_missing: bool = False
    rendition_type: str | None = None
    attachment_id: int | None = None
    attachment_version: int | None = None

    @property
    def in_folder(self) -> bool:
        """Whether the file has a folder of its own and takes the name that the server gives."""
        return self.path.endswith("/")

    @property
    def label(self) -> str:
        """Name the item for people, such as ``document 7 (0.1) rendition viewable_rendition__v``.

        The names in it are Vault's and may hold anything: not for a terminal as it is.
        """
        version = f" ({self.version})" if self.version is not None else ""
        detail = {
            "document": "",
            "source": " source file",
            "rendition": f" rendition {self.rendition_type}",
            "attachment": f" attachment {self.attachment_id}",
        }[self.kind]
        return f"document {self.document_id}{version}{detail}"


@frozen(kw_only=True)
class Outcome:
    """What became of an item.

    `path` (below the export's folder), `size` in bytes and `md5` are those of the file on the
    disk; `md5` is None where it was not reckoned. `reason` says why an item was skipped;
    `error_type` and `message` why it failed.
    """

    item: Item
    state: State
    path: str | None = None
    size: int | None = None
    md5: str | None = None
    verified: Verified = "none"
    reason: str | None = None
    error_type: str | None = None
    message: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether there is a whole file on the disk."""
        return self.state in {"fetched", "kept"}

    @property
    def error(self) -> str | None:
        """Type and message of what went wrong, in one text; None if nothing did."""
        return None if self.error_type is None else f"{self.error_type}: {self.message}"


def failed(item: Item, error: Exception) -> Outcome:
    """Make the outcome of an item that failed with *error*."""
    return Outcome(item=item, state="failed", error_type=type(error).__name__, message=str(error))
