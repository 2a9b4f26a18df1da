"""One file of Vault's that is yet to be fetched: to disk, or chunk by chunk."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from functools import partial

from vaultio.downloads import FileOpening, OnExists, Progress, SavedFile, save
from vaultio.models import Checksum
from vaultio.protocol.request import Request
from vaultio.transport import Caller

Target = str | os.PathLike[str]
Verify = bool | Checksum


class File:
    """A file that *request* asks for.

    *name* is what it is called where Vault gives no name; *checksum* asks Vault what the file
    must be, where Vault knows; *resume* is the request that may follow a first one that must
    not be sent twice.
    """

    def __init__(
        self,
        caller: Caller,
        request: Request,
        *,
        name: str,
        archive: bool = False,
        checksum: Callable[[], Awaitable[Checksum]] | None = None,
        resume: Request | None = None,
    ) -> None:
        self._caller = caller
        self._request = request
        self._name = name
        self._archive = archive
        self._checksum = checksum
        self._resume = resume

    async def save(
        self, to: Target, on_exists: OnExists, progress: Progress | None, verify: Verify
    ) -> SavedFile:
        """Save the file under *to*, whole and checked, or not at all."""
        return await save(
            self._caller,
            self._request,
            to,
            on_exists=on_exists,
            progress=progress,
            expected=await self._expected(verify),
            fallback_name=self._name,
            archive=self._archive,
            resume=self._resume,
        )

    def open(self, verify: Verify) -> FileOpening:
        """Open the file as a stream of chunks."""
        expected = partial(self._expected, verify)
        return FileOpening(self._caller, self._request, self._name, expected)

    async def _expected(self, verify: Verify) -> Checksum | None:
        """Find out what the file must be: as given, or for one more call as Vault knows it."""
        if isinstance(verify, Checksum):
            return verify
        return await self._checksum() if verify and self._checksum is not None else None
