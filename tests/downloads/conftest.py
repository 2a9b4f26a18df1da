"""Disks that refuse, and a look at what is left behind."""

from __future__ import annotations

import asyncio
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.downloads.fakes import FakeCaller


def _mounted(folder: Path, *options: str) -> None:
    """Mount a small disk in memory, or skip the test."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root may mount a small disk, and not everywhere")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB."""
    folder = tmp_path / "small"
    _mounted(folder, "size=1m")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that takes nothing, from root neither."""
    folder = tmp_path / "read-only"
    _mounted(folder, "size=1m", "ro")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small_files_only() -> Iterator[int]:
    """A process that may write no file beyond 64 KiB, as under ``ulimit -f``."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, before[1]))
    yield 65536
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files(folder: Path) -> dict[str, bytes]:
    """Map the names of all that is in *folder* to the bytes; a folder has none."""
    return {path.name: b"" if path.is_dir() else path.read_bytes() for path in folder.iterdir()}


def left_behind(folder: Path, caller: FakeCaller) -> list[str]:
    """List the parts, open files, open replies and running tasks that should not be there."""
    left = [str(path) for path in folder.rglob(".vaultio-*")]
    for descriptor in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").exists() else ():
        try:
            held = str(descriptor.readlink())
        except OSError:
            continue  # the one that was used to list the others
        if held.startswith(str(folder)):
            left.append(f"open: {held}")
    left += ["an open reply"] * caller.open
    left += [repr(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    return left
