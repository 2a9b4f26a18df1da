"""How metadata is read that the reference describes without an example.

Source: Document Metadata and Document Events name columns, but not the key that they stand
under; sibling calls say ``properties``, later ones ``data``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from vaultio.errors import UnreadableReplyError
from vaultio.models.wire import Model
from vaultio.protocol.convert import structure, structure_all
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.readers import Reader, payload, unwrapped

M = TypeVar("M", bound=Model)


def listed(key: str, kind: type[M], *, each: str | None = None) -> Reader[tuple[M, ...]]:
    """Read a list that may stand under *key*, under ``data``, or under the only key with one.

    *each* names a wrapper that items may have. Vault leaves out what is empty, so an answer
    with no more than its status and the numbers of a page is an empty list, unless they count
    something; nothing else is taken for one.
    """

    def read(envelope: Envelope) -> tuple[M, ...]:
        there = {name: value for name, value in payload(envelope).items() if value is not None}
        lists = {name: value for name, value in there.items() if isinstance(value, list)}
        found = next((name for name in (key, "data", *lists) if name in lists), None)
        if found is None:
            strange = [name for name, value in there.items() if not _empty_page(name, value)]
            if strange:
                raise UnreadableReplyError(f"the answer has no {key!r}, but {', '.join(strange)}")
            return ()
        if found not in (key, "data") and len(lists) > 1:
            raise UnreadableReplyError(f"the answer has no {key!r}, but {', '.join(lists)}")
        return structure_all(unwrapped(lists[found], each), kind, where=found)

    return read


def _empty_page(name: str, value: Any) -> bool:
    return value == 0 or (isinstance(value, int) and name in {"start", "limit", "offset"})


def single(kind: type[M]) -> Reader[M]:
    """Read a value whose keys stand at the top, or all under one key, as a list of one or not."""

    def read(envelope: Envelope) -> M:
        value: Any = payload(envelope)
        if len(value) == 1:
            (name, inner), *_ = value.items()
            if isinstance(inner, list) and name == "data" and len(inner) == 1:
                inner = inner[0]
            value = inner if isinstance(inner, Mapping) else value
        return structure(value, kind, where="the answer")

    return read
