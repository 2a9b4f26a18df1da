"""What one document and one item of an export cost: the calls, and how they are read."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from functools import partial
from pathlib import Path

from vaultio.client import Vault
from vaultio.downloads import Progress, SavedFile
from vaultio.errors import (
    AuthenticationError,
    DowntimeError,
    InvalidDataError,
    NotAllowedError,
    NotFoundError,
    QuotaWaitError,
    SessionExpiredError,
    TargetError,
    WrongVaultError,
)
from vaultio.migration.items import BINDER, NO_FILE, Include, Item, Outcome
from vaultio.migration.layout import (
    attachment_item,
    rendition_item,
    source_item,
    version_of,
)
from vaultio.migration.selection import Candidate, Meter
from vaultio.models import Document

# What befalls one item so befalls all: the run ends, instead of failing 10,000 times.
_FOR_ALL = (
    AuthenticationError,
    DowntimeError,
    QuotaWaitError,
    SessionExpiredError,
    WrongVaultError,
)
_DISK_FOR_ALL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
_NO_FILE = (InvalidDataError, NotAllowedError, NotFoundError)


def stops_all(error: Exception) -> bool:
    """Whether an error of one item would be that of every other, too."""
    full = isinstance(error, TargetError) and error.errno in _DISK_FOR_ALL
    return full or isinstance(error, _FOR_ALL)


async def described(
    vault: Vault, candidate: Candidate, include: Collection[Include], meter: Meter
) -> AsyncGenerator[Item | Outcome, None]:
    """Find the items of a document; a binder has none, which is an outcome.

    Costs no call for the source of a document whose fields are known, else one to retrieve the
    document; with renditions or attachments that one in any case, and one more for a document
    that has attachments.
    """
    document, latest = candidate.document, None
    if document is None:
        document = latest = await _retrieve(vault, candidate.document_id, meter)
    if document.is_binder:
        binder = Item(document_id=document.id, kind="document", version=document.version)
        yield Outcome(item=binder, state="skipped", reason=BINDER)
        return
    if "source" in include:
        yield source_item(document)
    if {"renditions", "attachments"}.isdisjoint(include):
        return
    latest = latest or await _retrieve(vault, document.id, meter)
    if "renditions" in include:
        for rendition_type in await _rendition_types(vault, document, latest, meter):
            yield rendition_item(document, rendition_type)
    if "attachments" in include and latest.attachments:
        meter.calls += 1
        for attachment in await vault.documents.attachments(document.id).retrieve_all():
            yield attachment_item(document, attachment)


async def fetch(
    vault: Vault, item: Item, folder: Path, progress: Progress, meter: Meter
) -> Outcome:
    """Download an item into the export's folder and check it: one call, and one a restart.

    A source that Vault refuses, and knows nothing about, is a document without a file.
    """
    to = f"{folder / item.path}{os.sep}" if item.in_folder else folder / item.path
    meter.calls += 1
    try:
        saved = await _download(vault, item)(
            to=to, on_exists="replace", progress=progress, verify=item.expected
        )
    except _NO_FILE:
        if not item.may_be_missing:
            raise
        return Outcome(item=item, state="skipped", reason=NO_FILE)
    meter.calls += saved.restarts
    return Outcome(
        item=item,
        state="fetched",
        path=saved.path.relative_to(folder).as_posix(),
        size=saved.size,
        md5=saved.md5,
        verified=saved.verified,
    )


def _download(vault: Vault, item: Item) -> Callable[..., Awaitable[SavedFile]]:
    """Choose the endpoint: that of the item's own version, so that no later one slips in."""
    if item.attachment_id is not None:
        attachments = vault.documents.attachments(item.document_id)
        if item.attachment_version is None:
            return partial(attachments.download, item.attachment_id)
        return partial(attachments.download_version, item.attachment_id, item.attachment_version)
    assert item.version is not None
    number = item.version
    version = vault.documents.version(item.document_id, number.major, number.minor)
    if item.rendition_type is not None:
        return partial(version.renditions.download, item.rendition_type)
    return version.download


async def _retrieve(vault: Vault, document_id: int, meter: Meter) -> Document:
    meter.calls += 1
    return await vault.documents.retrieve(document_id)


async def _rendition_types(
    vault: Vault, document: Document, latest: Document, meter: Meter
) -> list[str]:
    """List the rendition types of the version to export: the answer at hand is of the latest."""
    if latest.version == document.version:
        return [one.name for one in latest.renditions]
    meter.calls += 1
    number = version_of(document)
    version = vault.documents.version(document.id, number.major, number.minor)
    return [one.name for one in await version.renditions.retrieve_all()]
