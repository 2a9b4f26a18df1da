"""What the stages must know of all that is to be brought; here, or where no manifest is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from attrs import field, frozen

from vaultio.migration.creating.places import Places, places, rivals
from vaultio.migration.entries import Entry
from vaultio.migration.manifest import Manifest


class Books(Protocol):
    """Knows where things are in the target, and what else is to come."""

    async def places(self, source_ids: Iterable[object]) -> Places:
        """Look up where documents and binders are."""

    async def rivals(self, entries: Sequence[Entry]) -> Mapping[int, str]:
        """Name, by items' numbers, another document or binder that would be called the same."""

    async def attachments(self, source_id: str) -> Sequence[Entry]:
        """List all attachments that a document is to have."""

    async def leave_out(self, fields: Iterable[str]) -> None:
        """Keep which fields the target does not know."""


@frozen
class ManifestBooks:
    """The books of a job, where its manifest is."""

    manifest: Manifest

    async def places(self, source_ids: Iterable[object]) -> Places:
        """Look up where documents and binders are."""
        return await places(self.manifest, source_ids)

    async def rivals(self, entries: Sequence[Entry]) -> Mapping[int, str]:
        """Name, by items' numbers, another document or binder that would be called the same."""
        return await rivals(self.manifest, entries)

    async def attachments(self, source_id: str) -> Sequence[Entry]:
        """List all attachments that a document is to have."""
        all_items = await self.manifest.of_source(source_id)
        return [one for one in all_items if one.kind == "attachment"]

    async def leave_out(self, fields: Iterable[str]) -> None:
        """Add to the fields that the target does not know."""
        before = (await self.manifest.job()).get("left_out", [])
        await self.manifest.note("left_out", sorted({*before, *fields}))


@frozen(kw_only=True)
class Excerpt:
    """What the books say of some items, to be sent to where these are brought in."""

    where: Places = field(factory=Places)
    others: Mapping[int, str] = field(factory=dict)
    siblings: Mapping[str, Sequence[Entry]] = field(factory=dict)

    async def places(self, source_ids: Iterable[object]) -> Places:  # noqa: ARG002 # of these all
        """Tell where documents and binders are."""
        return self.where

    async def rivals(self, entries: Sequence[Entry]) -> Mapping[int, str]:  # noqa: ARG002 # so here
        """Name, by items' numbers, another document or binder that would be called the same."""
        return self.others

    async def attachments(self, source_id: str) -> Sequence[Entry]:
        """List all attachments that a document is to have."""
        return self.siblings.get(source_id, ())

    async def leave_out(self, fields: Iterable[str]) -> None:
        """Keep nothing: whoever has the manifest is told with the results."""


async def excerpt(books: Books, entries: Sequence[Entry]) -> Excerpt:
    """Copy out what bringing these items in may ask for; they are of one stage."""
    owners = list(dict.fromkeys(one.source_id for one in entries))
    attached = {one.source_id for one in entries if one.kind == "attachment"}
    named = [one for one in entries if "identity" in one.data]
    return Excerpt(
        where=await books.places(owners),
        others=await books.rivals(named),
        siblings={one: await books.attachments(one) for one in owners if one in attached},
    )
