"""The lock of a document: who has it checked out.

Reference: Documents › Create Document Lock and the sections after it
"""

from __future__ import annotations

from vaultio.endpoints.room import Room
from vaultio.models import DocumentLock
from vaultio.protocol.documents import lock
from vaultio.protocol.path import Path
from vaultio.protocol.readers import nothing
from vaultio.protocol.request import delete, post
from vaultio.transport import Caller


class Lock(Room):
    """The check-out of one document, without its file."""

    def __init__(self, caller: Caller, owner: Path) -> None:
        super().__init__(caller)
        self._root = owner / "lock"

    async def create(self) -> None:
        """Check the document out; where another user has, it is a `NotAllowedError`.

        A lost answer is not sent again: `retrieve` tells whose the lock is.

        ``POST {owner}/lock``
        Reference: Documents › Create Document Lock (Check-out)
        """
        await self._caller.send(post(self._root), nothing)

    async def retrieve(self) -> DocumentLock | None:
        """Retrieve who checked the document out; None if nobody did.

        ``GET {owner}/lock``
        Reference: Documents › Retrieve Document Lock
        """
        return await self._caller.get(self._root, lock)

    async def delete(self) -> None:
        """Undo the check-out.

        ``DELETE {owner}/lock``
        Reference: Documents › Delete Document Lock
        """
        await self._caller.send(delete(self._root), nothing)
