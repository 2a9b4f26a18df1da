"""How documents are found: page by page, from where an earlier run was.

Fields come in pages too. Retrieve Documents has them all; VQL is asked for those that the vault
says may be asked for, which costs one call at the start.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import attrs
from attrs import frozen

from vaultio.client import Vault
from vaultio.errors import UnreadableReplyError, VaultioError
from vaultio.migration.listed import chunks
from vaultio.migration.selection import ByCsv, ById, ByQuery, Selection
from vaultio.models import Document
from vaultio.models.wire import WIRE_NAME, Model
from vaultio.protocol.convert import structure
from vaultio.protocol.readers import Row
from vaultio.protocol.vql import Place, text_literal

CHUNK = 200
"""Documents whose fields one VQL call is asked for: a page of documents holds no more."""

_DIGITS = 18  # more has no id, and no number that Vault would read

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
class Hopeless:
    """A value of a list that means no document, and why."""

    value: str
    reason: str


@frozen(kw_only=True)
class Listing:
    """A page: what was found, ids that there are not, and where to go on (None: at the end).

    `rows` of the list were read for it, of `total` (None: Vault does not say).
    """

    found: tuple[Known, ...]
    missing: tuple[int, ...] = ()
    hopeless: tuple[Hopeless, ...] = ()
    place: Any = None
    rows: int = 0
    total: int | None = None


class Discovery:
    """Finds the documents of a selection, at their latest versions or at all.

    With *all_fields* the rows of a query are looked up however much they say.
    """

    def __init__(
        self,
        vault: Vault,
        selection: Selection,
        *,
        all_versions: bool,
        all_fields: bool = False,
    ) -> None:
        self._vault = vault
        self._all_fields = all_fields
        self._selection = selection
        self._all_versions = all_versions
        self._fields: tuple[str, ...] = ()

    async def pages(self, place: Any = None) -> AsyncGenerator[Listing, None]:
        """Go through the pages, from *place* on: JSON that an earlier page said."""
        selection = self._selection
        if isinstance(selection, ById):
            pages = self._by_id(selection.ids, place or 0)
        elif isinstance(selection, ByQuery):
            pages = self._by_query(selection.vql, place)
        elif isinstance(selection, ByCsv):
            pages = self._by_csv(selection, place or 0)
        elif self._all_versions:
            pages = self._by_query(await self._all_vql(), place, whole=True)
        else:
            pages = self._all(place)
        async with aclosing(pages):
            async for page in pages:
                yield page

    async def place_of(self, row: int) -> Any:
        """Say from which place on `pages` begins with a row of the list, from 0."""
        selection = self._selection
        if isinstance(selection, ById | ByCsv):
            return row
        if not isinstance(selection, ByQuery) and not self._all_versions:
            return row, None
        vql = selection.vql if isinstance(selection, ByQuery) else await self._all_vql()
        return attrs.asdict(Place(vql, offset=row))

    async def _all_vql(self) -> str:
        return f"SELECT {await self._select()} FROM ALLVERSIONS documents"

    async def _all(self, place: Any) -> AsyncGenerator[Listing, None]:
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
            place = None if is_over else (start, last)
            yield Listing(found=found, place=place, rows=len(fresh), total=page.total)
            if is_over:
                return

    async def _by_query(
        self, vql: str, place: Any, *, whole: bool = False
    ) -> AsyncGenerator[Listing, None]:
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
            yield attrs.evolve(
                listing,
                place=attrs.asdict(following) if following else None,
                rows=len(page.items),
                total=page.total,
            )
            if following is None:
                return
            at = following

    async def _by_id(self, ids: Sequence[int], start: int) -> AsyncGenerator[Listing, None]:
        for at in range(start, len(ids), CHUNK):
            chunk = ids[at : at + CHUNK]
            listing = await self._look_up(chunk)
            following = at + CHUNK if at + CHUNK < len(ids) else None
            yield attrs.evolve(listing, place=following, rows=len(chunk), total=len(ids))

    async def _by_csv(self, selection: ByCsv, start: int) -> AsyncGenerator[Listing, None]:
        async with aclosing(chunks(selection, start)) as reading:
            async for chunk in reading:
                if selection.field == "id":
                    listing = await self._by_numbers(chunk.values)
                else:
                    listing = await self._by_field(selection.field, chunk.values)
                rows = len(chunk.values)
                yield attrs.evolve(listing, place=chunk.following, rows=rows)

    async def _by_numbers(self, values: Sequence[str]) -> Listing:
        """Look up what a list says are ids."""
        ids = [one for one in values if one.isascii() and one.isdigit() and len(one) <= _DIGITS]
        wrong = tuple(
            Hopeless(value=one, reason="a document id is a whole number")
            for one in values
            if one not in ids
        )
        found = (
            await self._look_up(list(dict.fromkeys(map(int, ids)))) if ids else Listing(found=())
        )
        return attrs.evolve(found, hopeless=wrong)

    async def _by_field(self, field: str, values: Sequence[str]) -> Listing:
        """Look up documents by the values of a field of theirs."""
        if not values:
            return Listing(found=())
        found = await self._ask(field, ", ".join(map(text_literal, values)))
        there = {str(one.fields.get(field)).casefold() for one in found}
        reason = f"no document has this {field}"
        missing = (one for one in values if one.casefold() not in there)
        hopeless = tuple(Hopeless(value=one, reason=reason) for one in missing)
        return Listing(found=found, hopeless=hopeless)

    async def _read(self, rows: Sequence[Row], *, whole: bool) -> Listing:
        """Read rows of a query; those that say too little are looked up, many at once."""
        found, bare = list[Known](), list[int]()
        for row in rows:
            document = _document(row)
            says_enough = document.version and document.filename and document.checksum
            if whole or (says_enough and not (self._all_versions or self._all_fields)):
                found.append(Known(document=document, fields=row))
            else:
                bare.append(document.id)
        bare = list(dict.fromkeys(bare))
        for at in range(0, len(bare), CHUNK):
            found += (await self._look_up(bare[at : at + CHUNK])).found
        return Listing(found=tuple(found))

    async def _look_up(self, ids: Sequence[int]) -> Listing:
        """Ask for the fields of documents by their ids."""
        found = await self._ask("id", ", ".join(map(str, ids)))
        there = {one.document.id for one in found}
        return Listing(found=found, missing=tuple(one for one in ids if one not in there))

    async def _ask(self, field: str, values: str) -> tuple[Known, ...]:
        """Ask for the documents that have one of some values, as VQL writes them, in a field."""
        names = dict.fromkeys((*(await self._select()).split(", "), field))
        target = "ALLVERSIONS documents" if self._all_versions else "documents"
        vql = f"SELECT {', '.join(names)} FROM {target} WHERE {field} CONTAINS ({values})"
        rows = await self._vault.query(vql).all()
        return tuple(Known(document=_document(row), fields=row) for row in rows)

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
