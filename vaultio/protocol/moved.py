"""Paths that moved from one API version to the next, each chosen here and nowhere else.

Source: supplement to the reference, 11; an older version keeps its own path for good.
"""

from __future__ import annotations

from vaultio.protocol.path import Path
from vaultio.protocol.version import ApiVersion

SECTION_WITHOUT_VERSION = ApiVersion(17, 1)
"""The oldest reference that updates a binder's section without naming the binder's version."""

ANNOTATIONS_AS_FILE = ApiVersion(24, 1)
"""Where the shorter address began to answer annotations in JSON, and the PDF went below it.

Source: the release notes of Veeva's own Java client, v24.1.0.
"""

RECORDS_IN_ROWS = ApiVersion(25, 2)
"""The oldest list of calls that deletes object records in bulk alone."""

DOCUMENT_TYPES_ONLY = ApiVersion(25, 2)
"""The oldest list of calls that lacks the shorter address of the document types."""


def annotations_file(version: ApiVersion, owner: Path) -> Path:
    """Choose where the PDF with annotations of a document or of one version is."""
    root = owner / "annotations"
    return root / "file" if version >= ANNOTATIONS_AS_FILE else root


OWN_PASSWORD_ONLY = ApiVersion(17, 2)
"""The oldest page found on which ``me`` may stand for the user, who changes no other password."""


def user_password(version: ApiVersion, users: Path, user_id: int) -> Path:
    """Choose where a password is changed."""
    return users / ("me" if version >= OWN_PASSWORD_ONLY else user_id) / "password"


def document_metadata(version: ApiVersion, root: Path) -> Path:
    """Choose where the metadata of documents begins."""
    return root / "types" if version >= DOCUMENT_TYPES_ONLY else root


def section(version: ApiVersion, binder: Path, major: int, minor: int, section_id: str) -> Path:
    """Choose where a binder's section is updated."""
    if version >= SECTION_WITHOUT_VERSION:
        return binder.under("sections", section_id)
    return binder.under("versions", major, minor, "sections", section_id)
