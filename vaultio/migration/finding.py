"""Finding documents, gone on with where an earlier run was cut off."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from vaultio.client import Vault
from vaultio.migration.discovery import Discovery, Known
from vaultio.migration.entries import Draft
from vaultio.migration.events import Event, Listed
from vaultio.migration.manifest import Manifest
from vaultio.migration.selection import Selection
from vaultio.migration.wanted import FILES_STAGE, Wanted, drafts

_NOTE = "cursor:documents"


class Add(Protocol):
    """Enters items in the manifest; see `Runner.add`."""

    def __call__(self, drafts: list[Draft], *, since: float = ...) -> Awaitable[None]:
        """Enter items."""


class Finding:
    """Lists the documents of a selection page by page, and notes in the manifest how far it is."""

    def __init__(
        self,
        vault: Vault,
        selection: Selection,
        wanted: Wanted,
        manifest: Manifest,
        tell: Callable[[Event], object],
    ) -> None:
        self._discovery = Discovery(vault, selection, all_versions=wanted.all_versions)
        self._wanted = wanted
        self._manifest = manifest
        self._tell = tell
        text = (
            f"{selection!r} {sorted(wanted.include)} {wanted.rendition_types} {wanted.all_versions}"
        )
        self._order = hashlib.sha256(text.encode(errors="replace")).hexdigest()

    async def run(self, add: Add) -> None:
        """Enter all that is found; nothing if an earlier run found everything, and was cut off."""
        noted = (await self._manifest.job()).get(_NOTE)
        if noted is None or noted["order"] != self._order:
            noted = {"order": self._order, "begun": self._manifest.now(), "place": None, "found": 0}
            noted["is_over"] = False
        if not noted["is_over"]:
            await self._go_on(add, noted)
        self._tell(Listed(noted["found"], is_all=True))

    async def forget(self) -> None:
        """Let the next run look for documents anew: this one has done all."""
        await self._manifest.note(_NOTE, None)

    async def _go_on(self, add: Add, noted: dict[str, Any]) -> None:
        async for page in self._discovery.pages(noted["place"]):
            found = [draft for known in page.found for draft in self._items(known)]
            await add([*found, *map(_unknown, page.missing)], since=noted["begun"])
            noted["found"] += len(page.found)
            noted |= {"place": page.place, "is_over": page.place is None}
            await self._manifest.note(_NOTE, noted)
            self._tell(Listed(noted["found"], is_all=False))

    def _items(self, known: Known) -> list[Draft]:
        return list(drafts(known, self._wanted))


def _unknown(document_id: int) -> Draft:
    """Make the item of an id that the query did not find; a call says why."""
    return Draft(
        key=f"document/{document_id}",
        stage=FILES_STAGE,
        kind="document",
        source_id=str(document_id),
    )
