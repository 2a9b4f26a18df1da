"""What an import will take, from what lies in the folder alone: no call is made for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import aclosing, suppress
from functools import partial
from typing import Any

from attrs import define, field

from vaultio.client import Vault
from vaultio.errors import InvalidArgumentError
from vaultio.migration.bundle import Bundle
from vaultio.migration.creating import CONTENTS, VERSIONS
from vaultio.migration.disk import in_thread
from vaultio.migration.entries import Draft, ItemKind
from vaultio.migration.layout import inside
from vaultio.migration.plan import Plan, Planned, calls_of_import, seconds_at


@define
class _Counted:
    """What lies in a folder, kind by kind: items, and bytes."""

    bundle: Bundle
    items: dict[ItemKind, int] = field(factory=dict)
    sizes: dict[ItemKind, int] = field(factory=dict)
    later_versions: int = 0
    without_file: int = 0
    nodes: int = 0

    def take(self, page: Iterable[Draft], _: object) -> None:
        """Count a page of items; blocks while it looks at files of unknown size."""
        for draft in page:
            if draft.state != "found":
                continue
            if draft.stage == CONTENTS:
                self.nodes += _nodes(draft.data["nodes"])
                continue
            self._add(draft.kind, draft)
            self.later_versions += draft.stage == VERSIONS
            if draft.kind == "document" and draft.path:
                self._add("source", draft)
            elif draft.kind == "document":
                self.without_file += 1

    def _add(self, kind: ItemKind, draft: Draft) -> None:
        self.items[kind] = self.items.get(kind, 0) + 1
        if draft.path and kind != "document":
            self.sizes[kind] = self.sizes.get(kind, 0) + self._size(draft)

    def _size(self, draft: Draft) -> int:
        if draft.expected_size is not None:
            return draft.expected_size
        with suppress(OSError, InvalidArgumentError):  # the import itself says what is wrong
            return (self.bundle.root / inside(draft.path or "")).stat().st_size
        return 0


async def plan_import(vault: Vault, bundle: Bundle, *, concurrency: int) -> Plan:
    """Plan an import; see `Import.plan`."""
    counted = _Counted(bundle)
    async with aclosing(bundle.pages()) as pages:
        async for page in pages:
            await in_thread(partial(counted.take, page))
    kinds = {
        kind: Planned(items=items, size=counted.sizes.get(kind, 0))
        for kind, items in counted.items.items()
    }
    calls = calls_of_import(
        kinds,
        later_versions=counted.later_versions,
        without_file=counted.without_file,
        nodes=counted.nodes,
    )
    return Plan(
        kinds=kinds,
        calls_source=0,
        calls_target=calls,
        seconds_source=0.0,
        seconds_target=await seconds_at(vault, calls, concurrency),
        spent=0,
    )


def _nodes(nodes: Iterable[Mapping[str, Any]] | None) -> int:
    """Count what is in a binder, down to the last section."""
    return sum(1 + _nodes(one.get("nodes")) for one in nodes or ())
