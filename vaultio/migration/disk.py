"""The folder of a job: its lock, what dead runs left in it, and what is whole already.

What blocks here runs in threads; a thread that nobody waits for any more ends soon by itself.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

import anyio
import anyio.to_thread

from vaultio.errors import TargetError
from vaultio.migration.entries import Entry, Result
from vaultio.migration.lock import FolderLock

T = TypeVar("T")
_PART = re.compile(r"\.vaultio-.*\.part", re.DOTALL)
_BLOCK_BYTES = 1024 * 1024


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[None]:
    """Make *folder* ready for a job: there, and ours alone.

    A folder that another job is writing to is a `TargetError`.
    Windows, and network disks without locks, cannot tell.
    """
    lock = FolderLock(folder)
    try:
        await in_thread(lambda _: _made_ours(folder, lock))
        yield
    finally:
        lock.release()


@asynccontextmanager
async def marked(folder: Path) -> AsyncIterator[Path]:
    """Put a file into *folder* by which others see that theirs is the same; its name is new."""
    mark = folder / f".vaultio-{token_hex(8)}.mark"
    await in_thread(lambda _: _mark(mark))
    try:
        yield mark
    finally:
        with anyio.CancelScope(shield=True):
            await in_thread(lambda _: mark.unlink(missing_ok=True))


async def look(folder: Path, entry: Entry) -> Result | None:
    """Look whether an item's file is whole on the disk; None if it has to be fetched.

    It is whole if it has the size and the MD5 that Vault knows. Where Vault knows neither, being
    there is enough: a file takes its name only once it is complete.
    """
    return await in_thread(lambda stop: _look(folder, entry, stop))


async def unknowable(folder: Path, entries: Sequence[Entry]) -> set[int]:
    """Return the numbers of items in whose place something lies that cannot be checked.

    Vault knows neither size nor MD5 of them, and no run has begun them yet: it is not ours.
    """
    suspects = [
        one
        for one in entries
        if one.path and one.tries <= 1 and not one.expected_md5 and one.expected_size is None
    ]
    return set(await in_thread(lambda _: _taken(folder, suspects))) if suspects else set()


async def changed(folder: Path, entries: Sequence[Entry], *, by_md5: bool) -> list[int]:
    """Return the numbers of items whose files are not any more what the manifest says.

    They are held against their size, and with *by_md5* read through.
    """
    return await in_thread(lambda stop: _changed(folder, entries, by_md5, stop))


async def sweep(folders: Iterable[Path]) -> None:
    """Remove the parts that dead runs left in these folders; not what is below them."""
    await in_thread(lambda stop: _sweep(folders, stop))


async def in_thread(work: Callable[[threading.Event], T]) -> T:
    """Run *work* in a thread; the event it is given says that its result is not wanted."""
    stop = threading.Event()
    try:
        return await anyio.to_thread.run_sync(work, stop, abandon_on_cancel=True)
    finally:
        stop.set()


@contextmanager
def refusals(what: str, path: Path) -> Iterator[None]:
    """Turn what the disk says into a `TargetError`: *what* could not be done, at *path*."""
    try:
        yield
    except TargetError:
        raise
    except OSError as error:
        said = error.strerror or str(error)
        raise TargetError(f"could not {what} {path}: {said}", error.errno) from error


def _made_ours(folder: Path, lock: FolderLock) -> None:
    with refusals("write to", folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()


def _mark(mark: Path) -> None:
    with refusals("write to", mark.parent):
        for old in mark.parent.glob(".vaultio-*.mark"):  # a dead driver's
            old.unlink(missing_ok=True)
        mark.touch()


def _sweep(folders: Iterable[Path], stop: threading.Event) -> None:
    for folder in folders:
        if stop.is_set():
            return
        with refusals("tidy up", folder), suppress(FileNotFoundError, NotADirectoryError):
            _sweep_one(folder)


def _sweep_one(folder: Path) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if _PART.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink(missing_ok=True)


def _look(folder: Path, entry: Entry, stop: threading.Event) -> Result | None:
    assert entry.path is not None
    with refusals("read", folder / entry.path):
        is_folder = entry.path.endswith("/")
        path = _only_file(folder / entry.path) if is_folder else folder / entry.path
        size = _size(path) if path is not None else None
        if path is None or size is None or entry.expected_size not in {None, size}:
            return None
        md5 = md5_of(path, stop)
    expected = entry.expected_md5
    if expected and md5 != expected.strip().lower():
        return None
    return Result(
        number=entry.number,
        state="done",
        path=path.relative_to(folder).as_posix(),
        size=size,
        md5=md5,
        verified="md5" if expected else "none" if entry.expected_size is None else "length",
    )


def _taken(folder: Path, entries: Sequence[Entry]) -> list[int]:
    found = list[int]()
    for entry in entries:
        path = folder / (entry.path or "")
        with refusals("read", path):
            is_folder = (entry.path or "").endswith("/")
            if (_only_file(path) is not None) if is_folder else (_size(path) is not None):
                found.append(entry.number)
    return found


def _changed(
    folder: Path, entries: Sequence[Entry], by_md5: bool, stop: threading.Event
) -> list[int]:
    found = list[int]()
    for entry in entries:
        path = folder / (entry.path or "")
        with refusals("read", path):
            same = _size(path) == entry.size and not stop.is_set()
            if not same or (by_md5 and md5_of(path, stop) != entry.md5):
                found.append(entry.number)
    return found


def _size(path: Path) -> int | None:
    """Return a file's size in bytes; None if there is no such file."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _only_file(folder: Path) -> Path | None:
    """Find the file in a folder that is for one file alone."""
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_file(follow_symlinks=False) and not _PART.fullmatch(entry.name):
                return Path(entry.path)
    return None


def md5_of(path: Path, stop: threading.Event) -> str:
    """Read a file through, in a thread, until *stop* says that nobody waits for its MD5."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb", buffering=0) as file:
        while not stop.is_set() and (block := file.read(_BLOCK_BYTES)):
            digest.update(block)
    return digest.hexdigest()
