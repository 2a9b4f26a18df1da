"""One file of an export: looked for on the disk if it may be there, else downloaded."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from vaultio.client import Vault
from vaultio.downloads import Progress, SavedFile
from vaultio.errors import InvalidDataError, NotAllowedError, NotFoundError
from vaultio.migration.disk import look
from vaultio.migration.entries import Entry, Result
from vaultio.models import Checksum

# What Vault answers, in its many ways, when there is no such file.
_NO_FILE = (InvalidDataError, NotAllowedError, NotFoundError)


async def fetched(vault: Vault, entry: Entry, folder: Path, progress: Progress) -> Result:
    """Bring an item's file into the export's folder and check it: one call.

    One that an earlier run had begun may be whole on the disk already, and then costs none. What
    Vault refuses where it was not known that there is a file is skipped.
    """
    if entry.tries > 1 and (there := await look(folder, entry)) is not None:
        return there
    assert entry.path is not None
    to = f"{folder / entry.path}{os.sep}" if entry.path.endswith("/") else folder / entry.path
    expected = Checksum(entry.expected_size, entry.expected_md5)
    try:
        saved = await _download(vault, entry)(
            to=to, on_exists="replace", progress=progress, verify=expected
        )
    except _NO_FILE:
        if "missing" not in entry.data:
            raise
        return Result(number=entry.number, state="skipped", reason=entry.data["missing"])
    return Result(
        number=entry.number,
        state="done",
        path=saved.path.relative_to(folder).as_posix(),
        size=saved.size,
        md5=saved.md5,
        verified=saved.verified,
    )


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
