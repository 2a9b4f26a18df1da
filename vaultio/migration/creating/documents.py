"""Documents: each is looked up before it is created, and held against its file afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from vaultio.errors import (
    ChecksumError,
    InvalidDataError,
    NotAllowedError,
    OutcomeUnknownError,
    VaultError,
    VaultioError,
)
from vaultio.migration.creating.hashed import HashedFile, md5_of
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import WAS_THERE, identity_of
from vaultio.migration.creating.target import MAJOR, MINOR, Known, KnownVersion
from vaultio.migration.disk import in_thread
from vaultio.migration.entries import Entry, Result, Verified, failure
from vaultio.migration.layout import inside
from vaultio.migration.trouble import is_lost
from vaultio.models import RowResult
from vaultio.protocol.envelope import ERROR_CLASSES

STAGE = "documents"
BATCH = 500


async def documents(making: Making, entries: list[Entry]) -> list[Result]:
    """Create up to 500 documents: those with a file by a call each, the others by one for all.

    A query for each 200 says which are there already, and one more what became of their files.
    Those whose answer was lost are looked up again before they are repeated.
    """
    results = {entry.number: clash for entry in entries if (clash := _refused(entry))}
    errors: dict[int, VaultioError] = {}
    waiting = [entry for entry in entries if entry.number not in results]
    for turn in range(ROUNDS):
        await _take_those_there(making, waiting, results, patient=turn > 0)
        waiting = [entry for entry in waiting if entry.number not in results]
        outcomes = await _created(making, waiting)
        for entry, outcome in zip(waiting, outcomes, strict=True):
            if isinstance(outcome, VaultioError) and _may_be_there(outcome, turn):
                errors[entry.number] = outcome
            else:
                results[entry.number] = making.result(entry, outcome)
        waiting = [entry for entry in waiting if entry.number not in results]
        if not waiting or making.trouble or making.is_stopped():
            break
    results |= {one.number: _unknown(making, one, errors[one.number]) for one in waiting}
    return await _verified(making, [results[entry.number] for entry in entries])


def _unknown(making: Making, entry: Entry, error: VaultioError) -> Result:
    if making.trouble or making.is_stopped():
        return Result(number=entry.number, state="found")
    return failure(entry.number, error)


def _may_be_there(error: VaultioError, turn: int) -> bool:
    """Whether a document may have been created; later, that its identity is taken says so."""
    return is_lost(error) or (turn > 0 and isinstance(error, InvalidDataError))


def _refused(entry: Entry) -> Result | None:
    """Refuse what could be created, but never told apart from others."""
    other, fields = entry.data.get("clash"), entry.data["fields"]
    error: VaultioError | None = None
    if other:
        said = f"{identity_of(entry)!r} stands for {other} too: give one of them another"
        error = InvalidDataError(said)
    if entry.path is None and fields.get("md5checksum__v"):
        error = InvalidDataError("its source file was not exported: without it, it is not created")
    if str(fields.get("crosslink__v")).lower() == "true":
        error = NotAllowedError("a CrossLink shows a document of another vault: link it anew there")
    if fields.get("lifecycle__v") == "Unclassified" and entry.path:
        error = NotAllowedError("Vault gives no identity to an unclassified document: classify it")
    return failure(entry.number, error) if error else None


async def _take_those_there(
    making: Making, entries: Sequence[Entry], results: dict[int, Result], *, patient: bool
) -> None:
    """Note those that the target has already."""
    if not entries:
        return
    patient = patient or any(entry.tries > 1 for entry in entries)
    found = await making.target.find(map_identities(entries), patient=patient)
    there = [entry for entry in entries if identity_of(entry) in found]

    async def take(entry: Entry) -> Result:
        return await taken(making, entry, found[identity_of(entry)])

    for entry, outcome in zip(there, await making.each(there, take), strict=True):
        results[entry.number] = making.result(entry, outcome)


def map_identities(entries: Sequence[Entry]) -> list[str]:
    """Return what the items' documents are called by in the target."""
    return [identity_of(entry) for entry in entries]


async def taken(making: Making, entry: Entry, known: Known) -> Result:
    """Make the result of a document that is there: its file must be ours."""
    if known.others:
        ids = ", ".join(map(str, (known.id, *known.others)))
        raise InvalidDataError(f"{identity_of(entry)!r} stands for more than one: {ids}")
    version = known.version(entry.source_version) or known.versions[0]
    size, md5 = entry.expected_size, entry.expected_md5
    if entry.path is not None and md5 is None and making.target.staged is None:
        async with making.files(entry) as path:
            size, md5 = await in_thread(lambda _: md5_of(path))
    return held(
        Result(
            number=entry.number,
            state="done",
            size=size if entry.path is not None else None,
            md5=md5,
            target_id=str(known.id),
            target_version=str(version.number),
            reason=WAS_THERE,
        ),
        version,
    )


