"""A file on its way into a vault: its MD5 is reckoned from the very bytes that are sent."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import BinaryIO

from vaultio.errors import ChecksumError
from vaultio.protocol.sources import FileSource


class HashedFile:
    """The file *path*, to be uploaded as *filename*; `size` and `md5` are of the last sending."""

    def __init__(self, path: Path, filename: str | None = None) -> None:
        self.source = FileSource(self._open, filename or path.name, lambda: path.stat().st_size)
        self._path = path
        self._reader: _Reader | None = None

    @property
    def size(self) -> int:
        """How many bytes were sent."""
        return self._reader.size if self._reader else 0

    @property
    def md5(self) -> str:
        """The MD5 of what was sent, in hex digits."""
        return self._reader.digest.hexdigest() if self._reader else ""

    def check(self, expected: str | None) -> None:
        """Raise `ChecksumError` if what was sent is not what was expected."""
        if expected and expected.lower() != self.md5:
            raise ChecksumError(
                f"the file {self._path.name!r} is not the one that was exported: its MD5 is "
                f"{self.md5}, not {expected}"
            )

    def _open(self) -> BinaryIO:
        self._reader = _Reader(self._path)
        return self._reader


class _Reader(io.RawIOBase, BinaryIO):
    """A file that is read once from its beginning; each block is reckoned in as it is read."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.size = 0
        self.digest = hashlib.md5(usedforsecurity=False)
        self._file = path.open("rb", buffering=0)

    def read(self, size: int = -1) -> bytes:
        """Read a block."""
        block = self._file.read(size)
        self.size += len(block)
        self.digest.update(block)
        return block

    def close(self) -> None:
        """Close the file underneath."""
        self._file.close()
        super().close()


def md5_of(path: Path) -> tuple[int, str]:
    """Read a file through, and return its size in bytes and its MD5; blocks."""
    with _Reader(path) as reader:
        while reader.read(1024 * 1024):
            pass
        return reader.size, reader.digest.hexdigest()
