"""Later versions of documents: added in order, each to the one before it."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from vaultio.errors import NotAllowedError, VaultioError
from vaultio.migration.creating.chain import Chain, expected, number_of, version_result
from vaultio.migration.creating.checking import as_expected, held, verified
from vaultio.migration.creating.hashed import HashedFile, md5_of
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import Places, missing
from vaultio.migration.creating.staged import add_versions
from vaultio.migration.creating.target import Known, KnownVersion
from vaultio.migration.disk import in_thread
from vaultio.migration.entries import Entry, Result
from vaultio.migration.trouble import is_lost
from vaultio.models import NewVersion, VersionNumber

STAGE = "versions"
BATCH = 200


async def versions(making: Making, entries: list[Entry]) -> list[Result]:
    """Add up to 200 versions: a call each, one more where fields changed, and two queries.

    What is there already is found by its number. Documents go side by side, the versions of one
    after the other; one whose answer was lost is looked for before it is repeated.
    """
    where = await making.books.places([entry.source_id for entry in entries])
    chains, results = _chains(entries, where)
    for _ in range(ROUNDS):
        open_chains = [one for one in chains if one.waiting and _is_open(one)]
        known = await _known(making, [one.id for one in open_chains])
        if isinstance(known, VaultioError):
            for one in open_chains:
                one.lost = known
            break
        for one in open_chains:
            one.known, one.lost = known.get(one.id), None

        async def go_on(chain: Chain) -> None:
            await _go_on(making, chain)

        if making.target.staged is not None:
            await add_versions(making, open_chains)
        else:
            await making.each(open_chains, go_on)
        if making.trouble or making.is_stopped() or all(map(_is_over, chains)):
            break
    for chain in chains:
        if chain.lost is not None:
            chain.results.append(making.result(chain.waiting.pop(0), chain.lost))
        results += chain.results + [_behind(making, one) for one in chain.waiting]
    return await verified(making, results)


async def _known(making: Making, ids: list[int]) -> dict[int, Known] | VaultioError:
    """Ask what the target has, and once which fields may be set there."""

    async def ask() -> dict[int, Known]:
        await making.target.values({})
        return await making.target.look(ids)

    return await making.asked(ask) if ids else {}


def _chains(entries: Sequence[Entry], where: Places) -> tuple[list[Chain], list[Result]]:
    """Put versions to their documents; those of a document that is not there have failed."""
    chains: dict[str, Chain] = {}
    results: list[Result] = []
    for entry in sorted(entries, key=number_of):
        place = where.document(entry.source_id)
        if place is None:
            results.append(missing(entry, f"document {entry.source_id}"))
        else:
            chains.setdefault(entry.source_id, Chain(place.id, [])).waiting.append(entry)
    return list(chains.values()), results


def _is_open(chain: Chain) -> bool:
    """Whether a chain may be gone on with: nothing in it was refused."""
    return chain.lost is None or is_lost(chain.lost)


def _is_over(chain: Chain) -> bool:
    return chain.lost is None or not is_lost(chain.lost)


def _behind(making: Making, entry: Entry) -> Result:
    """Make the result of a version that had to wait for one that did not come about."""
    if making.trouble or making.is_stopped():
        return Result(number=entry.number, state="found")
    return missing(entry, f"the version of document {entry.source_id} before it")


async def _go_on(making: Making, chain: Chain) -> None:
    """Add the versions of a document until one fails."""
    while chain.waiting and not (making.is_stopped() or making.trouble):
        entry = chain.waiting[0]
        if chain.known is None:
            chain.results.append(missing(entry, f"document {entry.source_id}"))
            del chain.waiting[0]
            continue
        try:
            result = await _add(making, entry, chain.known)
        except VaultioError as error:
            chain.lost = error
            if is_lost(error):
                return
            raise
        chain.results.append(result)
        del chain.waiting[0]
        if result.state != "done":
            return
        chain.known = _longer(chain.known, result)


async def _add(making: Making, entry: Entry, known: Known) -> Result:
    """Add one version, unless it is there."""
    wanted = number_of(entry)
    there = known.version(wanted)
    if there is not None:
        await _set_fields(making, entry, known.id, wanted)
        return held(await _expected(making, entry, known.id), there)
    before = entry.data.get("after")
    if before is not None and known.version(before) is None:
        return missing(entry, f"document {entry.source_id} ({before})")
    latest = known.versions[-1].number
    if wanted != VersionNumber(latest.major, latest.minor + 1):
        raise NotAllowedError(
            f"Vault numbers a file that is uploaded {latest.major}.{latest.minor + 1}, not "
            f"{wanted}: only files on the staging server become versions of any number"
        )
    return await _upload(making, entry, known.id, wanted)


async def _expected(making: Making, entry: Entry, target_id: int) -> Result:
    """Say what a version that is there is to be: of a file of which nothing is known, its MD5."""
    result = expected(entry, target_id)
    if entry.path is None or entry.expected_md5 is not None:
        return result
    async with making.files(entry) as path:
        size, md5 = await in_thread(lambda _: md5_of(path))
    return attrs.evolve(result, size=size, md5=md5)


async def _upload(making: Making, entry: Entry, target_id: int, wanted: VersionNumber) -> Result:
    """Add the next minor version, with its file or that of the version before."""
    content = making.target.vault.documents.content(target_id)
    size = md5 = None
    if entry.path is None:
        made = await content.create_draft()
    else:
        async with making.files(entry) as path:
            file = HashedFile(path, entry.data["fields"].get("filename__v") or None)
            made = await content.update(file=file.source, progress=making.told(entry))
        size, md5 = file.size, file.md5
    number = _number(made, wanted)
    await _set_fields(making, entry, target_id, number)
    return as_expected(entry, version_result(entry, target_id, number, size, md5))


def _number(made: NewVersion, wanted: VersionNumber) -> VersionNumber:
    return made.number or wanted


async def _set_fields(making: Making, entry: Entry, target_id: int, number: VersionNumber) -> None:
    """Set what changed with a version: one call, none if nothing did. Twice does no harm."""
    changed = await making.target.changes(entry.data.get("changed", {}))
    if changed:
        version = making.target.vault.documents.version(target_id, number.major, number.minor)
        await version.update(changed)


def _longer(known: Known, result: Result) -> Known:
    """Add to what is known of a document the version that was just added."""
    number = VersionNumber.parse(result.target_version or "")
    if known.version(number) is not None:
        return known
    added = (*known.versions, KnownVersion(number))
    return attrs.evolve(known, versions=tuple(sorted(added, key=lambda one: one.number)))
