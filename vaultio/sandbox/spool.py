"""Where uploaded files go: small ones into memory, large ones into a file without a name."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import weakref
from collections.abc import Iterator
from functools import cached_property
from threading import Lock

from vaultio.sandbox.content import BLOCK_BYTES, Content
from vaultio.sandbox.failures import RefusedError

IN_MEMORY_BYTES = 8 * 1024 * 1024


class SpooledContent(Content):
    """A file that came in block by block; on disk it goes when nobody needs it any more."""

    def __init__(self, max_bytes: int) -> None:
        self.size = 0
        self._max_bytes = max_bytes
        self._digest = hashlib.md5(usedforsecurity=False)
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
        self._turn = Lock()
        weakref.finalize(self, self._file.close)

    @property
    def on_disk(self) -> bool:
        """Whether reading it may take the disk's time."""
        return self.size > IN_MEMORY_BYTES

    async def write(self, block: bytes) -> None:
        """Take the next block, or refuse: the file is too large."""
        self.size += len(block)
        if self.size > self._max_bytes:
            raise RefusedError(
                "EXCEEDS_FILE_MAX_SIZE",
                f"The size of the file exceeds the maximum of {self._max_bytes} bytes.",
            )
        self._digest.update(block)
        if self.on_disk:
            await asyncio.to_thread(self._file.write, block)
        else:
            self._file.write(block)

    @cached_property
    def md5(self) -> str:
        """The MD5 in lower-case hexadecimal, reckoned on the way in."""
        return self._digest.hexdigest()

    def blocks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from offset *start* on."""
        for offset in range(start, self.size, BLOCK_BYTES):
            # Others may be reading at another place, in another thread.
            with self._turn:
                self._file.seek(offset)
                block = self._file.read(BLOCK_BYTES)
            yield block
