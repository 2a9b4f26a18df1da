"""What a selection holds, found out by looking at a part of it: nothing is written anywhere.

Numbers and sizes come with the pages of the list; of a long one, pages evenly spread over it are
read. What costs a call a document to know (renditions, attachments, relationships, the trees of
binders) is looked up for some documents, chosen by chance, and reckoned up to all. So are the
sizes that Vault does not tell: a few such files are opened.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Any

import anyio
from attrs import frozen

from vaultio.client import Vault
from vaultio.errors import VaultError
from vaultio.limiter import Meter
from vaultio.migration.amounts import Amount, Amounts, Chosen
from vaultio.migration.describing import described, tree
from vaultio.migration.discovery import Discovery, Known, Listing
from vaultio.migration.entries import Draft, Entry
from vaultio.migration.fetching import length_of
from vaultio.migration.outcome import FILES
from vaultio.migration.selection import AllDocuments, Selection
from vaultio.migration.trouble import first, stops_all
from vaultio.migration.wanted import Wanted, drafts

MOST_OPENED = 10
"""Files of a kind that are opened to learn how large such files are."""

_AT_ONCE = 8


@frozen(kw_only=True)
class Survey:
    """What there is, and what it costs to export it; `spent` is what the survey cost, in calls."""

    kinds: dict[str, Amount]
    calls: int
    spent: int
    looked_at: int
    """Documents and binders that were asked what they have."""

    is_estimate: bool

    def count(self, kind: str) -> int:
        """Say how many there are of a kind; see `Amounts`."""
        return round(self.kinds.get(kind, Amount()).items)

    def size(self, kind: str) -> int:
        """Say how many bytes those of a kind have."""
        return round(self.kinds.get(kind, Amount()).size)


class Surveyor:
    """Makes one survey; *meter* counts the calls of *vault* and no others.

    *most_pages* of the list are read, None for all; *sample* documents are looked at closely;
    *all_fields* is as in `Discovery`.
    """

    def __init__(
        self,
        vault: Vault,
        meter: Meter,
        selection: Selection,
        wanted: Wanted,
        *,
        sample: int,
        most_pages: int | None,
        all_fields: bool = False,
    ) -> None:
        self._vault = vault
        self._all_fields = all_fields
        self._meter = meter
        self._selection = selection
        self._wanted = wanted
        self._most_pages = most_pages
        self._all_pages = True
        self._total: int | None = None
        self._found = Amounts()
        self._closer = {"document": Chosen(sample), "binder": Chosen(sample)}
        self._unsized = {kind: Chosen(MOST_OPENED) for kind in FILES}

    async def survey(self) -> Survey:
        """Read the list, look at the samples, and reckon up."""
        begun = self._meter.calls
        scale = await self._list()
        listed, self._found = self._found, Amounts()
        self._found.join(listed, scale)
        for kind, chosen in self._closer.items():
            await self._look_at(kind, chosen, scale)
        is_estimate = not self._all_pages
        for kind, unsized in self._unsized.items():
            is_estimate |= await self._open(kind, unsized)
        looked_at = [(len(one.items), one.of) for one in self._closer.values()]
        return Survey(
            kinds=self._found.kinds,
            calls=round(self._found.calls),
            spent=self._meter.calls - begun,
            looked_at=sum(seen for seen, _ in looked_at),
            is_estimate=is_estimate or any(seen < of for seen, of in looked_at),
        )

    async def _list(self) -> float:
        """Count what the pages say; return how many times as much there is in all."""
        begun, rows = self._meter.calls, 0
        async with aclosing(self._pages()) as pages:
            async for page in pages:
                rows += page.rows
                self._found.calls += len(page.missing)
                for known in page.found:
                    self._count(known)
        self._found.calls += self._meter.calls - begun
        return 1.0 if self._all_pages else (self._total or rows) / max(rows, 1)

    def _count(self, known: Known) -> None:
        is_older = known.fields.get("latest_version__v") in {False, "false"}
        for draft in drafts(known, self._wanted):
            if is_older and draft.kind == "role":
                continue  # one of the document, whatever the version
            self._found.count(draft)
            if draft.state != "found":
                continue
            if draft.kind in self._closer:
                self._closer[draft.kind].offer(draft)
            elif draft.kind in FILES and draft.expected_size is None:
                self._unsized[draft.kind].offer(draft)
        if is_older:
            self._found.add("version", Amount(1.0))

    async def _pages(self) -> AsyncGenerator[Listing, None]:
        """Read the list, or, if that is long, pages spread over it."""
        all_versions = self._wanted.all_versions
        discovery = Discovery(
            self._vault, self._selection, all_versions=all_versions, all_fields=self._all_fields
        )
        first = await _one(discovery, None)
        yield first
        most, place = self._most_pages, first.place
        self._total = first.total
        if place is not None and most is not None and first.total is None:
            self._total = await self._asked_total()
        pages = -(-(self._total or 0) // max(first.rows, 1))
        if place is not None and most is not None and pages > most:
            self._all_pages = False
            for number in range(1, most):
                # From the first page to the last: what grows over the years is met in the mean.
                row = ((self._total or 0) - first.rows) * number // (most - 1)
                try:
                    yield await _one(discovery, await discovery.place_of(row))
                except VaultError as error:  # a list that begins nowhere but at its beginning
                    if stops_all(error):
                        raise
                    return
            return
        while place is not None:
            page = await _one(discovery, place)
            place = page.place
            yield page

    async def _asked_total(self) -> int | None:
        """Ask how many documents there are, where the list does not say: one call."""
        if not isinstance(self._selection, AllDocuments):
            return None
        begun = self._meter.calls
        page = await self._vault.query("SELECT id FROM documents")
        self._found.calls -= self._meter.calls - begun  # an export does not ask
        return page.total

    async def _look_at(self, kind: str, chosen: Chosen, scale: float) -> None:
        """Ask the chosen ones what they have, and reckon that up to all."""
        seen, begun = Amounts(), self._meter.calls

        async def look(draft: Draft) -> None:
            for one in await self._had_by(draft):
                seen.count(one)
                if one.kind in FILES and one.expected_size is None and one.state == "found":
                    self._unsized[one.kind].offer(one)

        if kind == "binder":
            await _each(chosen.items, lambda draft: self._look_into(draft, seen))
        else:
            await _each(chosen.items, look)
        seen.calls += self._meter.calls - begun
        if chosen.items:
            self._found.join(seen, scale * chosen.of / len(chosen.items))

    async def _had_by(self, draft: Draft) -> list[Draft]:
        groups = described(self._vault, _entry(draft), self._wanted)
        return [one async for group in groups for one in group]

    async def _look_into(self, draft: Draft, seen: Amounts) -> None:
        result = await tree(self._vault, _entry(draft), self._wanted)
        nodes = (result.data or {}).get("nodes", ())
        seen.add("node", Amount(float(_nodes(nodes))))

    async def _open(self, kind: str, chosen: Chosen) -> bool:
        """Learn from a few files whose size is not known whether they are there, and how large.

        Returns whether there are others that were not opened.
        """
        lengths: list[int] = []

        async def measure(draft: Draft) -> None:
            length = await length_of(self._vault, _entry(draft))
            if length is not None:
                lengths.append(length)

        await _each(chosen.items, measure)
        known = self._found.kinds.get(kind, Amount())
        unsized = known.items - known.sized
        if chosen.items and unsized:
            share = len(lengths) / len(chosen.items)
            there = unsized * share
            mean = sum(lengths) / max(len(lengths), 1)
            self._found.kinds[kind] = Amount(
                known.sized + there, known.sized + there, known.size + there * mean
            )
        return chosen.of > len(chosen.items)


async def _one(discovery: Discovery, place: Any) -> Listing:
    """Read one page."""
    async with aclosing(discovery.pages(place)) as pages:
        async for page in pages:
            return page
    return Listing(found=())


async def _each(drafts: Iterable[Draft], work: Callable[[Draft], Awaitable[None]]) -> None:
    """Do something with each, some at once; what Vault refuses one of them is left out."""
    limit = anyio.Semaphore(_AT_ONCE)

    async def one(draft: Draft) -> None:
        async with limit:
            try:
                await work(draft)
            except VaultError as error:
                if stops_all(error):
                    raise

    try:
        async with anyio.create_task_group() as group:
            for draft in drafts:
                group.start_soon(one, draft)
    except BaseExceptionGroup as errors:
        raise first(errors) from None


def _entry(draft: Draft) -> Entry:
    """Make of a draft what the functions that fetch take."""
    values = {name: getattr(draft, name) for name in Draft.__annotations__}
    return Entry(number=0, **values)


def _nodes(nodes: Iterable[Any]) -> int:
    return sum(1 + _nodes(node.get("nodes") or ()) for node in nodes)
