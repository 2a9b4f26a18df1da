"""Holds files against what the manifest says of them; in threads, never in the event loop."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import frozen

from vaultio.migration.disk import md5_of
from vaultio.migration.entries import Entry

Wrong = Literal["missing", "changed", "unreadable"]


@frozen(kw_only=True)
class Held:
    """A file that was looked at: `wrong` is None if it is right, `by` what it was held against."""

    entry: Entry
    wrong: Wrong | None = None
    by: Literal["source", "arrival", "size"] = "size"
    message: str = ""


def hold(folder: Path, rows: Iterable[Mapping[str, Any]], stop: threading.Event) -> list[Held]:
    """Look at the files of some rows of the manifest, until *stop* says that nobody waits."""
    entries = (Entry.of({**dict(row), "key": "", "stage": "", "data": "{}"}) for row in rows)
    return [_held(folder, entry, stop) for entry in entries if not stop.is_set()]


def _held(folder: Path, entry: Entry, stop: threading.Event) -> Held:
    path = folder / (entry.path or "")
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return Held(entry=entry, wrong="changed", message="it is no file any more")
        if entry.size is not None and status.st_size != entry.size:
            said = f"it has {status.st_size:,} bytes, not {entry.size:,}"
            return Held(entry=entry, wrong="changed", message=said)
        expected = entry.expected_md5 or entry.md5
        md5 = md5_of(path, stop) if expected else None
    except (FileNotFoundError, NotADirectoryError):
        return Held(entry=entry, wrong="missing", message="it is not there")
    except OSError as error:
        return Held(entry=entry, wrong="unreadable", message=error.strerror or str(error))
    if expected and md5 != expected.strip().lower():
        return Held(entry=entry, wrong="changed", message=f"its MD5 is {md5}, not {expected}")
    if not expected:
        return Held(entry=entry)
    return Held(entry=entry, by="source" if entry.expected_md5 else "arrival")
