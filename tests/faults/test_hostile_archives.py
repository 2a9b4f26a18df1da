"""Archives that would do harm: zip slip, bombs, links, two entries of one name. All are refused.

As Vault packs controlled copies and attachments: downloaded, then held against `verify_zip`.
"""

from __future__ import annotations

import io
import stat
import warnings
import zipfile
from pathlib import Path

import pytest

from tests.transport.server import answers, client
from vaultio import ChecksumError
from vaultio.downloads import verify_zip
from vaultio.sandbox.raw import RawServer, reply

LINK, DEVICE = stat.S_IFLNK | 0o777, stat.S_IFBLK | 0o600


Member = tuple[str, bytes] | tuple[str, bytes, int]


def packed(*members: Member) -> bytes:
    """Pack files; the third part of one is its mode."""
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)  # two of one name: that is what we want
        for name, data, *mode in members:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (mode[0] if mode else 0) << 16
            archive.writestr(entry, data)
    return target.getvalue()


HOSTILE = {
    "slip": (packed(("../x", b"")), "leads out"),
    "slip, Windows": (packed(("a\\..\\..\\x", b"")), "leads out"),
    "drive": (packed(("C:x", b"")), "leads out"),
    "bomb": (packed(("x", bytes(30_000_000))), "max_ratio"),
    "bomb of many": (packed(*((str(n), bytes(1_000_000)) for n in range(30))), "max_ratio"),
    "link": (packed(("x", b"/etc/passwd", LINK)), "a link"),
    "link and way through it": (packed(("x", b"/etc", LINK), ("x/passwd", b"")), "a link"),
    "device": (packed(("x", b"", DEVICE)), "a device"),
    "twice": (packed(("x", b"1"), ("x", b"2")), "twice"),
    "twice by case": (packed(("a/Plan.pdf", b"1"), ("A/plan.PDF", b"2")), "twice"),
    "twice by normal form": (packed(("e\u0301", b"1"), ("\u00e9", b"2")), "twice"),
    "twice on Windows": (packed(("x", b"1"), ("x. ", b"2")), "twice"),
    "a file, then its folder": (packed(("x", b"1"), ("x/y", b"2")), "as well"),
    "a folder, then its file": (packed(("x/y", b"1"), ("X", b"2")), "a folder"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_it_is_refused(tmp_path: Path, name: str) -> None:
    """The error names the archive and the member; the download itself is whole."""
    data, said = HOSTILE[name]
    answer = reply(data, headers={"Content-Type": "application/zip"})
    async with RawServer(answers(answer)) as server, client(server) as vault:
        saved = await vault.documents.attachments(7).download_all(to=tmp_path)
    assert (saved.path.suffix, saved.path.read_bytes()) == (".zip", data)
    with pytest.raises(ChecksumError, match=rf"\.zip: its member '.*{said}"):
        await verify_zip(saved.path)


async def test_an_ordinary_one_is_not(tmp_path: Path) -> None:
    """Folders may be named, files have modes, and names may be alike."""
    path, mode = tmp_path / "x.zip", stat.S_IFREG | 0o644
    members: list[Member] = [
        ("a/", b""),
        ("a/x", b"1", mode),
        ("a/x.y", b"2"),
        ("b/x", b"3"),
        ("a/", b""),
    ]
    path.write_bytes(packed(*members))
    assert await verify_zip(path) == 3
