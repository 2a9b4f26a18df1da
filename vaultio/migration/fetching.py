"""One file of an export: looked for on the disk if it may be there, else downloaded."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

from vaultio.client import Vault
from vaultio.downloads import FileStream, Progress, SavedFile
from vaultio.errors import InvalidDataError, NotAllowedError, NotFoundError
from vaultio.migration.disk import look
from vaultio.migration.entries import Entry, Result
from vaultio.models import Checksum

# What Vault answers, in its many ways, when there is no such file.
_NO_FILE = (InvalidDataError, NotAllowedError, NotFoundError)
MISSING = "missing"
"""In an item's data: why to skip it if there is no such file."""

STALE = "stale"
"""In an item's data: there is something in its place that nothing can be held against."""

_MOST_READ_BYTES = 64 * 1024 * 1024


async def fetched(
    vault: Vault, entry: Entry, folder: Path, progress: Progress, *, has_twins: bool = False
) -> Result:
    """Bring an item's file into the export's folder and check it: one call.

    One that an earlier run had begun may be whole on the disk already, and then costs none. What
    Vault refuses where it was not known that there is a file is skipped. With *has_twins* others
    may be at the same file, here or on other machines: it is looked for in any case, and one that
    is whole is never written over.
    """
    is_stale = bool(entry.data.get(STALE))
    if (has_twins or entry.tries > 1) and not is_stale:
        there = await look(folder, entry)
        if there is not None:
            return there
    assert entry.path is not None
    to = f"{folder / entry.path}{os.sep}" if entry.path.endswith("/") else folder / entry.path
    expected = Checksum(entry.expected_size, entry.expected_md5)
    save = partial(_download(vault, entry), to=to, progress=progress, verify=expected)
    try:
        saved = await save(on_exists="skip" if has_twins and not is_stale else "replace")
        if saved.skipped and (there := await look(folder, entry)) is not None:
            return there  # a twin's, which was faster
        if saved.skipped:
            saved = await save(on_exists="replace")
    except _NO_FILE:
        if MISSING not in entry.data:
            raise
        return Result(number=entry.number, state="skipped", reason=entry.data[MISSING])
    return Result(
        number=entry.number,
        state="done",
        path=saved.path.relative_to(folder).as_posix(),
        size=saved.size,
        md5=saved.md5,
        verified=saved.verified,
    )


async def length_of(vault: Vault, entry: Entry) -> int | None:
    """Say how many bytes an item's file has, for one call; None if there is no such file.

    Where the answer does not announce it, it is read through and counted; a file of more than
    64 MiB then counts as one of 64 MiB.
    """
    try:
        async with _opened(vault, entry) as stream:
            if stream.length is not None:
                return stream.length
            size = 0
            async for chunk in stream:
                size += len(chunk)
                if size >= _MOST_READ_BYTES:
                    break
            return size
    except _NO_FILE:
        return None


def _opened(vault: Vault, entry: Entry) -> AbstractAsyncContextManager[FileStream]:
    """Open what `_download` would save."""
    document_id, number = int(entry.source_id), entry.source_version or ""
    if entry.kind == "attachment":
        attachments = vault.documents.attachments(document_id)
        return attachments.open_version(int(entry.detail or 0), int(number))
    major, _, minor = number.partition(".")
    version = vault.documents.version(document_id, int(major), int(minor))
    if entry.kind == "rendition":
        return version.renditions.open(entry.detail or "")
    return version.annotations.open() if entry.kind == "annotation" else version.open()


def _download(vault: Vault, entry: Entry) -> Callable[..., Awaitable[SavedFile]]:
    """Choose the endpoint: that of the item's own version, so that no later one slips in."""
    document_id, number = int(entry.source_id), entry.source_version or ""
    if entry.kind == "attachment":
        attachments = vault.documents.attachments(document_id)
        return partial(attachments.download_version, int(entry.detail or 0), int(number))
    major, _, minor = number.partition(".")
    version = vault.documents.version(document_id, int(major), int(minor))
    if entry.kind == "rendition":
        return partial(version.renditions.download, entry.detail or "")
    return version.annotations.download if entry.kind == "annotation" else version.download
