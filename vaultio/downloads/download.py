"""Save a file of Vault's: whole and checked, or not at all."""

from __future__ import annotations

import os

from vaultio.downloads.fetch import Fetch, Progress
from vaultio.downloads.saved import SavedFile
from vaultio.downloads.sink import Sink
from vaultio.downloads.source import FileCaller
from vaultio.downloads.target import OnExists
from vaultio.models.checksum import Checksum
from vaultio.protocol.request import Request


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

    In a folder it has the server's name, made safe, else *fallback_name*; an *archive* ends in
    ``.zip``. The bytes go to a hidden part beside the target, which takes its name only once
    length and *expected* size and MD5 are right and the disk has it: the target is whole or
    absent. A killed process leaves its part; folders that were made stay in any case. A file that
    is there is found out before a call is spent, if *to* is a file name.

    A body that is cut short is continued where the server can, else fetched again, with *resume*
    in place of *request* if that has an effect that must not happen twice.

    Raises `DownloadError` (see its subclasses) and what the call itself raises.
    """
    expected = expected or Checksum()
    hashing = caller.always_md5 or bool(expected.md5)
    async with Sink(to, on_exists, hashing=hashing, threads=caller.threads) as sink:
        if not await sink.prepare():
            return SavedFile(path=sink.target, size=sink.existing_size, skipped=True)
        fetch = Fetch(caller, request, sink, resume, expected, progress, fallback_name, archive)
        return await fetch.run()
