"""Binders: created empty first, for they may be in one another, and filled afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from vaultio.errors import InvalidDataError, VaultioError
from vaultio.migration.creating.documents import map_identities
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import clash, identity_of
from vaultio.migration.creating.target import Known
from vaultio.migration.entries import Entry, Result, failure
from vaultio.migration.trouble import is_lost

STAGE = "binders"
BATCH = 200


async def binders(making: Making, entries: list[Entry]) -> list[Result]:
    """Create up to 200 binders: a call each, and a query that says which are there."""
    others = await making.books.rivals(entries)
    named = ((entry, clash(entry, others.get(entry.number))) for entry in entries)
    results = {one.number: failure(one.number, error) for one, error in named if error}
    errors: dict[int, VaultioError] = {}
    waiting = [entry for entry in entries if entry.number not in results]
    for turn in range(ROUNDS):
        patient = turn > 0 or any(one.tries > 1 for one in waiting)
        found = await _found(making, waiting, patient=patient)
        if isinstance(found, VaultioError):
            results |= {one.number: making.result(one, found) for one in waiting}
            waiting = []
            break
        for entry in waiting:
            if known := found.get(identity_of(entry)):
                results[entry.number] = _taken(entry, known)
        new = [one for one in waiting if one.number not in results]
        for entry, outcome in zip(new, await _created(making, new), strict=True):
            if isinstance(outcome, VaultioError) and is_lost(outcome):
                errors[entry.number] = outcome
            else:
                results[entry.number] = making.result(entry, outcome)
        waiting = [one for one in new if one.number not in results]
        if not waiting:
            break
    results |= {one.number: failure(one.number, errors[one.number]) for one in waiting}
    return [results[entry.number] for entry in entries]


async def _found(
    making: Making, entries: Sequence[Entry], *, patient: bool
) -> dict[str, Known] | VaultioError:
    names = map_identities(entries)
    return await making.asked(lambda: making.target.find(names, patient=patient))


def _taken(entry: Entry, known: Known) -> Result:
    if known.others:
        ids = ", ".join(map(str, (known.id, *known.others)))
        error = InvalidDataError(f"{identity_of(entry)!r} stands for more than one: {ids}")
        return failure(entry.number, error)
    return _result(entry, known.id, str(known.versions[-1].number))


async def _created(making: Making, entries: Sequence[Entry]) -> list[Result | VaultioError | None]:
    async def create(entry: Entry) -> Result:
        fields = await making.target.values(entry.data["fields"])
        fields[making.target.identity] = identity_of(entry)
        return _result(entry, await making.target.vault.binders.create(fields), None)

    return await making.each(entries, create)


def _result(entry: Entry, binder_id: int, version: str | None) -> Result:
    return Result(
        number=entry.number, state="done", target_id=str(binder_id), target_version=version
    )
