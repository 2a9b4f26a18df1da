"""What lies in an export's folder and was not exported, and what should lie there and does not."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import anyio

from vaultio.migration.disk import in_thread, refusals
from vaultio.migration.entries import storable
from vaultio.migration.layout import METADATA
from vaultio.migration.manifest import NAME, Manifest
from vaultio.migration.report.writing import REPORT_NAME

_PAGE = 5_000
_PATHS = f"""
SELECT number, path FROM items WHERE path IS NOT NULL AND number > ? ORDER BY number LIMIT {_PAGE}
"""
# While a job runs these come and go.
_OUR_OWN = re.compile(r"\.vaultio-.*\.(part|mark)", re.DOTALL)
_TOP = frozenset(
    [f"{NAME}{end}" for end in ("", "-wal", "-shm", "-journal")]
    + [f"{REPORT_NAME}.{name}" for name in ("html", "json", "csv")]
)
_METADATA = (
    (("documents.jsonl", "documents.csv"), "kind = 'document' AND source_version IS NOT NULL"),
    (("renditions.csv",), "kind = 'rendition' AND state = 'done'"),
    (("attachments.csv",), "kind = 'attachment' AND state = 'done'"),
    (("annotations.csv",), "kind = 'annotation' AND state = 'done'"),
    (("roles.csv",), "kind = 'role' AND json_array_length(data, '$.roles') > 0"),
    (("relationships.csv",), "kind = 'relationship'"),
    (("binders.jsonl",), "kind = 'binder'"),
)


async def strays(manifest: Manifest, folder: Path, most: int) -> tuple[int, tuple[str, ...]]:
    """Count the files below *folder* that no item of the manifest has, and name the first *most*.

    Files that came after the look at the manifest began are left out, and so are folders with a
    manifest of their own, such as that of an import. The paths are kept in a file of SQLite's own
    making: there may be millions.
    """
    since, known = time.time(), _Known()
    try:
        last = 0
        while rows := await _page(manifest, last):
            await in_thread(lambda _, rows=rows: known.add(row[1] for row in rows))  # type: ignore[misc]
            last = rows[-1][0]
        return await in_thread(lambda stop: _strays(folder, known, most, since, stop))
    finally:
        with anyio.CancelScope(shield=True):
            await in_thread(lambda _: known.close())


async def missing_metadata(manifest: Manifest, folder: Path) -> tuple[str, ...]:
    """Name the files that there should be below ``metadata/``, by what is in the manifest."""

    def expected(database: sqlite3.Connection) -> list[str]:
        return [
            f"{METADATA}/{name}"
            for names, condition in _METADATA
            if database.execute(f"SELECT 1 FROM items WHERE {condition} LIMIT 1").fetchone()
            for name in names
        ]

    names = await manifest.read(expected)
    return await in_thread(lambda _: tuple(one for one in names if not (folder / one).is_file()))


async def _page(manifest: Manifest, last: int) -> list[sqlite3.Row]:
    return await manifest.read(lambda database: database.execute(_PATHS, (last,)).fetchall())


class _Known:
    """The paths that items have; used in threads, one of which may outlive who waited for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._is_over = False

    def add(self, paths: Iterable[str]) -> None:
        """Add paths."""
        with self._lock:
            if self._is_over:
                return
            database = self._opened()
            database.execute("BEGIN")
            rows = ((path,) for path in paths)
            database.executemany("INSERT OR IGNORE INTO known VALUES (?)", rows)
            database.execute("COMMIT")

    def has(self, path: str) -> bool:
        """Look for a file, or for its folder: that of a file whose name is not known before."""
        folder = f"{PurePosixPath(path).parent}/"
        query = "SELECT 1 FROM known WHERE path IN (?, ?)"
        with self._lock:
            if self._is_over:
                return True
            row = self._opened().execute(query, (storable(path), storable(folder))).fetchone()
        return row is not None

    def close(self) -> None:
        """Forget all paths."""
        with self._lock:
            self._is_over = True
            if self._database is not None:
                self._database.close()

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            # Without a name SQLite makes a file of its own, and removes it.
            self._database = sqlite3.connect("", check_same_thread=False, isolation_level=None)
            self._database.execute("CREATE TABLE known (path TEXT PRIMARY KEY) WITHOUT ROWID")
        return self._database


def _strays(
    folder: Path, known: _Known, most: int, since: float, stop: threading.Event
) -> tuple[int, tuple[str, ...]]:
    number, first = 0, list[str]()
    for path in _below(folder, stop):
        if known.has(path) or _is_new(folder / path, since):
            continue
        number += 1
        if len(first) < most:
            first.append(path)
    return number, tuple(sorted(first))


def _below(folder: Path, stop: threading.Event) -> Iterator[str]:
    """Yield all files below a folder, with ``/``, but those that vaultio writes beside items."""
    waiting = [""]
    while waiting and not stop.is_set():
        at = waiting.pop()
        with refusals("read", folder / at), os.scandir(folder / at) as entries:
            found = list(entries)
        if at and any(entry.name == NAME for entry in found):
            continue
        for entry in found:
            path = f"{at}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{path}/")
            elif not _is_ours(at, entry.name):
                yield path


def _is_ours(folder: str, name: str) -> bool:
    metadata = {name for names, _ in _METADATA for name in names}
    return bool(
        _OUR_OWN.fullmatch(name)
        or (folder == "" and name in _TOP)
        or (folder == f"{METADATA}/" and name in metadata)
    )


def _is_new(path: Path, since: float) -> bool:
    try:
        return path.lstat().st_mtime >= since
    except FileNotFoundError:
        return True
