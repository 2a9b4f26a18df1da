"""Paths that moved from one API version to the next, each chosen here and nowhere else.

Source: supplement to the reference, 11; an older version keeps its own path for good.
"""

from __future__ import annotations

from vaultio.protocol.path import Path
from vaultio.protocol.version import ApiVersion

SECTION_WITHOUT_VERSION = ApiVersion(17, 1)
"""The oldest reference that updates a binder's section without naming the binder's version."""


def section(version: ApiVersion, binder: Path, major: int, minor: int, section_id: str) -> Path:
    """Choose where a binder's section is updated."""
    if version >= SECTION_WITHOUT_VERSION:
        return binder.under("sections", section_id)
    return binder.under("versions", major, minor, "sections", section_id)
