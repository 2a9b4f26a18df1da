"""Disks that are full, read-only or broken, at any step: writing, flushing, closing, renaming.

It is always a `TargetError` that says what and where; what was there stays, and nothing else does.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from stat import S_ISDIR
from typing import Any

import pytest

from tests.downloads.fakes import GET, FakeCaller, FakeReply, whole
from tests.faults.tools.disks import MIB, ext4, mounted_on, new_ext4, tmpfs
from tests.faults.tools.leftovers import files, left_behind
from vaultio.downloads import save
from vaultio.errors import TargetError

BIG = [bytes(65536)] * 64  # 4 MiB


@pytest.mark.parametrize("to", ["f", "sub/"])
async def test_a_full_disk(small_disk: Path, to: str) -> None:
    """A full disk is a `TargetError` with its errno, and is as empty as before."""
    caller = FakeCaller([FakeReply(BIG, length=4 << 20)])
    with pytest.raises(TargetError, match="No space left") as caught:
        await save(caller, GET, f"{small_disk}/{to}", fallback_name="plan.pdf")

    assert caught.value.errno == errno.ENOSPC
    assert isinstance(caught.value.__cause__, OSError)
    assert str(small_disk) in str(caught.value)
    assert left_behind(small_disk, caller) == []


async def test_a_disk_that_fills_with_the_last_block(small_disk: Path) -> None:
    """A small file that does not fit fails in the one hop that writes it."""
    (small_disk / "other").write_bytes(bytes(1000_000))
    caller = FakeCaller([whole(bytes(100_000))])
    with pytest.raises(TargetError, match="No space left"):
        await save(caller, GET, small_disk / "f", fallback_name="f")

    assert list(files(small_disk)) == ["other"]
    assert left_behind(small_disk, caller) == []


async def test_files_may_not_grow(tmp_path: Path, small_files_only: int) -> None:
    """A limit of the process is told like one of the disk."""
    caller = FakeCaller([FakeReply(BIG)])
    with pytest.raises(TargetError) as caught:
        await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert caught.value.errno == errno.EFBIG
    assert files(tmp_path) == {}
    assert left_behind(tmp_path, caller) == []


@pytest.mark.parametrize("to", ["", "f", "sub/f"])
async def test_a_read_only_folder_costs_no_call(read_only_disk: Path, to: str) -> None:
    """A folder that cannot be written to is found out before anything is sent."""
    caller = FakeCaller([whole(b"x")])
    with pytest.raises(TargetError) as caught:
        await save(caller, GET, read_only_disk / to, fallback_name="f")

    assert caught.value.errno == errno.EROFS
    assert caller.requests == []


async def test_a_name_too_long_for_the_disk_costs_no_call(tmp_path: Path) -> None:
    """A name of the user's own is not changed, so it may be refused."""
    caller = FakeCaller([whole(b"x")])
    with pytest.raises(TargetError, match="x" * 300) as caught:
        await save(caller, GET, tmp_path / ("x" * 300), fallback_name="f")

    assert caught.value.errno == errno.ENAMETOOLONG
    assert caller.requests == []
    assert files(tmp_path) == {}


@pytest.mark.parametrize("to", ["file/f", "file/"])
async def test_a_folder_that_is_a_file(tmp_path: Path, to: str) -> None:
    """A file in the place of a folder is a `TargetError`, not "the file exists"."""
    (tmp_path / "file").touch()
    with pytest.raises(TargetError):
        await save(FakeCaller([whole(b"x")]), GET, f"{tmp_path}/{to}", fallback_name="f")


async def test_a_folder_that_goes_away(tmp_path: Path) -> None:
    """A folder removed in mid-download is told at the end."""
    folder = tmp_path / "sub"
    remove = partial(asyncio.to_thread, folder.rename, tmp_path / "gone")
    caller = FakeCaller([FakeReply([b"x", remove])])
    with pytest.raises(TargetError) as caught:
        await save(caller, GET, folder / "f", fallback_name="f")

    assert caught.value.errno == errno.ENOENT


async def test_replacing_a_folder(tmp_path: Path) -> None:
    """A folder that has the name sent is not replaced."""
    (tmp_path / "plan.pdf").mkdir()
    with pytest.raises(TargetError):
        await save(FakeCaller([whole(b"x")]), GET, tmp_path, fallback_name="f", on_exists="replace")

    assert files(tmp_path) == {"plan.pdf": b""}


