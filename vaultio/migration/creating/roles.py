"""Roles on documents, in bulk: twice does no harm, so that a lost answer is just repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from vaultio.errors import NotAllowedError, UnreadableReplyError, VaultioError
from vaultio.migration.creating.bulk import row_error
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import Places, missing
from vaultio.migration.entries import Entry, Result, failure
from vaultio.migration.trouble import is_lost
from vaultio.models import RowResult

STAGE = "roles"
BATCH = 1000
NOBODY = "nobody in a role"

Row = dict[str, Any]


@frozen
class Members:
    """The ids of users and groups in the target, by those in the source; others are the same."""

    users: Mapping[int, int] = field(factory=dict)
    groups: Mapping[int, int] = field(factory=dict)

    def row(self, entry: Entry) -> Row:
        """Return the columns that put everybody of an item into their roles."""
        row: Row = {}
        for one in entry.data.get("roles", ()):
            users = [self.users.get(int(m), int(m)) for m in one.get("assignedUsers", ())]
            groups = [self.groups.get(int(m), int(m)) for m in one.get("assignedGroups", ())]
            for column, ids in ((f"{one['name']}.users", users), (f"{one['name']}.groups", groups)):
                if ids:
                    row[column] = list(dict.fromkeys([*row.get(column, ()), *ids]))
        return row


async def roles(making: Making, entries: list[Entry], members: Members) -> list[Result]:
    """Put users and groups into the roles of up to 1,000 documents: one call.

    Vault passes over whom it does not know, or allow, without a word: then the item fails.
    """
    where = await making.books.places([entry.source_id for entry in entries])
    rows = {entry.number: members.row(entry) for entry in entries}
    results = {one.number: done for one in entries if (done := _without(one, rows, where))}
    waiting = [one for one in entries if one.number not in results]
    sent = [{"id": _id(where, one), **rows[one.number]} for one in waiting]
    if sent:
        outcome = await _assigned(making, sent)
        for at, entry in enumerate(waiting):
            said = outcome[at] if isinstance(outcome, Sequence) else outcome
            if isinstance(said, RowResult):
                results[entry.number] = _checked(entry, sent[at], said)
            else:
                results[entry.number] = making.result(entry, said)
    return [results[entry.number] for entry in entries]


def _id(where: Places, entry: Entry) -> int:
    place = where.document(entry.source_id)
    return place.id if place else 0


def _without(entry: Entry, rows: Mapping[int, Row], where: Places) -> Result | None:
    """Make the result of an item that needs no row, or cannot have one."""
    if not rows[entry.number]:
        return Result(number=entry.number, state="skipped", reason=NOBODY)
    if where.document(entry.source_id) is None:
        return missing(entry, f"document {entry.source_id}")
    return None


async def _assigned(making: Making, rows: list[Row]) -> list[RowResult] | VaultioError | None:
    async def assign(_: None) -> list[RowResult]:
        return [one async for one in making.target.vault.documents.assign_many_roles(rows)]

    for _ in range(ROUNDS):
        [outcome] = await making.each([None], assign)
        if not (isinstance(outcome, VaultioError) and is_lost(outcome)):
            break
    return outcome


def _checked(entry: Entry, row: Row, result: RowResult) -> Result:
    """Hold who was put into roles against who was to be."""
    if not result.succeeded:
        return failure(entry.number, row_error(result))
    if result.id != row["id"]:
        said = f"what was said of document {row['id']} is about {result.id}"
        return failure(entry.number, UnreadableReplyError(said))
    left = [
        f"{name} {one}"
        for name, ids in row.items()
        if name != "id"
        for one in ids
        if str(one) not in map(str, result.fields.get(name) or ())
    ]
    if left:
        return failure(entry.number, NotAllowedError(f"Vault passed over {', '.join(left)}"))
    return Result(number=entry.number, state="done", target_id=str(row["id"]))
