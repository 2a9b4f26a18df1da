"""Brings things into a target vault, stage by stage, wherever they come from.

An item is an `Entry` whose ``data`` has, besides what an export notes (``fields``, ``roles``,
``nodes``): ``identity``, the value by which its document is known in the target; of a later
version ``after``, the version before it, and ``changed``, the fields that are not as they were
in that. `places` says where things are in the target; a document or binder is an item of kind
``document`` or ``binder``, in one of the stages below.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from vaultio.migration.creating import (
    attachments,
    binders,
    contents,
    documents,
    relationships,
    renditions,
    roles,
    staged,
    versions,
)
from vaultio.migration.creating.books import Books, Excerpt, ManifestBooks, excerpt
from vaultio.migration.creating.making import Files, Making
from vaultio.migration.creating.places import MISSING, Place, Places, places
from vaultio.migration.creating.roles import Members
from vaultio.migration.creating.target import IDENTITY, Known, KnownVersion, Settable, Target
from vaultio.migration.entries import Entry, Result
from vaultio.migration.runner import Step

DOCUMENTS, VERSIONS, BINDERS = documents.STAGE, versions.STAGE, binders.STAGE
RENDITIONS, ATTACHMENTS, ROLES = renditions.STAGE, attachments.STAGE, roles.STAGE
CONTENTS, RELATIONSHIPS = contents.STAGE, relationships.STAGE

__all__ = [
    "ATTACHMENTS",
    "BINDERS",
    "CONTENTS",
    "DOCUMENTS",
    "IDENTITY",
    "MISSING",
    "RELATIONSHIPS",
    "RENDITIONS",
    "ROLES",
    "VERSIONS",
    "Books",
    "Excerpt",
    "Files",
    "Known",
    "KnownVersion",
    "Making",
    "ManifestBooks",
    "Members",
    "Place",
    "Places",
    "Settable",
    "Target",
    "excerpt",
    "places",
    "steps",
]


def steps(making: Making, members: Members) -> list[Step]:
    """Return all steps, in an order in which what is referred to is there before."""

    async def in_roles(making: Making, entries: list[Entry]) -> list[Result]:
        return await roles.roles(making, entries, members)

    def single(stage: str, work: Callable[[Making, Entry], Awaitable[Result]]) -> Step:
        async def one(entry: Entry) -> Result:
            return await work(making, entry)

        return Step(stage=stage, work=one, concurrency=making.concurrency)

    return [
        # Two batches at once: one begins while the last files of the other are on their way.
        making.step(DOCUMENTS, documents.documents, size=documents.BATCH, at_once=2),
        making.step(VERSIONS, versions.versions, size=versions.BATCH),
        making.step(RENDITIONS, staged.renditions, size=staged.BATCH)
        if making.target.staged is not None
        else single(RENDITIONS, renditions.rendition),
        making.step(ATTACHMENTS, attachments.attachments, size=attachments.BATCH),
        making.step(ROLES, in_roles, size=roles.BATCH),
        making.step(BINDERS, binders.binders, size=binders.BATCH),
        single(CONTENTS, contents.contents),
        single(RELATIONSHIPS, relationships.relationship),
    ]
