"""Verification: what is on the disk against what the manifest says. Nothing is changed.

Every file of an export is read and held against its MD5: the source's where that knows one, else
the one that was reckoned when the file arrived. Memory does not grow with their number.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from attrs import define, field, frozen

from vaultio.display import facts_html, rows_html
from vaultio.errors import InvalidArgumentError
from vaultio.migration.disk import in_thread
from vaultio.migration.entries import State
from vaultio.migration.holding import Held, hold
from vaultio.migration.manifest import Manifest
from vaultio.migration.outcome import FILES
from vaultio.migration.report.writing import manifest_path
from vaultio.migration.strays import missing_metadata, strays
from vaultio.migration.trouble import first

MOST_DIFFERENCES = 1_000
_PAGE, _CHUNK = 1_000, 16
_IS_FILE = f"state = 'done' AND path IS NOT NULL AND kind IN ({str(sorted(FILES))[1:-1]})"
_FILES = f"""
SELECT number, kind, source_id, source_version, detail, path, size, md5, expected_md5 FROM items
WHERE {_IS_FILE} AND number > ? ORDER BY number LIMIT {_PAGE}
"""


@frozen
class Checked:
    """So many files of all, and so many bytes, have been looked at."""

    files: int
    of_files: int
    size: int
    of_size: int


@frozen
class Difference:
    """A file that is not what the manifest says; `path` is below the folder."""

    kind: Literal["missing", "changed", "unreadable"]
    path: str
    label: str
    """Names the item, such as ``document 7 (0.1) source file``."""

    message: str


@frozen(kw_only=True)
class Verification:
    """What a verification found. Sizes are bytes."""

    folder: Path
    files: int
    """Files that the manifest has as done; so many were looked for."""

    size: int
    """Bytes that these should have."""

    by_source: int
    """Files that are right by the MD5 that the source knows."""

    by_arrival: int
    """Files that are right by the MD5 that they had when they arrived: the source knows none."""

    by_size: int
    """Files that have the right size, of which no MD5 is known."""

    missing: int
    changed: int
    unreadable: int
    differences: tuple[Difference, ...]
    """The first 1,000, in the order of the manifest, more or less."""

    metadata_missing: tuple[str, ...]
    """Files that should be below ``metadata/`` and are not."""

    strays: int
    """Files in the folder that nobody has exported: only told."""

    stray_paths: tuple[str, ...]
    """The first 1,000, below the folder."""

    failed: int
    """Items of the manifest that failed, and so have no file."""

    waiting: int
    """Items of the manifest that are not done yet."""

    seconds: float

    def _repr_html_(self) -> str:
        """Show tables in a notebook: the numbers, and what is not as it should be."""
        names = ["is_right", "files", "by_source", "by_arrival", "by_size"]
        names += ["missing", "changed", "unreadable", "strays"]
        said = facts_html(f"Verification of {self.folder}", {n: getattr(self, n) for n in names})
        rows = [{"what": d.kind, "path": d.path, "why": d.message} for d in self.differences]
        return said + (rows_html("differences", rows) if rows else "")

    @property
    def is_right(self) -> bool:
        """Whether all that is done is there, unchanged."""
        return not (self.missing or self.changed or self.unreadable or self.metadata_missing)


@define
class _Sums:
    """What was found so far."""

    files: int
    size: int
    looked: int = 0
    read: int = 0
    right: dict[str, int] = field(factory=lambda: dict.fromkeys(("source", "arrival", "size"), 0))
    wrong: dict[str, int] = field(
        factory=lambda: dict.fromkeys(("missing", "changed", "unreadable"), 0)
    )
    differences: list[Difference] = field(factory=list)

    def take(self, held: Held) -> None:
        """Count a file."""
        self.looked += 1
        self.read += held.entry.size or 0
        if held.wrong is None:
            self.right[held.by] += 1
            return
        self.wrong[held.wrong] += 1
        if len(self.differences) < MOST_DIFFERENCES:
            entry = held.entry
            difference = Difference(held.wrong, entry.path or "", entry.label, held.message)
            self.differences.append(difference)


async def verify(
    folder: str | os.PathLike[str],
    *,
    concurrency: int = 4,
    on_event: Callable[[Checked], object] | None = None,
) -> Verification:
    """Read all files of an export again and hold them against its manifest.

    *concurrency* files are read at once, in threads; *on_event* is called in the event loop. It
    works while a job runs, too, on what is done by then. Raises `InvalidArgumentError` if there is
    no manifest of an export.
    """
    if concurrency < 1:
        raise InvalidArgumentError(f"concurrency must be at least 1, not {concurrency}")
    begun, path = anyio.current_time(), await manifest_path(folder)
    async with Manifest(path) as manifest:
        await _check_kind(manifest)
        sums = _Sums(*await manifest.read(_totals))
        await _hold_all(manifest, sums, concurrency, on_event or (lambda _: None))
        found, paths = await strays(manifest, path.parent, MOST_DIFFERENCES)
        lost = await missing_metadata(manifest, path.parent)
        states = await manifest.read(_states)
    return Verification(
        folder=path.parent,
        files=sums.files,
        size=sums.size,
        **{f"by_{name}": number for name, number in sums.right.items()},
        **sums.wrong,
        differences=tuple(sums.differences),
        metadata_missing=lost,
        strays=found,
        stray_paths=paths,
        failed=states.get("failed", 0),
        waiting=states.get("found", 0) + states.get("leased", 0),
        seconds=anyio.current_time() - begun,
    )


async def _check_kind(manifest: Manifest) -> None:
    kind = (await manifest.job()).get("kind")
    if kind != "export":
        raise InvalidArgumentError(
            f"{manifest.path} is the manifest of a job that leaves no files ({kind}): only the "
            "folder of an export can be verified"
        )


def _totals(database: sqlite3.Connection) -> tuple[int, int]:
    query = f"SELECT count(*), coalesce(sum(size), 0) FROM items WHERE {_IS_FILE}"
    files, size = database.execute(query).fetchone()
    return int(files), int(size)


def _states(database: sqlite3.Connection) -> dict[State, int]:
    return dict(database.execute("SELECT state, count(*) FROM items GROUP BY state").fetchall())


async def _hold_all(
    manifest: Manifest, sums: _Sums, concurrency: int, tell: Callable[[Checked], object]
) -> None:
    """Hand out all files to threads, a few at a time."""
    send, receive = anyio.create_memory_object_stream[Sequence[sqlite3.Row]](0)
    try:
        async with anyio.create_task_group() as group, send:
            with receive:
                for _ in range(concurrency):
                    group.start_soon(_hold_some, manifest.path.parent, receive.clone(), sums, tell)
            await _hand_out(manifest, send)
    except BaseExceptionGroup as several:
        raise first(several) from None


async def _hand_out(
    manifest: Manifest, send: MemoryObjectSendStream[Sequence[sqlite3.Row]]
) -> None:
    last = 0
    while rows := await _page(manifest, last):
        for at in range(0, len(rows), _CHUNK):
            await send.send(rows[at : at + _CHUNK])
        last = rows[-1]["number"]


async def _page(manifest: Manifest, last: int) -> list[sqlite3.Row]:
    return await manifest.read(lambda database: database.execute(_FILES, (last,)).fetchall())


async def _hold_some(
    folder: Path,
    receive: MemoryObjectReceiveStream[Sequence[sqlite3.Row]],
    sums: _Sums,
    tell: Callable[[Checked], object],
) -> None:
    with receive:
        async for rows in receive:
            for held in await in_thread(lambda stop, rows=rows: hold(folder, rows, stop)):  # type: ignore[misc]
                sums.take(held)
            tell(Checked(sums.looked, max(sums.files, sums.looked), sums.read, sums.size))
