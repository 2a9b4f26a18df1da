"""Documents in bulk: without a file, or with one on the staging server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

from vaultio.errors import InvalidArgumentError, OutcomeUnknownError, VaultError, VaultioError
from vaultio.migration.creating.making import Making
from vaultio.migration.creating.places import identity_of
from vaultio.migration.creating.target import MAJOR, MINOR
from vaultio.migration.entries import Entry, Result
from vaultio.migration.layout import inside
from vaultio.models import RowResult
from vaultio.protocol.envelope import ERROR_CLASSES
from vaultio.protocol.forms import sent

Row = dict[str, Any]
T = TypeVar("T")


async def fields_of(making: Making, entry: Entry) -> dict[str, Any]:
    """Return what a document is created with."""
    fields = await making.target.values(entry.data["fields"], MAJOR, MINOR)
    return {MAJOR: 0, MINOR: 1, **fields, making.target.identity: identity_of(entry)}


async def in_bulk(making: Making, entries: Sequence[Entry]) -> list[Result | VaultioError | None]:
    """Create documents without a file, or with one on the staging server: one call for all."""
    if not entries or making.is_stopped() or making.trouble:
        return [None] * len(entries)
    target = making.target

    async def create(_: None) -> list[Result | VaultioError | None]:
        rows = await rows_of(entries, lambda entry: bulk_row(making, entry))
        good = [row for row in rows if isinstance(row, dict)]
        found = target.vault.documents.create_many(good, migration_mode=target.migration_mode)
        said = iter([one async for one in found] if good else [])
        return [
            _row(making, entry, row, next(said)) if isinstance(row, dict) else row
            for entry, row in zip(entries, rows, strict=True)
        ]

    [outcome] = await making.each([None], create)
    return outcome if isinstance(outcome, list) else [outcome] * len(entries)


async def rows_of(
    items: Iterable[T], make: Callable[[T], Awaitable[Row]]
) -> list[Row | InvalidArgumentError]:
    """Make the rows of a bulk call; one that cannot be made, or not be written, fails alone."""
    rows: list[Row | InvalidArgumentError] = []
    for item in items:
        try:
            row = await make(item)
            sent(row)
        except InvalidArgumentError as error:
            rows.append(error)
        else:
            rows.append(row)
    return rows


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


def _row(
    making: Making, entry: Entry, row: dict[str, Any], result: RowResult
) -> Result | VaultioError:
    if not result.succeeded or result.id is None:
        return row_error(result)
    said = result.fields.get(making.target.identity)
    if said not in (None, identity_of(entry)):
        return OutcomeUnknownError(f"row {result.row} was answered as if it were {said!r}")
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
