"""Object records and what belongs to them.

Reference: Object Records; Attachments on Object Records
"""

from __future__ import annotations

from vaultio.endpoints.parts import Attachments
from vaultio.endpoints.room import Room
from vaultio.protocol.path import Path
from vaultio.transport import Caller


class ObjectRecords(Room):
    """The records of Vault's objects, such as ``site__v``."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._root = Path() / "vobjects"

    def attachments(self, object_name: str, record_id: str) -> Attachments:
        """Enter the attachments of one record."""
        return Attachments(self._caller, self._root / object_name / record_id)
