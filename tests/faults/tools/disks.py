"""Disks that are small, that refuse, or whose power can be cut; as fixtures and as contexts.

Only root may mount, and not everywhere: elsewhere the tests that want a disk are skipped.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

MIB = 1024 * 1024


@contextmanager
def mounted(folder: Path, *command: str) -> Iterator[Path]:
    """Run ``mount`` with *folder* behind *command*, for the time of the block; or skip the test."""
    folder.mkdir(exist_ok=True)
    with mounted_on(folder, *command):
        yield folder


@contextmanager
def mounted_on(place: Path, *command: str) -> Iterator[None]:
    """Do the same with a *place* that is there: a folder or a file."""
    _or_skip("mount", *command, str(place))
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _or_skip(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"{command[0]}: only root may do that, and not everywhere")


@contextmanager
def tmpfs(folder: Path, size: str = "1m", *, read_only: bool = False) -> Iterator[Path]:
    """Mount a disk in memory, of *size* as ``mount`` takes it."""
    options = f"size={size}" + (",ro" if read_only else "")
    with mounted(folder, "-t", "tmpfs", "-o", options, "tmpfs") as disk:
        yield disk


def enlarge(disk: Path, size: str = "64m") -> None:
    """Make a disk in memory a larger one."""
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


@frozen
class LoopDisk:
    """An ext4 disk in the file *image*, mounted at *folder*."""

    image: Path
    folder: Path

    def as_after_a_power_cut(self, image: Path) -> Path:
        """Copy what the disk itself holds at this moment to *image*; mount that with `ext4`."""
        return Path(shutil.copyfile(self.image, image))


def new_ext4(image: Path, size_mib: int = 16) -> Path:
    """Make a file with an empty ext4 file system in it."""
    with image.open("wb") as file:
        file.truncate(size_mib * MIB)
    _or_skip("mkfs.ext4", "-q", "-F", str(image))
    return image


@contextmanager
def ext4(image: Path, folder: Path) -> Iterator[LoopDisk]:
    """Mount the ext4 file system of *image* at *folder*; its journal is replayed first."""
    with mounted(folder, "-o", "loop", str(image)):
        yield LoopDisk(image, folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB."""
    with tmpfs(tmp_path / "small") as folder:
        yield folder


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that takes nothing, from root neither."""
    with tmpfs(tmp_path / "read-only", read_only=True) as folder:
        yield folder


@pytest.fixture
def loop_disk(tmp_path: Path) -> Iterator[LoopDisk]:
    """An ext4 disk of 16 MiB whose image can be copied at any moment."""
    with ext4(new_ext4(tmp_path / "disk.ext4"), tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def small_files_only() -> Iterator[int]:
    """A process that may write no file beyond 64 KiB, as under ``ulimit -f``."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, before[1]))
    yield 65536
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
