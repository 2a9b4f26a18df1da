"""One job at a time in a folder: a lock that goes with the process, and leaves no file."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

from vaultio.errors import TargetError


class FolderLock:
    """The lock of *folder*; Windows, and network disks without locks, let everybody in.

    `acquire` blocks and is called in a thread; one that comes after `release`, because the task
    was cancelled meanwhile, takes nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._over = False
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock, or raise `TargetError` if another job has it."""
        with self._guard:
            if not self._over:
                self._descriptor = self._locked()

    def release(self) -> None:
        """Let the lock go, if it was taken."""
        with self._guard:
            self._over = True
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _locked(self) -> int | None:
        if sys.platform == "win32":
            return None
        import fcntl

        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise TargetError(
                f"another job is writing to {self._folder}: wait for it, or choose another folder",
                errno.EBUSY,
            ) from None
        except OSError:
            os.close(descriptor)
            return None
        return descriptor
