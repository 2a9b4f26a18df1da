"""The report file in the making: lines go to a part, which takes its name at the end."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO

import anyio
import anyio.to_thread

from vaultio.errors import TargetError
from vaultio.migration.disk import refusals

_LINES = 256


class Journal:
    """A context that gathers lines and leaves them in *path*, all of them, whatever ends it.

    Memory stays bounded: lines go to the disk by the hundred. A disk that refuses is a
    `TargetError`, unless another error is on its way already: then there is no file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".vaultio-{secrets.token_hex(8)}.part")
        self._lines: list[str] = []
        self._lock = threading.Lock()
        self._file: TextIO | None = None

    async def __aenter__(self) -> Journal:
        await self._in_thread(self._open)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._in_thread(self._publish)
        except TargetError:
            if error is None:
                raise

    async def write(self, line: str) -> None:
        """Add a line; now and then waits for the disk."""
        self._lines.append(line)
        if len(self._lines) >= _LINES:
            await self._in_thread(self._flush)

    async def _in_thread(self, step: Callable[[], None]) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(step)

    def _open(self) -> None:
        with refusals("write", self._path):
            self._file = self._part.open("x", encoding="ascii")

    def _flush(self) -> None:
        assert self._file is not None
        with self._lock, refusals("write", self._path):
            lines, self._lines = self._lines, []
            self._file.writelines(f"{line}\n" for line in lines)

    def _publish(self) -> None:
        """Write the rest, force it to the disk and give it its name; leave no part behind."""
        assert self._file is not None
        try:
            self._flush()
            with refusals("write", self._path):
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                self._part.replace(self._path)
        finally:
            self._drop()

    def _drop(self) -> None:
        assert self._file is not None
        with suppress(OSError):  # a full disk says so once more
            self._file.close()
        self._part.unlink(missing_ok=True)
