"""What should not be there any more: parts, open files and replies, tasks, threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import anyio
import pytest

OPEN_FILES = Path("/proc/self/fd")
counts_files = pytest.mark.skipif(not OPEN_FILES.exists(), reason="counts as Linux does")


class Opens(Protocol):
    """Whatever counts the replies that it has open."""

    @property
    def open(self) -> int:
        """How many there are."""


def files(folder: Path) -> dict[str, bytes]:
    """Map the names of all that is in *folder* to the bytes; a folder has none."""
    return {path.name: b"" if path.is_dir() else path.read_bytes() for path in folder.iterdir()}


def open_files() -> int:
    """Count what this process holds open, sockets too."""
    return len(list(OPEN_FILES.iterdir()))


def left_behind(folder: Path, caller: Opens | None = None) -> list[str]:
    """List the parts, open files, open replies and running tasks that should not be there."""
    left = [str(path) for path in folder.rglob(".vaultio-*")]
    for descriptor in OPEN_FILES.iterdir() if OPEN_FILES.exists() else ():
        try:
            held = str(descriptor.readlink())
        except OSError:
            continue  # the one that was used to list the others
        if held.startswith(str(folder)):
            left.append(f"open: {held}")
    left += ["an open reply"] * (caller.open if caller else 0)
    left += [repr(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    return left


async def cleared_away(folder: Path) -> None:
    """Check that no part and no open file is left behind, and wait for tasks, 10 s at the longest.

    A login that others may want goes on, and so do httpx's connections that close.
    """
    assert [one for one in left_behind(folder) if "Task" not in one] == []
    with anyio.fail_after(10):
        while left_behind(folder):  # noqa: ASYNC110 - nothing says so when a task ends
            await asyncio.sleep(0.001)


async def closed_down_to(most: int) -> None:
    """Wait until no more than *most* files are open, 10 s at the longest.

    A server in a thread of this process hears a moment later that a client has closed.
    """
    with anyio.fail_after(10):
        while open_files() > most:  # noqa: ASYNC110 - nothing says so when a file is closed
            await asyncio.sleep(0.01)


@asynccontextmanager
async def nothing_left_open() -> AsyncIterator[None]:
    """Check that the block closes every socket and file that it opened, and ends its tasks.

    Threads may stay, for they are kept for the next work, but not more than before and 40.
    """
    await asyncio.sleep(0.05)
    before, tasks, threads = open_files(), len(asyncio.all_tasks()), threading.active_count()
    yield
    with anyio.fail_after(10):
        while open_files() > before or len(asyncio.all_tasks()) > tasks:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert threading.active_count() <= threads + 40
