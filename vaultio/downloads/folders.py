"""Folders that last: a file is on the disk only when its name is, and that is its folder's.

Everything here blocks and is called in threads only.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
"""What network disks say that force names to the disk by themselves, or never."""


def make_folders(folder: Path) -> list[Path]:
    """Make *folder* and what is missing above it; return the folders that have a new one in them.

    The innermost comes first. Of folders that another program makes at the same time nothing is
    said: they are its own to keep.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return [one.parent for one in missing]


def sync_folder(folder: Path) -> None:
    """Force the names in *folder* to the disk; does nothing where that cannot be asked for."""
    if os.name == "nt":  # has no such thing; NTFS keeps a journal of names
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        return  # a folder that may be written to and not read
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)
