"""The unfinished file beside its target.

Everything here blocks and is called in threads only. A thread cannot be cancelled: when a task
is, its thread goes on. One lock therefore puts all steps in a row, and a step that comes after
`Part.discard` does nothing.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from vaultio.downloads.integrity import new_md5
from vaultio.downloads.target import OnExists, Target

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Check = Callable[[int, str], None]
"""Given the size in bytes and the MD5, raises if they are wrong."""


class HashingFile(io.FileIO):
    """A new file that reckons the MD5 of what is written, in the same thread."""

    def __init__(self, path: Path, lock: threading.RLock) -> None:
        self._lock = lock
        self.md5 = new_md5()
        super().__init__(path, "xb")  # "x" is O_EXCL: never somebody else's file, nor a link

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of *data*; a plain `FileIO` may write less than it is given."""
        with self._lock, memoryview(data) as view:
            self.md5.update(view)
            written = 0
            while written < len(view):
                written += super().write(view[written:])
        return written

    def writelines(self, lines: Iterable[ReadableBuffer], /) -> None:
        """Write the pieces of a block as one.

        To hash and write them one by one hands the interpreter over twice for each: joined
        first, in this thread, a large file comes a third faster.
        """
        self.write(b"".join(lines))

    def restart(self) -> None:
        """Drop everything written so far."""
        with self._lock:
            self.seek(0)
            self.truncate()
            self.md5 = new_md5()


class Part:
    """A ``.vaultio-<random>.part`` that becomes the target or vanishes."""

    def __init__(self, to: str | os.PathLike[str], on_exists: OnExists) -> None:
        self._to = to
        self._on_exists: OnExists = on_exists
        self._lock = threading.RLock()
        self._over = False
        self._path: Path | None = None
        self._file: HashingFile | None = None
        self._target: Target | None = None
        self.existing_size = 0

    def __str__(self) -> str:
        return str(self._target or os.fspath(self._to))

    @property
    def file(self) -> HashingFile:
        """What to write to; there from `prepare` on."""
        assert self._file is not None
        return self._file

    @property
    def target(self) -> Target:
        """Where it goes; known from `prepare` on."""
        assert self._target is not None
        return self._target

    def prepare(self) -> bool:
        """Make the folder and the empty part in it; False to skip.

        A folder that cannot be written to is found out here, before a call is spent.
        """
        with self._lock:
            self._target = Target.of(self._to, self._on_exists)
            if self._over or not self._wanted():
                return False
            folder = self._target.folder
            folder.mkdir(parents=True, exist_ok=True)
            self._path = folder / f".vaultio-{secrets.token_hex(8)}.part"
            self._file = HashingFile(self._path, self._lock)
            return True

    def claim(self, name: str) -> bool:
        """Name the file, unless the user did; False to skip."""
        with self._lock:
            self._target = self.target.called(name)
            return self._wanted()

    def commit(self, rest: Iterable[ReadableBuffer], check: Check) -> Path | None:
        """Write *rest*, *check*, force to disk and publish; None if it was skipped after all.

        If *check* raises, the part stays open for another try.
        """
        with self._lock:
            self.file.writelines(rest)
            check(self.file.tell(), self.file.md5.hexdigest())
            os.fsync(self.file.fileno())
            self.file.close()
            assert self._path is not None
            published = self.target.publish(self._path)
            if published is None:
                self.existing_size = self.target.path.lstat().st_size
            self._remove()
            return published

    def discard(self) -> None:
        """Leave nothing behind; waits for the step that another thread is in."""
        with self._lock:
            self._over = True
            if self._file is not None:
                with contextlib.suppress(OSError):  # NFS tells of a full disk once more
                    self._file.close()
            self._remove()

    def _wanted(self) -> bool:
        wanted = self.target.wanted()
        if not wanted:
            self.existing_size = self.target.path.lstat().st_size
        return wanted

    def _remove(self) -> None:
        if self._path is not None:
            # What brought us here is the error to tell; this one would only hide it.
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
