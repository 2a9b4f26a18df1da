"""What is uploaded: something that can be read again, should the request have to be sent again."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from attrs import field, frozen

from vaultio.errors import InvalidArgumentError


@frozen
class FileSource:
    """A file that `open` opens anew each time, to be read from its beginning and closed.

    `size` is in bytes, or None if nobody knows before it is read; `filename` is what Vault is
    told that it is called.
    """

    open: Callable[[], BinaryIO] = field(repr=False)
    filename: str
    size: Callable[[], int | None] = field(default=lambda: None, repr=False)


Upload = str | os.PathLike[str] | bytes | BinaryIO | FileSource
"""A file to upload: a path, its bytes, a seekable binary file, or a `FileSource`."""


def source_of(upload: Upload, filename: str | None = None) -> FileSource:
    """Make a source of what a user gives as a file; *filename* if it is to be called otherwise.

    A one-shot stream is refused: sent again, it would send nothing.
    """
    if isinstance(upload, FileSource):
        return upload if filename is None else FileSource(upload.open, filename, upload.size)
    if isinstance(upload, bytes | bytearray | memoryview):
        data = bytes(upload)
        return FileSource(lambda: io.BytesIO(data), filename or "file", lambda: len(data))
    if isinstance(upload, str | os.PathLike):
        path = Path(upload)
        name = filename or path.name
        if not name:
            raise InvalidArgumentError(f"{str(upload)!r} names no file")
        return FileSource(lambda: path.open("rb"), name, lambda: path.stat().st_size)
    if hasattr(upload, "encoding"):
        raise InvalidArgumentError("the file to upload is open as text: open it with mode 'rb'")
    if callable(getattr(upload, "seekable", None)) and upload.seekable():
        return _open_file(upload, filename)
    raise InvalidArgumentError(
        f"a file to upload is a path, bytes, a seekable binary file or a FileSource, "
        f"not {type(upload).__name__}"
    )


def _open_file(file: BinaryIO, filename: str | None) -> FileSource:
    """Read a user's own open file from where it stands, and leave it open."""
    start = file.tell()
    named = getattr(file, "name", None)
    name = filename or (Path(named).name if isinstance(named, str) else "") or "file"

    def size() -> int:
        return file.seek(0, io.SEEK_END) - start

    return FileSource(lambda: _Borrowed(file, start), name, size)


class _Borrowed(io.RawIOBase, BinaryIO):
    """A view of somebody else's file that closes nothing."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        super().__init__()
        self._file = file
        file.seek(start)

    def read(self, size: int = -1) -> bytes:
        """Read from the file underneath."""
        return self._file.read(size)
