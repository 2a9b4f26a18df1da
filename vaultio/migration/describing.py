"""What a document or binder has beside its fields: the calls that find it out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import attrs

from vaultio.client import Vault
from vaultio.endpoints.parts.sections import VersionSections
from vaultio.errors import NotFoundError
from vaultio.migration.discovery import wired
from vaultio.migration.entries import Draft, Entry, Result, failure
from vaultio.migration.layout import attachment_path, version_of
from vaultio.migration.wanted import FILES_STAGE, Wanted, rendition
from vaultio.models import Attachment, BinderNode, Document
from vaultio.models.wire import WIRE_NAME
from vaultio.protocol.convert import structure


async def described(vault: Vault, entry: Entry, wanted: Wanted) -> AsyncIterator[list[Draft]]:
    """Find what a document version has, call by call.

    With renditions, one call: to the document, or, for one of all versions, to the version. With
    attachments one more, unless the first has said that there are none; of all versions only the
    latest is asked for them. With relationships one more.
    """
    fields = entry.data["fields"]
    document = structure(dict(fields), Document, where="document")
    has_attachments = "attachments" in wanted.include
    if wanted.lists_renditions:
        types, has_attachments = await _renditions(vault, document, wanted)
        folder, version = wanted.template.version_folder(document, fields), str(document.version)
        yield [rendition(document, version, folder, one) for one in types]
    is_latest = not wanted.all_versions or fields.get("latest_version__v") in {True, "true"}
    if has_attachments and is_latest:
        for one in await vault.documents.attachments(document.id).retrieve_all():
            yield _attachments(document.id, one, wanted)
    if "relationships" in wanted.include:
        number = version_of(document)
        owner = vault.documents.version(document.id, number.major, number.minor)
        yield [
            _noted(entry, f"relationship/{one.id}", _plain(one))
            for one in await owner.relationships.retrieve_all()
        ]


async def unknown(vault: Vault, entry: Entry) -> Result:
    """Let Vault say what is wrong with an id that its query did not find: one call.

    Of a value that can mean no document that is known already.
    """
    if said := entry.data.get("hopeless"):
        return failure(entry.number, NotFoundError(said))
    await vault.documents.retrieve(int(entry.source_id))
    reason = "not found by the query"
    return Result(number=entry.number, state="skipped", reason=reason)


async def roles(vault: Vault, entry: Entry) -> Result:
    """Find out who has which role on a document: one call."""
    found = await vault.documents.roles(int(entry.source_id)).retrieve_all()
    rows = [_plain(one) for one in found]
    return Result(number=entry.number, state="done", data={"roles": rows})


async def tree(vault: Vault, entry: Entry, wanted: Wanted) -> Result:
    """Find out what is in a binder, down to the last section: one call.

    Of an earlier version Vault tells one level at a time: one call more for each section.
    """
    nodes = [_plain(one) for one in await _nodes(vault, entry, wanted)]
    return Result(number=entry.number, state="done", data={**entry.data, "nodes": nodes})


async def _nodes(vault: Vault, entry: Entry, wanted: Wanted) -> Sequence[BinderNode]:
    binder_id, number = int(entry.source_id), entry.source_version
    fields = entry.data.get("fields", {})
    if not (wanted.all_versions and number) or fields.get("latest_version__v") in {True, "true"}:
        latest = await vault.binders.retrieve(binder_id, depth="all")
        # There may be a later one by now.
        if not (wanted.all_versions and number) or str(latest.version) == number:
            return latest.nodes
    major, _, minor = (number or "").partition(".")
    version = vault.binders.version(binder_id, int(major), int(minor))
    return [await _deep(version.sections, one) for one in (await version.retrieve()).nodes]


async def _deep(sections: VersionSections, node: BinderNode) -> BinderNode:
    """Return a node with all that is in it."""
    if node.type != "section" or node.id is None:
        return node
    found = await sections.retrieve(node.id)
    return attrs.evolve(node, nodes=tuple([await _deep(sections, one) for one in found.nodes]))


async def _renditions(
    vault: Vault, document: Document, wanted: Wanted
) -> tuple[Sequence[str], bool]:
    """List the wanted renditions of a version, and say whether there may be attachments."""
    number = version_of(document)
    version = vault.documents.version(document.id, number.major, number.minor)
    with_attachments = "attachments" in wanted.include
    if wanted.all_versions:
        found = await version.renditions.retrieve_all()
    else:
        latest = await vault.documents.retrieve(document.id)
        with_attachments = with_attachments and bool(latest.attachments)
        # The answer is of the latest version, which may be a later one by now.
        is_same = latest.version == number
        found = latest.renditions if is_same else await version.renditions.retrieve_all()
    types = wanted.rendition_types
    return [one.name for one in found if types is None or one.name in types], with_attachments


def _attachments(document_id: int, attachment: Attachment, wanted: Wanted) -> list[Draft]:
    """Make the items of an attachment: its latest version, or all; older ones have no MD5."""
    latest = attachment.version or 1
    numbers = {latest}
    if wanted.all_versions:
        numbers |= {one.version for one in attachment.versions}
    return [
        Draft(
            key=f"document/{document_id}/attachment/{attachment.id}/{number}",
            stage=FILES_STAGE,
            kind="attachment",
            source_id=str(document_id),
            source_version=str(number),
            detail=str(attachment.id),
            path=attachment_path(document_id, attachment.id, number, attachment.filename),
            expected_size=attachment.size if number == latest else None,
            expected_md5=attachment.md5 if number == latest else None,
            data={"fields": _plain(attachment)},
        )
        for number in sorted(numbers)
    ]


def _noted(entry: Entry, key: str, fields: dict[str, Any]) -> Draft:
    return Draft(
        key=key,
        stage=FILES_STAGE,
        kind="relationship",
        source_id=entry.source_id,
        source_version=entry.source_version,
        data={"fields": fields},
        state="done",
    )


def _plain(value: Any) -> Any:
    """Write a model with all below it as Vault has it."""
    if not attrs.has(type(value)):
        return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
    values = wired(value)
    for attribute in attrs.fields(type(value)):
        if attribute.name == "nodes" or isinstance(getattr(value, attribute.name), tuple):
            name = attribute.metadata.get(WIRE_NAME, attribute.name)
            values[name] = _plain(getattr(value, attribute.name))
    return values
