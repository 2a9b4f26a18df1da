"""Whether a zip file can be read to its last byte, and may be unpacked without harm."""

from __future__ import annotations

import asyncio
import lzma
import os
import re
import stat
import threading
import unicodedata
import zipfile
import zlib
from pathlib import Path

from attrs import define, field

from vaultio.errors import ChecksumError, TargetError
from vaultio.transport.threads import outlast

_BLOCK_BYTES = 1024 * 1024
_ENCRYPTED = 0x1
_OUTSIDE = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)|.*\0", re.DOTALL)
_FILES_AND_FOLDERS = frozenset({0, stat.S_IFREG, stat.S_IFDIR})  # 0: it was not said
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # a method of compression or a feature that Python does not know
    ValueError,
)


async def verify_zip(
    path: str | os.PathLike[str],
    *,
    max_files: int = 100_000,
    max_bytes: int = 64 * 1024**3,
    max_ratio: float = 200.0,
) -> int:
    """Unpack a zip file into nothing, checking every CRC; return how many files it holds.

    *max_files* and *max_bytes* (unpacked) cap what it may hold, *max_ratio* how many times larger
    than the archive that may be: what is counted is what really comes out, not what is written in
    the directory. Memory grows with the number of files, not with their size.

    Raises `ChecksumError`, which names the member, if the archive is damaged, beyond a cap,
    encrypted, or holds what would do harm where it is unpacked: a name that leads out of the
    folder, a link or device, two files of one name (as Windows and macOS compare them). It is a
    `TargetError` if the disk does not give it.
    """
    stop = threading.Event()
    check = _Check(Path(path), stop, max_files, max_bytes, max_ratio)
    checking = asyncio.get_running_loop().run_in_executor(None, check.run)
    try:
        await asyncio.wait([checking])
    finally:
        stop.set()
        await outlast(checking)
    return checking.result()


@define
class _Check:
    """One walk through an archive, in a thread; ends early once *stop* is set."""

    path: Path
    stop: threading.Event
    max_files: int
    max_bytes: int
    max_ratio: float
    unpacked: int = 0
    member: str = ""
    names: dict[str, str] = field(factory=dict)

    def run(self) -> int:
        """Check everything; return the number of files."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                return self._walk(archive)
        except _DAMAGED as error:
            raise self._bad(f"is damaged: {error}") from error
        except OSError as error:
            if error.errno is None:  # bz2 says so of bytes that are not its own
                raise self._bad(f"is damaged: {error}") from error
            said = error.strerror or str(error)
            raise TargetError(f"could not read {self.path}: {said}", error.errno) from error

    def _walk(self, archive: zipfile.ZipFile) -> int:
        members = archive.infolist()
        if len(members) > self.max_files:
            raise self._bad(f"holds {len(members)} files, more than {self.max_files}")
        for member in members:
            self.member = member.orig_filename
            if _OUTSIDE.match(self.member):
                raise self._bad("leads out of the folder it would be unpacked in")
            if stat.S_IFMT(member.external_attr >> 16) not in _FILES_AND_FOLDERS:
                raise self._bad("is a link or a device, not a file")
            if member.flag_bits & _ENCRYPTED:
                raise self._bad("is encrypted and cannot be checked")
            self._refuse_a_second(member)
            self._unpack(archive, member)
        return sum(not member.is_dir() for member in members)

    def _refuse_a_second(self, member: zipfile.ZipInfo) -> None:
        """Refuse a file where another file or a folder lies: one would overwrite the other."""
        *above, last = _parts(self.member)
        folders = {"/".join(above[:count]) for count in range(1, len(above) + 1)}
        name = "/".join([*above, last])
        if member.is_dir():
            folders.add(name)
        elif name in self.names:
            raise self._bad("is there twice, or is a file and a folder")
        if any(self.names.get(folder) == "file" for folder in folders):
            raise self._bad("lies in a folder that is a file as well")
        self.names.update(dict.fromkeys(folders, "folder"))
        if not member.is_dir():
            self.names[name] = "file"

    def _unpack(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        most = min(self.max_bytes, self.max_ratio * self.path.stat().st_size)
        with archive.open(member) as file:
            while not self.stop.is_set() and (block := file.read(_BLOCK_BYTES)):
                self.unpacked += len(block)
                if self.unpacked > most:
                    raise self._bad(
                        f"unpacks to more than {most:.0f} bytes: beyond max_bytes or max_ratio"
                    )

    def _bad(self, what: str) -> ChecksumError:
        member = f"its member {self.member!r} " if self.member else ""
        return ChecksumError(f"{self.path}: {member}{what}")


def _parts(name: str) -> list[str]:
    """Split a member's name into those by which disks that know no case tell files apart."""
    plain = unicodedata.normalize("NFC", name).casefold().rstrip("/")
    return [part.rstrip(". ") for part in plain.split("/")]
