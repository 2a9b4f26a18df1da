"""Disks that refuse: the error says what and where, and nothing stays."""

from __future__ import annotations

import asyncio
import errno
from functools import partial
from pathlib import Path

import pytest

from tests.downloads.fakes import GET, FakeCaller, FakeReply, whole
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
