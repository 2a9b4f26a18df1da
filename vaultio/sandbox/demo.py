"""The demo vault."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox


def fill(sandbox: Sandbox) -> None:
    """Fill a sandbox."""
    sandbox.documents.add()