@pytest.fixture
def hollow_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that has less room than it says, as thin volumes have: it tells when it flushes."""
    with tmpfs(tmp_path / "below", "3m") as below:
        image = new_ext4(below / "disk.ext4", 8)
        with ext4(image, tmp_path / "hollow") as disk:
            os.sync()
            with pytest.raises(OSError, match="space"):
                (below / "rest").write_bytes(bytes(3 * MIB))
            yield disk.folder


async def test_a_disk_that_has_less_room_than_it_says(hollow_disk: Path) -> None:
    """Every write succeeded: that it did not reach the disk is told by flushing alone."""
    caller = FakeCaller([whole(bytes(1_000_000))])
    with pytest.raises(TargetError, match=f"{hollow_disk}/f: ") as caught:
        await save(caller, GET, hollow_disk / "f", fallback_name="f")

    assert caught.value.errno in {errno.ENOSPC, errno.EIO}  # as the kernel passes it on
    assert left_behind(hollow_disk, caller) == []
    assert not (hollow_disk / "f").exists()


@pytest.fixture
def mounted_file(tmp_path: Path) -> Iterator[Path]:
    """A file on which another one, that holds ``old``, is mounted."""
    place, other = tmp_path / "f", tmp_path / "other"
    place.write_bytes(b"below")
    other.write_bytes(b"old")
    with mounted_on(place, "--bind", str(other)):
        yield place


async def test_a_file_that_is_a_place_of_a_mount(mounted_file: Path) -> None:
    """It cannot be replaced, and stays as it is."""
    caller = FakeCaller([whole(b"new")])
    with pytest.raises(TargetError) as caught:
        await save(caller, GET, mounted_file, fallback_name="f", on_exists="replace")

    assert caught.value.errno == errno.EBUSY
    assert files(mounted_file.parent) == {"f": b"old", "other": b"old"}


def refuse(number: int, *, folders: bool = False) -> Callable[..., Any]:
    """Make a call of the system that fails; of `os.fsync`, that of files or that of folders."""
    real = os.fsync

    def call(*arguments: Any) -> None:
        one = arguments[0]
        if isinstance(one, int) and len(arguments) == 1 and S_ISDIR(os.fstat(one).st_mode):
            if not folders:
                return real(one)
        elif folders:
            return real(one)
        raise OSError(number, os.strerror(number))

    return call


STEPS = {
    "write": ("writev", refuse(errno.EDQUOT), errno.EDQUOT),
    "flush": ("fsync", refuse(errno.EIO), errno.EIO),
    "close": ("fsync", os.close, errno.EBADF),
    "link": ("link", refuse(errno.EIO), errno.EIO),
    "another disk": ("link", refuse(errno.EXDEV), errno.EXDEV),
    "no room for the name": ("link", refuse(errno.ENOSPC), errno.ENOSPC),
    "flush the name": ("fsync", refuse(errno.EIO, folders=True), errno.EIO),
}


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Whatever the system refuses, the place of the file is as empty as before."""
    name, call, number = STEPS[step]
    monkeypatch.setattr(os, name, call)
    caller = FakeCaller([whole(b"new")])
    with pytest.raises(TargetError, match=str(tmp_path)) as caught:
        await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert caught.value.errno == number
    assert files(tmp_path) == {}
    assert left_behind(tmp_path, caller) == []


REPLACING = {
    **{name: STEPS[name] for name in ("write", "flush", "close")},
    "rename": ("replace", refuse(errno.EXDEV), errno.EXDEV),
}


@pytest.mark.parametrize("step", REPLACING)
async def test_a_step_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The old file stays until the new one takes its place in one step."""
    (tmp_path / "f").write_bytes(b"old")
    name, call, number = REPLACING[step]
    monkeypatch.setattr(os, name, call)
    caller = FakeCaller([whole(b"new")])
    with pytest.raises(TargetError) as caught:
        await save(caller, GET, tmp_path / "f", fallback_name="f", on_exists="replace")

    assert caught.value.errno == number
    assert files(tmp_path) == {"f": b"old"}


async def test_a_disk_that_cannot_flush_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Network disks say so of folders: it is no reason to give up a file."""
    monkeypatch.setattr(os, "fsync", refuse(errno.EINVAL, folders=True))
    saved = await save(FakeCaller([whole(b"x")]), GET, tmp_path / "f", fallback_name="f")

    assert saved.path.read_bytes() == b"x"
