"""How documents are found: page by page, from where an earlier run was.

Fields come in pages too. Retrieve Documents has them all; VQL is asked for those that the vault
says may be asked for, which costs one call at the start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
from attrs import frozen

from vaultio.client import Vault
from vaultio.errors import UnreadableReplyError, VaultioError
from vaultio.migration.selection import ById, ByQuery, Selection
from vaultio.models import Document
from vaultio.models.wire import WIRE_NAME, Model
from vaultio.protocol.convert import structure
from vaultio.protocol.readers import Row
from vaultio.protocol.vql import Place

CHUNK = 200
"""Documents whose fields one VQL call is asked for: a page of documents holds no more."""

NEEDED = (
    "id",
    "major_version_number__v",
    "minor_version_number__v",
    "filename__v",
    "size__v",
    "md5checksum__v",
    "name__v",
    "type__v",
    "binder__v",
)


@frozen(kw_only=True)
class Known:
    """A document version that was found: read, and as Vault's fields."""

    document: Document
    fields: Mapping[str, Any]


@frozen(kw_only=True)
class Listing:
    """A page: what was found, ids that there are not, and where to go on (None: at the end)."""

    found: tuple[Known, ...]
    missing: tuple[int, ...] = ()
    place: Any = None


class Discovery:
    """Finds the documents of a selection, at their latest versions or at all."""

    def __init__(self, vault: Vault, selection: Selection, *, all_versions: bool) -> None:
        self._vault = vault
        self._selection = selection
        self._all_versions = all_versions
        self._fields: tuple[str, ...] = ()

    async def pages(self, place: Any = None) -> AsyncIterator[Listing]:
        """Go through the pages, from *place* on: JSON that an earlier page said."""
        selection = self._selection
        if isinstance(selection, ById):
            pages = self._by_id(selection.ids, place or 0)
        elif isinstance(selection, ByQuery):
            pages = self._by_query(selection.vql, place)
        elif self._all_versions:
            vql = f"SELECT {await self._select()} FROM ALLVERSIONS documents"
            pages = self._by_query(vql, place, whole=True)
        else:
            pages = self._all(place)
        async for page in pages:
            yield page

    async def _all(self, place: Any) -> AsyncIterator[Listing]:
        """Go through Retrieve Documents, one row back at each page.

        A document that is deleted meanwhile moves the later ones up, out of the page to come:
        then the row is another one than before, and the page before is listed once more.
        """
        pages = self._vault.documents.retrieve_all(sort="id asc")
        start, last = place or (0, None)
        while True:
            page, following = await pages.step(start)
            rows = list(page.items)
            if last is not None and (not rows or rows[0].id != last):
                start, last = max(0, start - CHUNK), None
                if rows or start:
                    continue
            fresh = rows if last is None else rows[1:]
            found = tuple(Known(document=one, fields=wired(one)) for one in fresh)
            is_over = following is None or not fresh
            start, last = (0, None) if is_over else (following - 1, rows[-1].id)
            yield Listing(found=found, place=None if is_over else (start, last))
            if is_over:
                return

    async def _by_query(
        self, vql: str, place: Any, *, whole: bool = False
    ) -> AsyncIterator[Listing]:
        """Go through the pages of a query; a link of Vault's that is too old begins anew."""
        pages = self._vault.query(vql)
        at: Place | None = Place(**place) if place else None
        while True:
            try:
                page, following = await pages.step(at)
            except VaultioError:
                if at is None or at.link is None or place is None:
                    raise
                at, place = None, None
                continue
            place = None
            listing = await self._read(page.items, whole=whole)
            yield attrs.evolve(listing, place=attrs.asdict(following) if following else None)
            if following is None:
                return
            at = following

    async def _by_id(self, ids: Sequence[int], start: int) -> AsyncIterator[Listing]:
        for at in range(start, len(ids), CHUNK):
            chunk = ids[at : at + CHUNK]
            listing = await self._look_up(chunk)
            following = at + CHUNK if at + CHUNK < len(ids) else None
            yield attrs.evolve(listing, place=following)

    async def _read(self, rows: Sequence[Row], *, whole: bool) -> Listing:
        """Read rows of a query; those that say too little are looked up, many at once."""
        found, bare = list[Known](), list[int]()
        for row in rows:
            document = _document(row)
            says_enough = document.version and document.filename and document.checksum
            if whole or (says_enough and not self._all_versions):
                found.append(Known(document=document, fields=row))
            else:
                bare.append(document.id)
        bare = list(dict.fromkeys(bare))
        for at in range(0, len(bare), CHUNK):
            found += (await self._look_up(bare[at : at + CHUNK])).found
        return Listing(found=tuple(found))

    async def _look_up(self, ids: Sequence[int]) -> Listing:
        """Ask for the fields of documents by their ids."""
        target = "ALLVERSIONS documents" if self._all_versions else "documents"
        numbers = ", ".join(map(str, ids))
        vql = f"SELECT {await self._select()} FROM {target} WHERE id CONTAINS ({numbers})"
        rows = await self._vault.query(vql).all()
        found = tuple(Known(document=_document(row), fields=row) for row in rows)
        there = {one.document.id for one in found}
        return Listing(found=found, missing=tuple(one for one in ids if one not in there))

    async def _select(self) -> str:
        """Name the fields to ask for, once a run: those that an export needs come first."""
        if not self._fields:
            fields = await self._vault.document_metadata.retrieve_fields()
            names = (one.name for one in fields if one.queryable and not one.disabled)
            # Attachments and roles belong to a document: its latest version stands for it.
            latest = ["latest_version__v"] if self._all_versions else []
            self._fields = tuple(dict.fromkeys((*NEEDED, *latest, *names)))
        return ", ".join(self._fields)


def wired(document: Model) -> dict[str, Any]:
    """Write what Vault told under its own names; what it left out is left out."""
    values: dict[str, Any] = {}
    for attribute in attrs.fields(type(document)):
        name, value = attribute.metadata.get(WIRE_NAME), getattr(document, attribute.name)
        if name is not None and value is not None:
            values[name] = _text(value) if isinstance(value, datetime) else value
    return {**values, **document.fields}


def _text(moment: datetime) -> str:
    """Write a time as Vault does: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + "000Z"


def _document(row: Row) -> Document:
    if row.get("id") is None:
        raise UnreadableReplyError(
            f"a row of the query holds {', '.join(row) or 'nothing'}, but no id: "
            f"begin it with SELECT id"
        )
    return structure(dict(row), Document, where="row")
