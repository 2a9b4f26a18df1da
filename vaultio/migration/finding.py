"""Finding documents, gone on with where an earlier run was cut off."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Protocol

from vaultio.client import Vault
from vaultio.migration.discovery import Discovery, Listing
from vaultio.migration.entries import Draft
from vaultio.migration.events import Event, Listed
from vaultio.migration.listed import fingerprint
from vaultio.migration.manifest import Manifest
from vaultio.migration.selection import ByCsv, Selection
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
        *,
        all_fields: bool = False,
    ) -> None:
        self._discovery = Discovery(
            vault, selection, all_versions=wanted.all_versions, all_fields=all_fields
        )
        self._wanted = wanted
        self._manifest = manifest
        self._tell = tell
        self._selection = selection

    async def run(self, add: Add) -> None:
        """Enter all that is found; nothing if an earlier run found everything, and was cut off.

        What is known and not done is as it is found now: the source may have changed.
        """
        noted = (await self._manifest.job()).get(_NOTE)
        order = await self._order()
        if noted is None or noted["order"] != order:
            noted = {"order": order, "begun": self._manifest.now(), "place": None, "found": 0}
            noted["is_over"] = False
        if not noted["is_over"]:
            await self._go_on(add, noted, is_first=not await self._manifest.has_items())
        self._tell(Listed(noted["found"], is_all=True))

    async def _order(self) -> str:
        """Tell one order from another: a place in the list of one means nothing in another's."""
        wanted = self._wanted
        types = wanted.rendition_types and sorted(wanted.rendition_types)
        text = f"{self._selection!r} {sorted(wanted.include)} {types} {wanted.all_versions}"
        if isinstance(self._selection, ByCsv):
            text += await fingerprint(self._selection)
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()

    async def forget(self) -> None:
        """Let the next run look for documents anew: this one has done all."""
        await self._manifest.note(_NOTE, None)

    async def _go_on(self, add: Add, noted: dict[str, Any], *, is_first: bool) -> None:
        async for page in self._discovery.pages(noted["place"]):
            items = self._items(page)
            if not is_first:
                await self._manifest.revise(items)
            await add(items, since=noted["begun"])
            noted["found"] += len(page.found)
            noted |= {"place": page.place, "is_over": page.place is None}
            await self._manifest.note(_NOTE, noted)
            self._tell(Listed(noted["found"], is_all=False))

    def _items(self, page: Listing) -> list[Draft]:
        found = [draft for known in page.found for draft in drafts(known, self._wanted)]
        return [*found, *not_found(page, FILES_STAGE)]


def not_found(page: Listing, stage: str) -> Iterator[Draft]:
    """Make the items of what was asked for and is not there.

    Of an id that the query did not find a call says why. A value that means no document fails,
    as it ought to be seen.
    """
    for document_id in page.missing:
        yield Draft(
            key=f"document/{document_id}",
            stage=stage,
            kind="document",
            source_id=str(document_id),
        )
    for one in page.hopeless:
        yield Draft(
            key=f"document/listed/{one.value}",
            stage=stage,
            kind="document",
            source_id=one.value,
            data={"hopeless": one.reason},
        )
