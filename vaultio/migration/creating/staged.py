"""Versions and renditions whose files are on the vault's staging server: many in a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vaultio.errors import InvalidArgumentError, VaultioError
from vaultio.migration.creating.bulk import row_error, rows_of, staged_file
from vaultio.migration.creating.chain import Chain, expected, number_of
from vaultio.migration.creating.checking import held
from vaultio.migration.creating.making import Making
from vaultio.migration.creating.places import missing
from vaultio.migration.creating.renditions import rendition
from vaultio.migration.creating.target import CLASS, MAJOR, MINOR
from vaultio.migration.entries import Entry, Result, failure
from vaultio.migration.trouble import is_lost
from vaultio.models import RowResult

BATCH = 500


async def add_versions(making: Making, chains: Sequence[Chain]) -> None:
    """Add all versions that wait, of any numbers, by one call; those that are there are noted."""
    new: list[tuple[Chain, Entry]] = []
    for chain in chains:
        for entry in list(chain.waiting):
            there = chain.known.version(number_of(entry)) if chain.known else None
            if there is not None:
                chain.note(entry, held(expected(entry, chain.id), there))
            else:
                new.append((chain, entry))
    made = await rows_of(new, lambda one: _version_row(making, one[1], one[0].id))
    for (chain, entry), row in zip(new, made, strict=True):
        if not isinstance(row, dict):
            chain.note(entry, failure(entry.number, row))
    new = [one for one, row in zip(new, made, strict=True) if isinstance(row, dict)]
    rows = [row for row in made if isinstance(row, dict)]
    outcome = await _sent(making, rows, making.target.vault.documents.add_many_versions)
    for at, (chain, entry) in enumerate(new):
        said = outcome[at] if isinstance(outcome, list) else outcome
        if isinstance(said, RowResult):
            good = said.succeeded
            error = None if good else row_error(said)
            result = failure(entry.number, error) if error else expected(entry, chain.id)
            chain.note(entry, result)
        elif isinstance(said, VaultioError) and is_lost(said):
            chain.lost = said
        else:
            chain.note(entry, making.result(entry, said))


async def _version_row(making: Making, entry: Entry, target_id: int) -> dict[str, Any]:
    fields = await making.target.values(entry.data["fields"])
    kept = {name: value for name, value in fields.items() if name not in CLASS[1:]}
    kept.pop(making.target.identity, None)
    status = entry.data["fields"].get("status__v")
    if making.target.migration_mode and status:
        kept["status__v"] = status
    number = number_of(entry)
    numbers = {"id": target_id, MAJOR: number.major, MINOR: number.minor}
    return {**numbers, **kept, **staged_file(making, entry)}


async def renditions(making: Making, entries: list[Entry]) -> list[Result]:
    """Add up to 500 renditions by one call; one that Vault refuses is brought from the disk."""
    where = await making.books.places([entry.source_id for entry in entries])
    results: dict[int, Result] = {}
    rows: dict[int, dict[str, Any]] = {}
    for entry in entries:
        place = where.version(entry.source_id, entry.source_version)
        if place is None:
            needed = f"document {entry.source_id} ({entry.source_version})"
            results[entry.number] = missing(entry, needed)
            continue
        numbers = {"id": place.id, MAJOR: place.major, MINOR: place.minor}
        kind = {"rendition_type__v": entry.detail}
        try:
            rows[entry.number] = {**numbers, **kind, **staged_file(making, entry)}
        except InvalidArgumentError as error:
            results[entry.number] = failure(entry.number, error)
    new = [entry for entry in entries if entry.number in rows]
    add = making.target.vault.documents.add_many_renditions
    outcome = await _sent(making, list(rows.values()), add)
    refused = list[Entry]()
    for at, entry in enumerate(new):
        said = outcome[at] if isinstance(outcome, list) else outcome
        if isinstance(said, RowResult) and said.succeeded:
            results[entry.number] = _added(entry, rows[entry.number])
        elif isinstance(said, RowResult) or (said is not None and is_lost(said)):
            refused.append(entry)
        else:
            results[entry.number] = making.result(entry, said)

    async def bring(entry: Entry) -> Result:
        return await rendition(making, entry)

    for entry, brought in zip(refused, await making.each(refused, bring), strict=True):
        results[entry.number] = making.result(entry, brought)
    return [results[entry.number] for entry in entries]


def _added(entry: Entry, row: dict[str, Any]) -> Result:
    return Result(
        number=entry.number,
        state="done",
        size=entry.expected_size,
        md5=entry.expected_md5,
        verified="none",
        target_id=str(row["id"]),
        target_version=f"{row[MAJOR]}.{row[MINOR]}",
    )


async def _sent(
    making: Making, rows: list[dict[str, Any]], send: Any
) -> list[RowResult] | VaultioError | None:
    """Send rows; the result of each, or the error of the call."""
    if not rows:
        return []

    async def call(_: None) -> list[RowResult]:
        return [one async for one in send(rows)]

    [outcome] = await making.each([None], call)
    return outcome
