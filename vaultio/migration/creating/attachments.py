"""Attachments of documents: versions of one in order, for Vault counts them itself."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from vaultio.endpoints.parts import Attachments
from vaultio.errors import VaultioError
from vaultio.migration.creating.hashed import HashedFile
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import Places, missing, places
from vaultio.migration.entries import Entry, Result
from vaultio.migration.trouble import is_lost

STAGE = "attachments"
BATCH = 100


@define
class _Owner:
    """The attachments of one document that wait to be added, older versions first."""

    room: Attachments
    is_new: bool
    waiting: list[Entry] = field(factory=list)
    results: list[Result] = field(factory=list)
    lost: VaultioError | None = None
    there: dict[str, tuple[int, int]] = field(factory=dict)
    """Attachments by name that are there, as far as is known: id and latest version."""

    async def look(self) -> None:
        """Ask what is there: one call."""
        found = await self.room.retrieve_all()
        self.there = {one.filename or "": (one.id, one.version or 1) for one in found}


async def attachments(making: Making, entries: list[Entry]) -> list[Result]:
    """Add attachments: a call each, one more for a description.

    What may be there, from a run that died or after an answer that was lost, is looked for
    first, which costs a call for a document.
    """
    where = await places(making.manifest, [entry.source_id for entry in entries])
    owners, results = _owners(making, entries, where)

    async def add_all(owner: _Owner) -> None:
        await _add_all(making, owner)

    await making.each(owners, add_all)
    for owner in owners:
        owner.results += [making.result(one, owner.lost) for one in owner.waiting]
        results += owner.results
    return results


def _owners(
    making: Making, entries: Sequence[Entry], where: Places
) -> tuple[list[_Owner], list[Result]]:
    owners: dict[str, _Owner] = {}
    results: list[Result] = []
    for entry in sorted(entries, key=_order):
        place = where.document(entry.source_id)
        if place is None:
            results.append(missing(entry, f"document {entry.source_id}"))
        else:
            room = making.target.vault.documents.attachments(place.id)
            owners.setdefault(entry.source_id, _Owner(room, not place.was_there)).waiting.append(
                entry
            )
    return list(owners.values()), results


def _order(entry: Entry) -> tuple[str, int]:
    return entry.detail or "", int(entry.source_version or 1)


async def _add_all(making: Making, owner: _Owner) -> None:
    """Add the attachments of a document until one fails; the others behind it wait for it."""
    if not owner.is_new or any(entry.tries > 1 for entry in owner.waiting):
        await owner.look()
    turns = ROUNDS
    while owner.waiting and not (making.is_stopped() or making.trouble):
        try:
            owner.results.append(await _one(making, owner, owner.waiting[0]))
            del owner.waiting[0]
        except VaultioError as error:
            turns -= 1
            if not is_lost(error) or not turns:
                owner.lost = error
                raise
            await owner.look()


async def _one(making: Making, owner: _Owner, entry: Entry) -> Result:
    """Add one version of an attachment, unless it is there."""
    place = await _place(making, entry)
    if place > 1 and _name(entry) not in owner.there:
        await owner.look()
    held, count = owner.there.get(_name(entry), (0, 0))
    if count < place - 1:
        before = f"the version of attachment {entry.detail} before it"
        return missing(entry, f"document {entry.source_id}: {before}")
    size, md5 = entry.expected_size, entry.expected_md5
    if count < place:
        async with making.files(entry) as path:
            file = HashedFile(path, _name(entry) or path.name)
            added = await owner.room.add(file.source, progress=making.told(entry))
            file.check(entry.expected_md5)
        held, count, size, md5 = added.id, added.version, file.size, file.md5
        owner.there[_name(entry)] = (held, count)
    description = entry.data.get("fields", {}).get("description__v")
    if description and count == place:  # Vault takes it for the latest version alone
        await owner.room.update_description(held, description)
    return Result(
        number=entry.number,
        state="done",
        size=size,
        md5=md5,
        verified="none",
        target_id=str(held),
        target_version=str(place),
    )


async def _place(making: Making, entry: Entry) -> int:
    """Say which version of its attachment an item becomes, from 1."""
    number = _order(entry)[1]
    if number == 1:
        return 1
    siblings = await making.manifest.of_source(entry.source_id)
    mine = (one for one in siblings if one.kind == "attachment" and one.detail == entry.detail)
    return sum(_order(one)[1] <= number for one in mine)


def _name(entry: Entry) -> str:
    """Return what the attachment is called: Vault tells them apart by that."""
    named = entry.data.get("fields", {}).get("filename__v")
    return str(named or (entry.path or "").rpartition("/")[2])
