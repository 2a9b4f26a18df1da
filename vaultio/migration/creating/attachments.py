"""Attachments of documents: versions of one in order, for Vault counts them itself."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field, frozen

from vaultio.endpoints.parts import Attachments
from vaultio.errors import ChecksumError, InvalidDataError, TransportError, VaultioError
from vaultio.migration.creating.hashed import HashedFile, md5_of
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import Places, missing
from vaultio.migration.disk import in_thread
from vaultio.migration.entries import Entry, Result, Verified, failure
from vaultio.migration.trouble import is_lost, stops_all
from vaultio.models import Attachment

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

    found: dict[str, Attachment] = field(factory=dict)
    """Those that were not added in this batch, with what Vault says of their files."""

    siblings: Sequence[Entry] = ()
    """All attachments that the document is to have."""

    async def look(self) -> None:
        """Ask what is there: one call."""
        self.found = {one.filename or "": one for one in await self.room.retrieve_all()}
        self.there = {name: (one.id, one.version or 1) for name, one in self.found.items()}


async def attachments(making: Making, entries: list[Entry]) -> list[Result]:
    """Add attachments: a call each, one more for a description.

    What may be there, from a run that died or after an answer that was lost, is looked for
    first, which costs a call for a document.
    """
    where = await making.books.places([entry.source_id for entry in entries])
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
    """Add the attachments of a document; of one that fails the later versions wait for it."""
    owner.siblings = await making.books.attachments(owner.waiting[0].source_id)
    if not owner.is_new or any(entry.tries > 1 for entry in owner.waiting):
        await owner.look()
    turns = ROUNDS
    while owner.waiting and not (making.is_stopped() or making.trouble):
        try:
            owner.results.append(await _one(making, owner, owner.waiting[0]))
            del owner.waiting[0]
        except VaultioError as error:
            turns -= is_lost(error)
            if is_lost(error) and turns:
                await owner.look()
            elif stops_all(error) or isinstance(error, TransportError):
                owner.lost = error
                raise
            else:
                owner.results.append(failure(owner.waiting.pop(0).number, error))


async def _one(making: Making, owner: _Owner, entry: Entry) -> Result:
    """Add one version of an attachment, unless it is there."""
    place = _place(owner, entry)
    if place > 1 and _name(entry) not in owner.there:
        await owner.look()
    _, count = owner.there.get(_name(entry), (0, 0))
    if count < place - 1:
        before = f"the version of attachment {entry.detail} before it"
        return missing(entry, f"document {entry.source_id}: {before}")
    sent = await (_added if count < place else _held)(making, owner, entry, place)
    held, count = owner.there[_name(entry)]
    description = entry.data.get("fields", {}).get("description__v")
    if description and count == place:  # Vault takes it for the latest version alone
        await owner.room.update_description(held, description)
    return Result(
        number=entry.number,
        state="done",
        size=sent.size,
        md5=sent.md5,
        verified=sent.verified,
        target_id=str(held),
        target_version=str(place),
    )


@frozen
class _Sent:
    """A file that is there: `size` in bytes, and what it was held against."""

    size: int | None
    md5: str | None
    verified: Verified = "none"


async def _added(making: Making, owner: _Owner, entry: Entry, _: int) -> _Sent:
    """Add a version: one call."""
    async with making.files(entry) as path:
        file = HashedFile(path, _name(entry) or path.name)
        added = await owner.room.add(file.source, progress=making.told(entry))
    owner.there[_name(entry)] = (added.id, added.version)
    owner.found.pop(_name(entry), None)
    file.check(entry.expected_md5)
    return _Sent(file.size, file.md5)


async def _held(making: Making, owner: _Owner, entry: Entry, place: int) -> _Sent:
    """Hold a version that is there against the file that it is to have."""
    there = owner.found.get(_name(entry))
    if there is None or there.version != place:
        there = await owner.room.retrieve_version(owner.there[_name(entry)][0], place)
    size, md5 = entry.expected_size, entry.expected_md5
    if md5 is None:
        async with making.files(entry) as path:
            size, md5 = await in_thread(lambda _: md5_of(path))
    if not there.md5 or not md5:
        return _Sent(size, md5)
    if there.md5.lower() != md5.lower():
        raise ChecksumError(
            f"attachment {_name(entry)!r} ({place}) of the target has another file: its MD5 is "
            f"{there.md5}, not {md5}"
        )
    return _Sent(size, md5, "md5")


def _place(owner: _Owner, entry: Entry) -> int:
    """Say which version of its attachment an item becomes, from 1."""
    alike = [one for one in owner.siblings if _name(one) == _name(entry)]
    if min(one.detail or "" for one in alike) != entry.detail:
        raise InvalidDataError(
            f"another attachment of document {entry.source_id} is called {_name(entry)!r} too, "
            f"and Vault tells them apart by that"
        )
    own = (one for one in alike if one.detail == entry.detail)
    return sum(_order(one)[1] <= _order(entry)[1] for one in own)


def _name(entry: Entry) -> str:
    """Return what the attachment is called: Vault tells them apart by that."""
    named = entry.data.get("fields", {}).get("filename__v")
    return str(named or (entry.path or "").rpartition("/")[2])
