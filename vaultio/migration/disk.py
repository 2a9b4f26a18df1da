"""The folder of an export: its lock, what dead runs left in it, and what is whole already.

What blocks here runs in threads; a thread that nobody waits for any more ends soon by itself.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

from vaultio.errors import TargetError
from vaultio.migration.items import Item, Outcome
from vaultio.migration.lock import FolderLock

T = TypeVar("T")
_PART = re.compile(r"\.vaultio-.*\.part", re.DOTALL)
_BLOCK_BYTES = 1024 * 1024


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[None]:
    """Make *folder* ready for an export: there, ours alone, and without parts of dead runs.

    A folder that another export is writing to is a `TargetError`: its parts are not dead.
    Windows, and network disks without locks, cannot tell.
    """
    lock = FolderLock(folder)
    try:
        await in_thread(lambda _: _made_ours(folder, lock))
        await in_thread(lambda stop: _sweep(folder, stop))
        yield
    finally:
        lock.release()


async def look(folder: Path, item: Item, *, quick: bool) -> Outcome | None:
    """Look whether an item is whole on the disk; None if it has to be fetched.

    It is whole if it has the size and, unless *quick*, the MD5 that Vault knows. Where Vault
    knows neither, being there is enough: a file takes its name only once it is complete.
    """
    return await in_thread(lambda stop: _look(folder, item, quick, stop))


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


def _sweep(folder: Path, stop: threading.Event) -> None:
    """Remove the parts of dead runs: in the folder itself and in those of documents."""
    with refusals("tidy up", folder), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and entry.name.isdecimal():
                _sweep_below(entry.path, stop)
            elif _PART.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink(missing_ok=True)


def _sweep_below(folder: str, stop: threading.Event) -> None:
    for place, _, names in os.walk(folder):
        if stop.is_set():
            return
        for name in filter(_PART.fullmatch, names):
            Path(place, name).unlink(missing_ok=True)


def _look(folder: Path, item: Item, quick: bool, stop: threading.Event) -> Outcome | None:
    with refusals("read", folder / item.path):
        path = _only_file(folder / item.path) if item.in_folder else folder / item.path
        if path is None:
            return None
        try:
            status = path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        size, expected = status.st_size, item.expected
        if not stat.S_ISREG(status.st_mode) or expected.size not in {None, size}:
            return None
        md5 = _md5(path, stop) if expected.md5 and not quick else None
    if md5 is not None and md5 != str(expected.md5).strip().lower():
        return None
    return Outcome(
        item=item,
        state="kept",
        path=path.relative_to(folder).as_posix(),
        size=size,
        md5=md5,
        verified="md5" if md5 else "none" if expected.size is None else "length",
    )


def _only_file(folder: Path) -> Path | None:
    """Find the file in a folder that is for one file alone."""
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.is_file(follow_symlinks=False) and not _PART.fullmatch(entry.name):
                return Path(entry.path)
    return None


def _md5(path: Path, stop: threading.Event) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb", buffering=0) as file:
        while not stop.is_set() and (block := file.read(_BLOCK_BYTES)):
            digest.update(block)
    return digest.hexdigest()
