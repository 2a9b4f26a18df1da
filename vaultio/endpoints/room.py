"""What every room is built on."""

from __future__ import annotations

from vaultio.transport import Caller


class Room:
    """A chapter of the reference: it states facts, the caller does the rest."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def __repr__(self) -> str:
        """Name the room, and the path of what it is about."""
        root = getattr(self, "_root", "")
        return f"<{type(self).__name__}{f' {root}' if root else ''}>"
