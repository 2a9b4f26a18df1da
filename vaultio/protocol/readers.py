"""From an answer to what the caller asked for; a reader decides an endpoint's return type.

Vault has three habits: a named key (``versions``), ``data`` as a list or an object, and users,
groups and relationships wrapped once more (``users: [{"user": {}}]``). The readers take all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from vaultio.errors import UnreadableReplyError
from vaultio.models.wire import Model
from vaultio.protocol.convert import structure, structure_all
from vaultio.protocol.decoding import shown
from vaultio.protocol.envelope import Envelope

M = TypeVar("M", bound=Model)
T_co = TypeVar("T_co", covariant=True)

Reader = Callable[[Envelope], T_co]
Row = Mapping[str, Any]
FRAME = frozenset({"responseStatus", "responseMessage", "errors", "errorType", "errorCodes"})
"""What an answer says about itself, beside its payload."""


def nothing(envelope: Envelope) -> None:
    """Read no more than that Vault did it."""
    if envelope.status is None:
        raise UnreadableReplyError("the answer has no responseStatus")


def one(key: str, kind: type[M], *, each: str | None = None) -> Reader[M]:
    """Read the single value under *key*, be it an object or a list of one.

    *each* names a wrapper to take off.
    """

    def read(envelope: Envelope) -> M:
        _at(envelope, key)
        values = _items(envelope, key, each)
        if len(values) != 1:
            raise UnreadableReplyError(f"{key}: one value was expected, not {len(values)}")
        return structure(values[0], kind, where=key)

    return read


def many(key: str, kind: type[M], *, each: str | None = None) -> Reader[tuple[M, ...]]:
    """Read all values under *key* in the answer's order; *each* names a wrapper to take off."""

    def read(envelope: Envelope) -> tuple[M, ...]:
        return structure_all(_items(envelope, key, each), kind, where=key)

    return read


def rows(key: str) -> Reader[tuple[Row, ...]]:
    """Read mappings whose keys nobody but the caller knows."""

    def read(envelope: Envelope) -> tuple[Row, ...]:
        found = _items(envelope, key, None)
        for place, item in enumerate(found):
            if not isinstance(item, dict):
                raise UnreadableReplyError(f"{key}[{place}]: an object was expected")
        return tuple(found)

    return read


def named_urls(key: str, kind: type[M]) -> Reader[tuple[M, ...]]:
    """Read an object of name -> URL, or a list of names, as values with `name` and `url`."""

    def read(envelope: Envelope) -> tuple[M, ...]:
        return pairs(_at(envelope, key), kind, where=key)

    return read


def text_values(key: str) -> Reader[dict[str, str]]:
    """Read an object of names and texts."""

    def read(envelope: Envelope) -> dict[str, str]:
        value = _at(envelope, key)
        if not isinstance(value, Mapping):
            raise UnreadableReplyError(f"{key}: an object was expected")
        return {str(name): str(text) for name, text in value.items()}

    return read


def pairs(value: Any, kind: type[M], *, where: str) -> tuple[M, ...]:
    """Read name -> URL as values with `name` and `url`, in the answer's order."""
    if isinstance(value, Mapping):
        value = [{"name": name, "url": url} for name, url in value.items()]
    if not isinstance(value, list):
        raise UnreadableReplyError(f"{where}: names and URLs were expected")
    items = [item if isinstance(item, Mapping) else {"name": item} for item in value]
    return structure_all(items, kind, where=where)


def top(kind: type[M]) -> Reader[M]:
    """Read the answer itself, for calls that put their payload beside ``responseStatus``."""

    def read(envelope: Envelope) -> M:
        return structure(payload(envelope), kind, where="the answer")

    return read


def payload(envelope: Envelope) -> Mapping[str, Any]:
    """Take off the frame, and leave what the answer is about as it came."""
    nothing(envelope)
    return {key: value for key, value in envelope.payload.items() if key not in FRAME}


def id_number(envelope: Envelope) -> int:
    """Read the id of what was created or changed, where Vault counts by whole numbers."""
    value = _at(envelope, "id")
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnreadableReplyError(f"id: a whole number was expected, not {shown(value)}")
    return value


def id_text(envelope: Envelope) -> str:
    """Read the id of what was created or changed, where Vault's ids are texts."""
    value = _at(envelope, "id")
    if not isinstance(value, int | str) or isinstance(value, bool) or value == "":
        raise UnreadableReplyError(f"id: a text was expected, not {shown(value)}")
    return str(value)


def whole_number(value: Any) -> int | None:
    """Read a number that an answer may lack, such as a total; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def unwrapped(items: list[Any], each: str | None) -> list[Any]:
    """Take the wrapper *each* off those items that have it; None is none."""
    if each is None:
        return items
    return [
        inner if isinstance(item, dict) and isinstance(inner := item.get(each), dict) else item
        for item in items
    ]


def _at(envelope: Envelope, key: str) -> Any:
    """Find the payload, or say what there is in its place."""
    value = envelope.payload.get(key)
    if value is None:
        there = ", ".join(sorted(envelope.payload)) or "nothing"
        raise UnreadableReplyError(f"the answer has no {key!r}, but {there}")
    return value


def _items(envelope: Envelope, key: str, each: str | None) -> list[Any]:
    """List the payload; a single object counts as a list of one, and null as none."""
    if key in envelope.payload and envelope.payload[key] is None:
        return []
    value = _at(envelope, key)
    return unwrapped(value if isinstance(value, list) else [value], each)
