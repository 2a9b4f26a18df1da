"""Documents: each is looked up before it is created, and held against its file afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from vaultio.errors import InvalidDataError, NotAllowedError, VaultioError
from vaultio.migration.creating.bulk import fields_of, in_bulk
from vaultio.migration.creating.checking import as_expected, held, verified
from vaultio.migration.creating.hashed import HashedFile, md5_of
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import WAS_THERE, clash, identity_of
from vaultio.migration.creating.target import MAJOR, MINOR, Known, KnownVersion
from vaultio.migration.disk import in_thread
from vaultio.migration.entries import Entry, Result, failure
from vaultio.migration.trouble import is_lost

STAGE = "documents"
BATCH = 500


async def documents(making: Making, entries: list[Entry]) -> list[Result]:
    """Create up to 500 documents: those with a file by a call each, the others by one for all.

    A query for each 200 says which are there already, and one more what became of their files.
    Those whose answer was lost are looked up again before they are repeated.
    """
    others = await making.books.rivals(entries)
    found = {entry.number: _refused(entry, others.get(entry.number)) for entry in entries}
    results = {number: refused for number, refused in found.items() if refused}
    errors: dict[int, VaultioError] = {}
    waiting = [entry for entry in entries if entry.number not in results]
    for turn in range(ROUNDS):
        silent = await _take_those_there(making, waiting, results, patient=turn > 0)
        waiting = [entry for entry in waiting if entry.number not in results]
        if silent is not None:
            results |= {one.number: making.result(one, silent) for one in waiting}
            break
        outcomes = await _created(making, waiting)
        for entry, outcome in zip(waiting, outcomes, strict=True):
            if isinstance(outcome, VaultioError) and _may_be_there(outcome, turn):
                errors[entry.number] = outcome
            else:
                results[entry.number] = making.result(entry, outcome)
        waiting = [entry for entry in waiting if entry.number not in results]
        if not waiting or making.trouble or making.is_stopped():
            break
    left = [entry for entry in waiting if entry.number not in results]
    results |= {one.number: _unknown(making, one, errors[one.number]) for one in left}
    return await verified(making, [results[entry.number] for entry in entries])


def _unknown(making: Making, entry: Entry, error: VaultioError) -> Result:
    if making.trouble or making.is_stopped():
        return Result(number=entry.number, state="found")
    return failure(entry.number, error)


def _may_be_there(error: VaultioError, turn: int) -> bool:
    """Whether a document may have been created; later, that its identity is taken says so."""
    return is_lost(error) or (turn > 0 and isinstance(error, InvalidDataError))


def _refused(entry: Entry, rival: str | None) -> Result | None:
    """Refuse what could be created, but never told apart from others."""
    fields = entry.data["fields"]
    error: VaultioError | None = clash(entry, rival)
    if entry.path is None and fields.get("md5checksum__v"):
        error = InvalidDataError("its source file was not exported: without it, it is not created")
    if str(fields.get("crosslink__v")).lower() == "true":
        error = NotAllowedError("a CrossLink shows a document of another vault: link it anew there")
    if fields.get("lifecycle__v") == "Unclassified" and entry.path:
        error = NotAllowedError("Vault gives no identity to an unclassified document: classify it")
    return failure(entry.number, error) if error else None


async def _take_those_there(
    making: Making, entries: Sequence[Entry], results: dict[int, Result], *, patient: bool
) -> VaultioError | None:
    """Note those that the target has already; return why it cannot say."""
    if not entries:
        return None
    patient = patient or any(entry.tries > 1 for entry in entries)
    names = map_identities(entries)
    found = await making.asked(lambda: making.target.find(names, patient=patient))
    if isinstance(found, VaultioError):
        return found
    there = [entry for entry in entries if identity_of(entry) in found]

    async def take(entry: Entry) -> Result:
        return await taken(making, entry, found[identity_of(entry)])

    for entry, outcome in zip(there, await making.each(there, take), strict=True):
        results[entry.number] = making.result(entry, outcome)
    return None


def map_identities(entries: Sequence[Entry]) -> list[str]:
    """Return what the items' documents are called by in the target."""
    return [identity_of(entry) for entry in entries]


async def taken(making: Making, entry: Entry, known: Known) -> Result:
    """Make the result of a document that is there: its file must be ours."""
    if known.others:
        ids = ", ".join(map(str, (known.id, *known.others)))
        raise InvalidDataError(f"{identity_of(entry)!r} stands for more than one: {ids}")
    version = _as_wanted(entry, known)
    size, md5 = entry.expected_size, entry.expected_md5
    if entry.path is not None and md5 is None and making.target.staged is None:
        async with making.files(entry) as path:
            size, md5 = await in_thread(lambda _: md5_of(path))
    return held(
        Result(
            number=entry.number,
            state="done",
            size=size if entry.path is not None else None,
            md5=md5 if entry.path is not None else None,
            target_id=str(known.id),
            target_version=str(version.number),
            reason=WAS_THERE,
        ),
        version,
    )


def _as_wanted(entry: Entry, known: Known) -> KnownVersion:
    """Choose the version that an item is: of its number, or the first if the source names none."""
    version = known.version(entry.source_version)
    if version is None and MAJOR in entry.data["fields"]:
        raise NotAllowedError(
            f"document {known.id} of the target has no version {entry.source_version}, its latest "
            f"is {known.versions[-1].number}: bring all versions, which adds those that are later"
        )
    return version or known.versions[0]


async def _created(making: Making, entries: Sequence[Entry]) -> list[Result | VaultioError | None]:
    """Create documents, in bulk where that is possible; in the order of *entries*."""
    staged = making.target.staged is not None
    single = [one for one in entries if one.path and not staged]
    bulk = [one for one in entries if not one.path or staged]
    outcomes = dict(zip([one.number for one in bulk], await in_bulk(making, bulk), strict=True))

    async def create(entry: Entry) -> Result:
        return await _one(making, entry)

    each = await making.each(single, create)
    outcomes |= dict(zip([one.number for one in single], each, strict=True))
    return [outcomes[entry.number] for entry in entries]


async def _one(making: Making, entry: Entry) -> Result:
    """Create a document with its file: one call."""
    fields = await fields_of(making, entry)
    async with making.files(entry) as path:
        file = HashedFile(path, entry.data["fields"].get("filename__v") or None)
        number = await making.target.vault.documents.create(
            fields, file=file.source, progress=making.told(entry)
        )
    result = Result(
        number=entry.number,
        state="done",
        size=file.size,
        md5=file.md5,
        target_id=str(number),
        target_version=f"{fields[MAJOR]}.{fields[MINOR]}",
    )
    return as_expected(entry, result)
