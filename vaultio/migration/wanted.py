"""What is wanted of each document, and the items that this makes of one that was found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Self

from attrs import frozen

from vaultio.migration.discovery import Known
from vaultio.migration.entries import Draft
from vaultio.migration.layout import ANNOTATIONS, Template, rendition_folder, version_of
from vaultio.migration.selection import Include
from vaultio.models import Document

FILES_STAGE, BINDERS_STAGE = "files", "binders"
BINDER, NO_FILE, NOT_THERE = "binder", "no file", "not there"


@frozen(kw_only=True)
class Wanted:
    """What is exported of each document; `rendition_types` None means all there are."""

    include: frozenset[Include]
    rendition_types: frozenset[str] | None
    all_versions: bool
    template: Template

    @classmethod
    def of(
        cls,
        include: Collection[Include],
        types: Collection[str] | None,
        versions: str,
        template: Template,
    ) -> Self:
        """Read what a job is asked for; *versions* is ``"all"`` or the latest."""
        return cls(
            include=frozenset(include),
            rendition_types=None if types is None else frozenset(types),
            all_versions=versions == "all",
            template=template,
        )

    @property
    def one_rendition(self) -> str | None:
        """The only type of rendition that is wanted: it is asked for without a look first."""
        types = self.rendition_types
        return (
            next(iter(types))
            if "renditions" in self.include and types and len(types) == 1
            else None
        )

    @property
    def lists_renditions(self) -> bool:
        """Whether it must be asked which renditions a version has."""
        return "renditions" in self.include and self.one_rendition is None

    @property
    def looks_closer(self) -> bool:
        """Whether a document costs calls before its files are known."""
        return self.lists_renditions or not self.include.isdisjoint(
            {"attachments", "relationships"}
        )


def drafts(known: Known, wanted: Wanted) -> Iterator[Draft]:
    """Make the items of a document version that was found; its own row has its fields."""
    document, version = known.document, str(version_of(known.document))
    data = {"fields": dict(known.fields)}
    if document.is_binder:
        yield _binder(document, version, data, wanted)
        return
    yield Draft(
        key=f"document/{document.id}/{version}",
        stage=FILES_STAGE,
        kind="document",
        source_id=str(document.id),
        source_version=version,
        data=data,
        state="found" if wanted.looks_closer else "done",
    )
    if "source" in wanted.include:
        yield _source(known, version, wanted)
    yield from _others(known, version, wanted)


def _binder(document: Document, version: str, data: Mapping[str, Any], wanted: Wanted) -> Draft:
    is_wanted = "binders" in wanted.include
    return Draft(
        key=f"binder/{document.id}/{version}",
        stage=BINDERS_STAGE,
        kind="binder",
        source_id=str(document.id),
        source_version=version,
        data=data,
        state="found" if is_wanted else "skipped",
        reason=None if is_wanted else BINDER,
    )


def _source(known: Known, version: str, wanted: Wanted) -> Draft:
    document = known.document
    is_named = bool(document.filename or document.checksum)
    return Draft(
        key=f"document/{document.id}/{version}/source",
        stage=FILES_STAGE,
        kind="source",
        source_id=str(document.id),
        source_version=version,
        path=wanted.template.source(document, known.fields),
        expected_size=document.size,
        expected_md5=document.md5,
        data={} if is_named else {"missing": NO_FILE},
    )


def _others(known: Known, version: str, wanted: Wanted) -> Iterator[Draft]:
    document = known.document
    folder = wanted.template.version_folder(document, known.fields)
    if wanted.one_rendition:
        yield rendition(document, version, folder, wanted.one_rendition, missing=True)
    if "annotations" in wanted.include:
        has_none = known.fields.get("annotations_all__v") in {0, "0"}
        yield Draft(
            key=f"document/{document.id}/{version}/annotation",
            stage=FILES_STAGE,
            kind="annotation",
            source_id=str(document.id),
            source_version=version,
            path=f"{folder}{ANNOTATIONS}",
            data={"missing": NOT_THERE},
            state="skipped" if has_none else "found",
            reason=NOT_THERE if has_none else None,
        )
    if "roles" in wanted.include:
        key, owner = f"role/{document.id}", str(document.id)
        yield Draft(key=key, stage=FILES_STAGE, kind="role", source_id=owner)


def rendition(
    document: Document, version: str, folder: str, rendition_type: str, *, missing: bool = False
) -> Draft:
    """Make the item of a rendition, which may be *missing*: nobody has looked."""
    return Draft(
        key=f"document/{document.id}/{version}/rendition/{rendition_type}",
        stage=FILES_STAGE,
        kind="rendition",
        source_id=str(document.id),
        source_version=version,
        detail=rendition_type,
        path=rendition_folder(folder, rendition_type),
        data={"missing": NOT_THERE} if missing else {},
    )
