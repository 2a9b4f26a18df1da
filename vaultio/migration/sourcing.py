"""What is found in a source vault, as the items that bring it into a target."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from attrs import evolve, frozen

from vaultio.client import Vault
from vaultio.migration import creating
from vaultio.migration.describing import described, roles, tree, unknown
from vaultio.migration.discovery import Known, Listing
from vaultio.migration.drafting import Drafting
from vaultio.migration.entries import Draft, Entry, Result
from vaultio.migration.finding import Finding, not_found
from vaultio.migration.layout import version_of
from vaultio.migration.selection import AllDocuments, ByQuery, Selection
from vaultio.migration.wanted import BINDER, Wanted, rendition

LOOKING = "looking"
"""The stage in which the source is asked what a document or binder has."""

_STAGES = {
    "rendition": creating.RENDITIONS,
    "attachment": creating.ATTACHMENTS,
    "relationship": creating.RELATIONSHIPS,
}

Add = Callable[[list[Draft]], Awaitable[None]]


class _OnlyOne:
    """No two documents of a vault have the same identity: it is unique there."""

    def rival(self, identity: str, owner: str) -> str | None:
        """Name another owner of the identity."""


@frozen(kw_only=True)
class Sourcing:
    """Makes items of what is in *vault*, of which *wanted* is to be copied.

    With *is_same*, the target being the same vault, no document brings its identity along.
    """

    vault: Vault
    wanted: Wanted
    drafting: Drafting
    is_same: bool = False

    def items(self, found: Iterable[Known]) -> Iterator[Draft]:
        """Make the items of documents and binders, all versions of each together."""
        ordered = sorted(found, key=lambda one: (one.document.id, version_of(one.document)))
        for document_id, versions in groupby(ordered, lambda one: one.document.id):
            group = list(versions)
            if self._is_copy(group[-1]):
                continue
            if group[-1].document.is_binder:
                yield self._binder(group[-1])
                continue
            rows = [self._row(one) for one in group]
            yield from self.drafting.documents(_OnlyOne(), str(document_id), rows)
            for one in group:
                yield from self._beside(one, is_latest=one is group[-1])

    async def look(self, entry: Entry, add: Add) -> Result:
        """Ask what a document version or a binder has, and enter that."""
        if entry.source_version is None:
            return await unknown(self.vault, entry)
        if entry.detail == BINDER:
            await add(await self._filled(entry))
            return Result(number=entry.number, state="done")
        async for drafts in described(self.vault, entry, self.wanted):
            await add([evolve(one, stage=_STAGES[one.kind], state="found") for one in drafts])
        if entry.data["roles"]:
            found = await roles(self.vault, entry)
            owner = entry.source_id
            key, data = f"role/{owner}", found.data or {}
            stage = creating.ROLES
            await add([Draft(key=key, stage=stage, kind="role", source_id=owner, data=data)])
        return Result(number=entry.number, state="done")

    def _is_copy(self, known: Known) -> bool:
        """Whether a document was made here: a copy within a vault would go on for ever."""
        identity = str(known.fields.get(self.drafting.identity) or "")
        return self.is_same and identity.startswith(f"vaultio:{self.drafting.origin}:")

    def _row(self, known: Known) -> dict[str, Any]:
        """Write a version as the metadata of an export do; ``file`` only says that there is one."""
        row = dict(known.fields)
        if self.is_same:
            row.pop(self.drafting.identity, None)
        document = known.document
        if document.filename or document.checksum:
            row["file"] = f"{document.id}/{version_of(document)}"
        return row

    def _beside(self, known: Known, *, is_latest: bool) -> Iterator[Draft]:
        """Make the items of what a version may have beside its file."""
        document, version = known.document, str(version_of(known.document))
        if (one_type := self.wanted.one_rendition) is not None:
            draft = rendition(document, version, "", one_type, missing=True)
            yield evolve(draft, stage=creating.RENDITIONS)
        with_roles = is_latest and "roles" in self.wanted.include
        if self.wanted.looks_closer or with_roles:
            data = {"fields": dict(known.fields), "roles": with_roles}
            yield Draft(
                key=f"document/{document.id}/{version}/look",
                stage=LOOKING,
                kind="look",
                source_id=str(document.id),
                source_version=version,
                data=data,
            )

    def _binder(self, known: Known) -> Draft:
        is_wanted = "binders" in self.wanted.include
        return Draft(
            key=f"binder/{known.document.id}/{version_of(known.document)}/look",
            stage=LOOKING,
            kind="look",
            source_id=str(known.document.id),
            source_version=str(version_of(known.document)),
            detail=BINDER,
            data={"fields": self._row(known)},
            state="found" if is_wanted else "skipped",
            reason=None if is_wanted else BINDER,
        )

    async def _filled(self, entry: Entry) -> list[Draft]:
        """Make the items of a binder, and of what is in it."""
        found = await tree(self.vault, entry, self.wanted)
        row = dict((found.data or {})["fields"])
        row["nodes"] = (found.data or {})["nodes"]
        row.pop("file", None)
        return list(self.drafting.binder(_OnlyOne(), entry.source_id, [row]))


class CopyFinding(Finding):
    """Lists the source of a copy."""

    def __init__(self, sourcing: Sourcing, selection: Selection, *args: Any) -> None:
        super().__init__(sourcing.vault, selection, sourcing.wanted, *args, all_fields=True)
        self._sourcing = sourcing

    def _items(self, page: Listing) -> list[Draft]:
        return [*self._sourcing.items(page.found), *not_found(page, LOOKING)]


def listed(selection: Selection, *, all_versions: bool) -> Selection:
    """Choose the way to list a selection in which all versions of a document come together."""
    if all_versions and isinstance(selection, AllDocuments):
        return ByQuery("SELECT id FROM documents")
    return selection
