"""Relationships between documents: one call each, when both ends are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vaultio.endpoints.parts import Relationships
from vaultio.errors import InvalidDataError, VaultioError
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import Place, Places, missing
from vaultio.migration.entries import Entry, Result
from vaultio.migration.trouble import is_lost
from vaultio.models import Relationship, VersionNumber

STAGE = "relationships"


async def relationship(making: Making, entry: Entry) -> Result:
    """Create a relationship: one call, one more to look after an answer that was lost."""
    fields: Mapping[str, Any] = entry.data["fields"]
    source_id, target_id = entry.source_id, fields["target_doc_id__v"]
    number = _version(fields)
    where = await making.books.places([source_id, target_id])
    own = entry.source_version
    source = where.version(source_id, own) if own else where.latest(source_id)
    target = _target(where, target_id, number)
    if source is None or target is None:
        return missing(entry, *_needed(entry, source, target, number))
    documents = making.target.vault.documents
    room = documents.version(source.id, source.major, source.minor).relationships
    kind = str(fields["relationship_type__v"])
    made = await _made(room, kind, target, is_specific=number is not None, tries=entry.tries)
    return Result(number=entry.number, state="done", target_id=str(made))


def _version(fields: Mapping[str, Any]) -> str | None:
    """Read which version of the target is meant; None is all of them."""
    major, minor = fields.get("target_major_version__v"), fields.get("target_minor_version__v")
    return None if major in (None, "") or minor in (None, "") else f"{major}.{minor}"


def _target(where: Places, target_id: object, number: str | None) -> Place | None:
    return where.document(target_id) if number is None else where.version(target_id, number)


def _needed(
    entry: Entry, source: Place | None, target: Place | None, number: str | None
) -> list[str]:
    needed = [] if source else [f"document {entry.source_id} ({entry.source_version})"]
    if target is None:
        version = f" ({number})" if number else ""
        needed.append(f"document {entry.data['fields']['target_doc_id__v']}{version}")
    return needed


async def _made(
    room: Relationships, kind: str, target: Place, *, is_specific: bool, tries: int
) -> int:
    """Create it, unless it is there; return its id."""
    if tries > 1 and (there := await _there(room, kind, target, is_specific)):
        return there
    major, minor = (target.major, target.minor) if is_specific else (None, None)
    for turn in range(ROUNDS):
        try:
            return await room.create(
                kind, target.id, target_major_version=major, target_minor_version=minor
            )
        except VaultioError as error:
            if not (is_lost(error) or isinstance(error, InvalidDataError)):
                raise
            if there := await _there(room, kind, target, is_specific):
                return there
            if turn == ROUNDS - 1 or not is_lost(error):
                raise
    raise AssertionError("the last turn returns or raises")


async def _there(room: Relationships, kind: str, target: Place, is_specific: bool) -> int | None:
    """Look for a relationship; its id if it is there."""
    wanted = VersionNumber(target.major, target.minor) if is_specific else None
    for one in await room.retrieve_all():
        if _key(one) == (kind, target.id, wanted):
            return one.id
    return None


def _key(one: Relationship) -> tuple[str | None, int | None, VersionNumber | None]:
    return one.type, one.target_document_id, one.target_version
