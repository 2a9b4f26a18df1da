"""Whether a folder takes files, and how much room there is."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from vaultio.diagnosis.checks import Check, broken

LITTLE = 1_000_000_000
"""Bytes; fewer are a warning."""


def disk_check(folder: Path) -> Check:
    """Write a file of a few bytes into *folder*, and take it away again. Blocks."""
    near = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=near, prefix=".vaultio-") as file:
            file.write(b"vaultio looks whether it may write here")
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(near).free
    except OSError as error:
        return broken("disk", error, f"choose another folder than {near}, or make room")
    said = f"{near} takes files; {free / 1e9:,.1f} GB are free"
    if free < LITTLE:
        return Check("disk", "warn", said, "make room before you fetch much")
    return Check("disk", "ok", said)
