"""Zip files: whole, harmless, or named in an error."""

from __future__ import annotations

import asyncio
import os
import zipfile
from pathlib import Path

import pytest

from tests.downloads.fakes import FakeCaller
from tests.faults.tools.leftovers import left_behind
from vaultio.downloads import verify_zip
from vaultio.errors import ChecksumError, TargetError


def archive(path: Path, *members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a zip file."""
    with zipfile.ZipFile(path, "w", method) as writer:
        for name, data in members:
            writer.writestr(name, data)
    return path


async def test_a_good_archive(tmp_path: Path) -> None:
    """Its files are counted, folders not."""
    path = archive(tmp_path / "a.zip", ("a/", b""), ("a/b.txt", b"x" * 99), ("c", b""))

    assert await verify_zip(path) == 2


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
async def test_a_byte_changed(tmp_path: Path, method: int) -> None:
    """A damaged member is named, whatever it is packed with."""
    path = archive(tmp_path / "a.zip", ("good", b"x"), ("bad.bin", os.urandom(999)), method=method)
    damage(path, path.stat().st_size // 2)
    with pytest.raises(ChecksumError, match=r"bad\.bin"):
        await verify_zip(path)


def damage(path: Path, at: int) -> None:
    """Change one byte."""
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("keep", [0, 10, -30])
async def test_no_archive(tmp_path: Path, keep: int) -> None:
    """An archive cut short is no archive."""
    path = archive(tmp_path / "a.zip", ("a", b"x" * 999))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ChecksumError, match=r"a\.zip: is damaged"):
        await verify_zip(path)


async def test_a_bomb(tmp_path: Path) -> None:
    """What unpacks to a thousand times its size is stopped on the way."""
    path = archive(tmp_path / "a.zip", ("zeros", bytes(64 << 20)))
    with pytest.raises(ChecksumError, match=r"'zeros' unpacks to more than"):
        await verify_zip(path)

    assert await verify_zip(path, max_ratio=2000) == 1


async def test_caps(tmp_path: Path) -> None:
    """The number of files and of bytes is limited."""
    path = archive(tmp_path / "a.zip", ("a", os.urandom(99)), ("b", os.urandom(99)))
    with pytest.raises(ChecksumError, match="holds 2 files"):
        await verify_zip(path, max_files=1)
    with pytest.raises(ChecksumError, match="'b' unpacks to more than 100 bytes"):
        await verify_zip(path, max_bytes=100)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "..", "C:\\x", "\\x", "a\\..\\b"])
async def test_names_that_lead_outside(tmp_path: Path, name: str) -> None:
    """A member that would be unpacked elsewhere is named."""
    path = archive(tmp_path / "a.zip", ("fine..txt", b""), (name, b"x"))
    with pytest.raises(ChecksumError, match="leads out of the folder"):
        await verify_zip(path)


async def test_an_encrypted_member(tmp_path: Path) -> None:
    """What cannot be read cannot be checked."""
    path = archive(tmp_path / "a.zip", ("secret", b"x"), method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory
    path.write_bytes(data)
    with pytest.raises(ChecksumError, match="'secret' is encrypted"):
        await verify_zip(path)


async def test_an_archive_that_is_not_there(tmp_path: Path) -> None:
    """No file is the disk's matter, not the archive's."""
    with pytest.raises(TargetError, match="No such file"):
        await verify_zip(tmp_path / "none.zip")


async def test_cancelled_check(tmp_path: Path) -> None:
    """A cancelled check ends soon, and leaves no open file."""
    path = archive(tmp_path / "a.zip", ("zeros", bytes(64 << 20)))
    check = asyncio.create_task(verify_zip(path, max_ratio=10_000))
    await asyncio.sleep(0.01)
    check.cancel()
    await asyncio.wait([check])

    assert check.cancelled()
    assert left_behind(tmp_path, FakeCaller([])) == []
