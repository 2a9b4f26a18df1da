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
from collections import deque
from collections.abc import Callable
from pathlib import Path

from vaultio.downloads.folders import make_folders, sync_folder
from vaultio.downloads.integrity import new_md5
from vaultio.downloads.target import OnExists, Target

Block = deque[bytes | bytearray | memoryview]
"""The pieces of one block, in order."""

Check = Callable[[int, str | None], None]
"""Given the size in bytes and the MD5 (None: not reckoned), raises if they are wrong."""

_MANY_PIECES = 16


class PartFile(io.FileIO):
    """A new file that takes whole blocks, and with *hashing* reckons the MD5 of them."""

    def __init__(self, path: Path, *, hashing: bool) -> None:
        self._hashing = hashing
        self._md5 = new_md5() if hashing else None
        self.size = 0
        """Bytes written so far."""

        super().__init__(path, "xb")  # "x" is O_EXCL: never somebody else's file, nor a link

    @property
    def md5(self) -> str | None:
        """The MD5 of what was written, 32 hexadecimal digits; None without *hashing*."""
        return self._md5.hexdigest() if self._md5 else None

    def put(self, block: Block) -> None:
        """Hash and write all of *block*, and empty it.

        The pieces go to the disk as they came: nothing is copied. But to hash many small ones
        hands the interpreter over for each, so those are joined first.
        """
        if self._md5 is not None:
            if len(block) > _MANY_PIECES:
                joined = b"".join(block)
                block.clear()
                block.append(joined)
            for piece in block:
                self._md5.update(piece)
        while block:
            written = _write(self.fileno(), block)
            self.size += written
            _consume(block, written)

    def restart(self) -> None:
        """Drop everything written so far."""
        self.seek(0)
        self.truncate()
        self.size = 0
        self._md5 = new_md5() if self._hashing else None


def _write(descriptor: int, block: Block) -> int:
    """Write the pieces, or the first of them, in one call; return how many bytes it took."""
    if hasattr(os, "writev"):
        return os.writev(descriptor, block)
    return os.write(descriptor, block[0])


def _consume(block: Block, written: int) -> None:
    """Drop the first *written* bytes: a disk that gets full takes less than it is given."""
    while block and len(block[0]) <= written:
        written -= len(block.popleft())
    if written:
        block[0] = block[0][written:]


class Part:
    """A ``.vaultio-<random>.part`` that becomes the target or vanishes."""

    def __init__(self, to: str | os.PathLike[str], on_exists: OnExists, *, hashing: bool) -> None:
        self._to = to
        self._on_exists: OnExists = on_exists
        self._hashing = hashing
        self._lock = threading.Lock()
        self._over = False
        self._looked = True
        self._made: list[Path] = []
        self._path: Path | None = None
        self._file: PartFile | None = None
        self._target: Target | None = None
        self.existing_size = 0

    def __str__(self) -> str:
        return str(self._target or os.fspath(self._to))

    @property
    def _open_file(self) -> PartFile:
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
            path = self._target.folder / f".vaultio-{secrets.token_hex(8)}.part"
            try:
                file = PartFile(path, hashing=self._hashing)
            except FileNotFoundError:
                self._made = make_folders(self._target.folder)
                file = PartFile(path, hashing=self._hashing)
            self._path, self._file = path, file
            return True

    def call(self, name: str) -> bool:
        """Name the file, unless the user did; whether the disk is yet to be asked about it.

        Touches no disk. `look` asks; where nobody does, `commit` will.
        """
        if self.target.name is not None:
            return False
        self._target = self.target.called(name)
        self._looked = not self._target.may_be_taken
        return not self._looked

    def look(self) -> bool:
        """Ask whether a file of that name is there; False to skip."""
        with self._lock:
            self._looked = True
            return self._wanted()

    def write(self, block: Block) -> None:
        """Put *block* behind what is there, and empty it."""
        with self._lock:
            if not self._over:
                self._open_file.put(block)

    def restart(self) -> None:
        """Drop everything written so far."""
        with self._lock:
            if not self._over:
                self._open_file.restart()

    def commit(self, rest: Block, check: Check) -> Path | None:
        """Write *rest*, *check*, force to disk and publish; None if it was skipped after all.

        If *check* raises, the part stays open for another try.
        """
        with self._lock:
            file, published = self._open_file, None
            if not self._over and (self._looked or self._wanted()):
                file.put(rest)
                check(file.size, file.md5)
                os.fsync(file.fileno())
                published = self._publish(file)
            file.close()
            self._remove()
            return published

    def _publish(self, file: PartFile) -> Path | None:
        file.close()  # what is open cannot be renamed on Windows
        assert self._path is not None
        published = self.target.publish(self._path)
        if published is None:
            self.existing_size = self.target.path.lstat().st_size
        else:
            self._keep(published)
        return published

    def _keep(self, published: Path) -> None:
        """Force the file's name to the disk, too; take it back if the disk refuses.

        A file that took the place of another stays: it is whole, and the other one is gone.
        """
        try:
            for folder in (self.target.folder, *self._made):
                sync_folder(folder)
        except OSError:
            if not self.target.replaces:
                published.unlink(missing_ok=True)
            raise

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