def held(result: Result, known: KnownVersion) -> Result:
    """Hold what was sent against what the target has."""
    if result.size is None:
        return result
    same_md5 = result.md5 and known.md5 and result.md5.lower() == known.md5.lower()
    differs = known.size != result.size or (result.md5 and known.md5 and not same_md5)
    if differs:
        error = ChecksumError(
            f"document {result.target_id} ({known.number}) of the target has another file: "
            f"{known.size} bytes, MD5 {known.md5}, not {result.size} and {result.md5}"
        )
        return attrs.evolve(
            failure(result.number, error),
            target_id=result.target_id,
            target_version=result.target_version,
        )
    verified: Verified = "md5" if same_md5 else "length"
    return attrs.evolve(result, verified=verified)


async def _created(making: Making, entries: Sequence[Entry]) -> list[Result | VaultioError | None]:
    """Create documents, in bulk where that is possible; in the order of *entries*."""
    staged = making.target.staged is not None
    single = [one for one in entries if one.path and not staged]
    bulk = [one for one in entries if not one.path or staged]
    outcomes = dict(zip([one.number for one in bulk], await _in_bulk(making, bulk), strict=True))

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
    return Result(
        number=entry.number,
        state="done",
        size=file.size,
        md5=entry.expected_md5 or file.md5,
        target_id=str(number),
        target_version=f"{fields[MAJOR]}.{fields[MINOR]}",
    )


async def fields_of(making: Making, entry: Entry) -> dict[str, Any]:
    """Return what a document is created with."""
    fields = await making.target.values(entry.data["fields"], MAJOR, MINOR)
    return {MAJOR: 0, MINOR: 1, **fields, making.target.identity: identity_of(entry)}


async def _in_bulk(making: Making, entries: Sequence[Entry]) -> list[Result | VaultioError | None]:
    """Create documents without a file, or with one on the staging server: one call for all."""
    if not entries or making.is_stopped() or making.trouble:
        return [None] * len(entries)
    rows = [await bulk_row(making, entry) for entry in entries]
    target = making.target

    async def create(_: None) -> list[RowResult]:
        found = target.vault.documents.create_many(rows, migration_mode=target.migration_mode)
        return [one async for one in found]

    [outcome] = await making.each([None], create)
    if not isinstance(outcome, list):
        return [outcome] * len(entries)
    return [
        _row(entry, row, result) for entry, row, result in zip(entries, rows, outcome, strict=True)
    ]


async def bulk_row(making: Making, entry: Entry) -> dict[str, Any]:
    """Return the row that creates a document in bulk."""
    row = await fields_of(making, entry)
    status = entry.data["fields"].get("status__v")
    if making.target.migration_mode and status:
        row["status__v"] = status
    return row | staged_file(making, entry)


def staged_file(making: Making, entry: Entry) -> dict[str, str]:
    """Say where an item's file is on the staging server."""
    if not entry.path or making.target.staged is None:
        return {}
    return {"file": f"{making.target.staged.rstrip('/')}/{inside(entry.path)}".lstrip("/")}


def _row(entry: Entry, row: dict[str, Any], result: RowResult) -> Result | VaultioError:
    if not result.succeeded or result.id is None:
        return row_error(result)
    return Result(
        number=entry.number,
        state="done",
        size=entry.expected_size if entry.path else None,
        md5=entry.expected_md5 if entry.path else None,
        target_id=str(result.id),
        target_version=f"{row[MAJOR]}.{row[MINOR]}",
    )


def row_error(result: RowResult) -> VaultioError:
    """Make the error that a row of a bulk call ended with."""
    kind = result.error_type or ""
    if result.succeeded:
        return OutcomeUnknownError(f"row {result.row} succeeded, but its answer names no id")
    return ERROR_CLASSES.get(kind, VaultError)(
        result.message or "Vault gave no reason", type=kind, errors=result.errors
    )


async def _verified(making: Making, results: list[Result]) -> list[Result]:
    """Ask what the target has of the files that were sent: a query for each 200."""
    new = [one for one in results if _is_to_verify(one)]
    if not new or making.trouble:
        return results
    known = await making.target.look([int(one.target_id or 0) for one in new], patient=True)
    done = {one.number: _compared(one, known.get(int(one.target_id or 0))) for one in new}
    return [done.get(one.number, one) for one in results]


def _is_to_verify(result: Result) -> bool:
    return result.state == "done" and result.size is not None and result.verified is None


def _compared(result: Result, known: Known | None) -> Result:
    version = known.version(result.target_version) if known else None
    if version is None:
        return attrs.evolve(result, verified="none")
    return held(result, version)
