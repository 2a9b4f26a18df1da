"""What every room is built on."""

from __future__ import annotations

from vaultio.transport import Caller


class Room:
    """A chapter of the reference: it states facts, the caller does the rest."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
