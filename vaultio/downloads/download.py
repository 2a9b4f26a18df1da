"""Save a file of Vault's: whole and checked, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from attrs import frozen

from vaultio.downloads.fetch import Fetch, Progress
from vaultio.downloads.integrity import Verified, verified
from vaultio.downloads.sink import Sink
from vaultio.downloads.source import FileCaller
from vaultio.downloads.target import OnExists
from vaultio.models.checksum import Checksum
from vaultio.protocol.request import Request


@frozen(kw_only=True)
class SavedFile:
    """A file that is on disk, whole. `size` is in bytes."""

    path: Path
    size: int

    md5: str | None = None
    """32 hexadecimal digits, reckoned from what was written; None only if `skipped`."""

    name: str | None = None
    """What the server calls the file, whatever it is called here; None if it does not say."""

    content_type: str | None = None

    verified: Verified = "none"
    """What the bytes were held against; see `Verified`."""

    skipped: bool = False
    """The file was there before, was left as it is and was not looked into."""

    restarts: int = 0
    """How often the file was fetched from its first byte again."""


async def save(
    caller: FileCaller,
    request: Request,
    to: str | os.PathLike[str],
    *,
    on_exists: OnExists = "error",
    progress: Progress | None = None,
    expected: Checksum | None = None,
    fallback_name: str,
    archive: bool = False,
    resume: Request | None = None,
) -> SavedFile:
    """Fetch a file into *to*: an existing folder, a folder to be made (``"exports/"``), or a file.

    In a folder the file has the name that the server gives it, made safe, else *fallback_name*;
    an *archive* ends in ``.zip``. Bytes go to a hidden ``.part`` beside the target, which takes
    its name only when length and *expected* size and MD5 are right and the disk has them: the
    target is whole or absent whatever happens. Folders that were made stay.

    A body that is cut short is continued where the server can, else fetched again, with *resume*
    in place of *request* if that has an effect that must not happen twice.

    With a file name and ``"error"`` or ``"skip"`` no call is spent on a file that is there.

    Raises `TargetExistsError`, `TargetError` (full, read-only, ...), `TruncatedError`,
    `ChecksumError`, `StalledError`, and what the call itself raises.
    """
    expected = expected or Checksum()
    async with Sink(to, on_exists) as sink:
        if not await sink.prepare():
            return SavedFile(path=sink.target, size=sink.existing_size, skipped=True)
        fetch = Fetch(
            caller,
            request,
            sink,
            resume=resume,
            expected=expected,
            progress=progress,
            fallback_name=fallback_name,
            archive=archive,
        )
        path = await fetch.run()
        if path is None:
            return SavedFile(
                path=sink.target,
                size=sink.existing_size,
                name=fetch.name,
                content_type=fetch.content_type,
                skipped=True,
            )
    return SavedFile(
        path=path,
        size=sink.size,
        md5=fetch.md5,
        name=fetch.name,
        content_type=fetch.content_type,
        verified=verified(expected, length_known=fetch.length_known),
        restarts=fetch.restarts,
    )
