"""A report's files: each is there whole, or as it was before."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import anyio

from vaultio.migration.disk import in_thread, refusals


async def write_file(path: Path, pieces: AsyncIterator[str], *, encoding: str = "utf-8") -> None:
    """Write a file that takes its name once it is whole; a disk that refuses is a `TargetError`.

    What Unicode has no place for, such as half a pair of surrogates, is written as an escape.
    """
    part = _Part(path, encoding)
    try:
        async for piece in pieces:
            await in_thread(lambda _, piece=piece: part.write(piece))  # type: ignore[misc]
        await in_thread(lambda _: part.publish())
    finally:
        with anyio.CancelScope(shield=True):
            await in_thread(lambda _: part.drop())


class _Part:
    """A file in the making; used in threads, one of which may outlive who waited for it."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path = path
        self._part = path.with_name(f".vaultio-{secrets.token_hex(8)}.part")
        self._encoding = encoding
        self._file: TextIO | None = None
        self._is_over = False
        self._lock = threading.Lock()

    def write(self, text: str) -> None:
        """Add text."""
        with self._lock, refusals("write", self._path):
            if not self._is_over:
                self._opened().write(text)

    def publish(self) -> None:
        """Give the file its name."""
        with self._lock, refusals("write", self._path):
            if self._is_over:
                return
            file = self._opened()
            file.flush()
            os.fsync(file.fileno())
            file.close()
            self._part.replace(self._path)

    def drop(self) -> None:
        """Leave nothing behind but the file that was published."""
        with self._lock:
            self._is_over = True
            if self._file is not None:
                with suppress(OSError):  # a full disk has been told of already
                    self._file.close()
                with suppress(OSError):
                    self._part.unlink(missing_ok=True)

    def _opened(self) -> TextIO:
        if self._file is None:
            self._file = self._part.open(
                "x", encoding=self._encoding, errors="backslashreplace", newline=""
            )
        return self._file
