"""What a manifest holds of an item: plain values, no disk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Literal

from attrs import field, frozen

from vaultio.errors import InvalidArgumentError

State = Literal["found", "leased", "done", "failed", "skipped"]
"""Waits; somebody works on it; whole and accounted for; failed; nothing to do."""

ItemKind = Literal[
    "document",
    "source",
    "rendition",
    "attachment",
    "annotation",
    "binder",
    "role",
    "relationship",
    "look",
]
"""What an item is; a ``look`` is a question to the source of what a document or binder has."""

Verified = Literal["md5", "length", "none"]


@frozen(kw_only=True)
class Draft:
    """An item that was found. See `vaultio.migration.schema` for the meaning of its fields."""

    key: str
    stage: str
    kind: ItemKind
    source_id: str
    source_version: str | None = None
    detail: str | None = None
    path: str | None = None
    expected_size: int | None = None
    expected_md5: str | None = None
    data: Mapping[str, Any] = field(factory=dict)
    state: State = "found"
    """``done`` or ``skipped`` for what is only noted: there is nothing to do about it."""

    reason: str | None = None

    def row(self) -> dict[str, object]:
        """Write it out for the table."""
        names = [name for name in Draft.__annotations__ if name != "data"]
        values = {name: storable(getattr(self, name)) for name in names}
        return {**values, "data": json.dumps(self.data, ensure_ascii=True)}


_ALWAYS = {"number": int, "key": str, "stage": str, "kind": str, "source_id": str, "state": str}
"""What a row cannot be without; a page of zeros reads as a row of nothing."""


@frozen(kw_only=True)
class Entry(Draft):
    """An item as the manifest has it."""

    number: int
    holder: str | None = None
    lease_until: float | None = None
    tries: int = 0
    size: int | None = None
    md5: str | None = None
    verified: Verified | None = None
    target_id: str | None = None
    target_version: str | None = None
    error_type: str | None = None
    message: str | None = None
    found_at: float = 0.0
    updated_at: float = 0.0

    @classmethod
    def of(cls, row: sqlite3.Row | Mapping[str, Any]) -> Entry:
        """Read a row of the table."""
        values, trouble = dict(row), None
        try:
            values["data"] = json.loads(values["data"])
            if all(type(values[name]) is _ALWAYS[name] for name in values.keys() & _ALWAYS.keys()):
                return cls(**values)
        except (TypeError, ValueError, KeyError, RecursionError) as error:
            trouble = error
        number = values.get("number")
        raise InvalidArgumentError(f"the manifest is damaged: item {number!r}") from trouble

    @property
    def label(self) -> str:
        """Name the item for people, such as ``document 7 (0.1) rendition viewable_rendition__v``.

        The names in it are Vault's and may hold anything: not for a terminal as it is.
        """
        version = f" ({self.source_version})" if self.source_version else ""
        owner = "binder" if self.kind == "binder" else "document"
        kind = "source file" if self.kind == "source" else self.kind
        what = "" if self.kind in {"document", "binder"} else f" {kind}"
        detail = f" {self.detail}" if self.detail else ""
        return f"{owner} {self.source_id}{version}{what}{detail}"


@frozen(kw_only=True)
class Result:
    """What became of an item that was claimed."""

    number: int
    state: Literal["done", "failed", "skipped", "found"]
    """``found`` gives it back unchanged: the run was stopped before it was done."""

    path: str | None = None
    size: int | None = None
    md5: str | None = None
    verified: Verified | None = None
    target_id: str | None = None
    target_version: str | None = None
    error_type: str | None = None
    message: str | None = None
    reason: str | None = None
    data: Mapping[str, Any] | None = None
    """What a step keeps of it from now on; None leaves that as it was."""

    def row(self) -> dict[str, Any]:
        """Write it out for the table."""
        names = [name for name in Result.__annotations__ if name != "data"]
        values = {name: storable(getattr(self, name)) for name in names}
        return {**values, "data": None if self.data is None else json.dumps(self.data)}


def storable(value: Any) -> Any:
    """Escape what a database of text does not take: half a pair of surrogates."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def failure(number: int, error: Exception) -> Result:
    """Make the result of an item that failed with *error*."""
    return Result(
        number=number, state="failed", error_type=type(error).__name__, message=str(error)
    )


@frozen(kw_only=True)
class Tally:
    """The items of one stage, kind and state."""

    stage: str
    kind: ItemKind
    state: State
    items: int
    size: int
    """Bytes, of the files that arrived."""

    expected_size: int
    """Bytes, as far as the source told them."""

    files: int
    """Items whose file arrived: an import brings one with a document."""

    verified: int
    """Items whose MD5 is the one that the source knows."""

    measured: int
    """Items whose length is the one that the source told, which knows no MD5."""


Outcome = Literal["complete", "stopped", "cancelled", "failed", "killed", "unknown"]
"""How a run ended; see `vaultio.migration.schema`."""


@frozen(kw_only=True)
class Run:
    """One run of a job, and what it did. Times are seconds since 1970, `size` is bytes."""

    number: int
    holder: str
    vaultio: str
    began_at: float
    seen_at: float
    ended_at: float | None
    outcome: Outcome | None
    message: str | None
    done: int = 0
    failed: int = 0
    skipped: int = 0
    files: int = 0
    size: int = 0
    calls: int = 0
    waited_s: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it took, until now as far as is known."""
        return max(0.0, (self.ended_at or self.seen_at) - self.began_at)


@frozen(kw_only=True)
class Sample:
    """How far a job was at one moment."""

    at: float
    done: int
    failed: int
    size: int
    calls: int
    waited_s: float
    used: int
    quota: int
