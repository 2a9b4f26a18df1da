"""How a client gets its rooms."""

from __future__ import annotations

from typing import Any

from vaultio import endpoints


class _Entrance:
    """Enters a room, whose class the annotation names, when it is first asked for.

    Most programs need few rooms, and to import all of them takes as long as to import httpx.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        self._room = owner.__annotations__[name]

    def __get__(self, client: Any, owner: type) -> Any:
        if client is None:
            return self
        room = getattr(endpoints, self._room)(client._caller)
        client.__dict__[self._name] = room  # which is found before this from now on
        return room


def room() -> Any:
    """Stand for the room that the annotation beside this names."""
    return _Entrance()
