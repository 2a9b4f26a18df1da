"""What a user of `save` relies on: the file, its facts, its place."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest

from tests.downloads.fakes import CHECK_OUT, GET, FakeCaller, FakeReply, checksum, whole
from tests.faults.tools.leftovers import files, left_behind
from vaultio.config import Config
from vaultio.downloads import Checksum, SavedFile, save
from vaultio.errors import ChecksumError, InvalidArgumentError, TruncatedError

DATA = bytes(range(256)) * 12_000  # 3 MB: more than two blocks


async def test_the_file_and_what_is_known_of_it(tmp_path: Path) -> None:
    """The bytes are there, and the result says what they are and how sure that is."""
    reply = whole(DATA, "plan.pdf", **{"content-type": "application/pdf"})
    caller = FakeCaller([reply], config=Config(always_md5=True))
    saved = await save(caller, GET, tmp_path, fallback_name="f")

    assert (tmp_path / "plan.pdf").read_bytes() == DATA
    assert saved == SavedFile(
        path=tmp_path / "plan.pdf",
        size=len(DATA),
        md5=hashlib.md5(DATA).hexdigest(),
        name="plan.pdf",
        content_type="application/pdf",
        verified="length",
    )


@pytest.mark.parametrize("size", [1, 100, 20_000, 65_536, 2 * 1024 * 1024])
async def test_chunks_of_any_size(tmp_path: Path, size: int) -> None:
    """However the bytes are cut, and with empty chunks between, they arrive in order."""
    data = DATA[: size * 1000]
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    reply = FakeReply([b"", *pieces, b""], length=len(data))
    caller = FakeCaller([reply], config=Config(always_md5=True))
    saved = await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert saved.path.read_bytes() == data
    assert saved.md5 == hashlib.md5(data).hexdigest()


async def test_an_empty_file(tmp_path: Path) -> None:
    """A file of no bytes is a file."""
    caller = FakeCaller([whole(b"")], config=Config(always_md5=True))
    saved = await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert saved.path.read_bytes() == b""
    assert (saved.size, saved.md5) == (0, "d41d8cd98f00b204e9800998ecf8427e")


@pytest.mark.parametrize(
    ("length", "expected", "verified"),
    [
        (5, None, "length"),
        (None, None, "none"),
        (None, Checksum(), "none"),
        (None, Checksum(size=5), "length"),
        (5, Checksum(md5="5d41402abc4b2a76b9719d911017c592"), "md5"),
        (None, Checksum(5, "5D41402ABC4B2A76B9719D911017C592"), "md5"),
    ],
)
async def test_verified_claims_no_more_than_was_held_against(
    tmp_path: Path, length: int | None, expected: Checksum | None, verified: str
) -> None:
    """MD5 if Vault knows it, length if anybody does, else none."""
    caller = FakeCaller([FakeReply([b"hello"], length=length)])
    saved = await save(caller, GET, tmp_path / "f", fallback_name="f", expected=expected)

    assert saved.verified == verified


async def test_files_are_asked_for_uncompressed(tmp_path: Path) -> None:
    """Compression would hide the length; the caller's other headers stay."""
    caller = FakeCaller([whole(b"x")])
    await save(caller, GET, tmp_path / "f", fallback_name="f")

    assert caller.header("accept-encoding") == ["identity"]
    assert caller.header("range") == [None]


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "C:\\\\x", "a\0b", "CON.txt", "y" * 300, "", "..", "\u202e"]
)
async def test_hostile_names_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    """No name that a server sends leads out of the folder, or to no name."""
    caller = FakeCaller([whole(b"x", name)])
    saved = await save(caller, GET, f"{tmp_path}/in/", fallback_name="7")

    assert saved.path.parent == tmp_path / "in"
    assert files(tmp_path / "in") == {saved.path.name: b"x"}
    assert files(tmp_path) == {"in": b""}


async def test_an_archive_without_extension(tmp_path: Path) -> None:
    """An archive is called .zip; the result keeps the name that was sent."""
    caller = FakeCaller([whole(b"x", "Controlled Copy - 2026")])
    saved = await save(caller, GET, tmp_path, fallback_name="f", archive=True)

    assert saved.path.name == "Controlled Copy - 2026.zip"
    assert saved.name == "Controlled Copy - 2026"


async def test_no_name_at_all(tmp_path: Path) -> None:
    """Without a Content-Disposition the fallback is the name."""
    saved = await save(FakeCaller([FakeReply([b"x"])]), GET, tmp_path, fallback_name="rendition")

    assert (saved.path.name, saved.name) == ("rendition", None)


async def test_folders_are_made(tmp_path: Path) -> None:
    """A separator at the end names a folder; parents of a file name are made too."""
    one = await save(FakeCaller([whole(b"x")]), GET, f"{tmp_path}/a/b/", fallback_name="f")
    two = await save(FakeCaller([whole(b"x")]), GET, tmp_path / "c" / "d.bin", fallback_name="f")

    assert one.path == tmp_path / "a" / "b" / "plan.pdf"
    assert two.path == tmp_path / "c" / "d.bin"


@pytest.mark.parametrize("to", ["", "a\0b", "half \ud83d"])
async def test_a_target_that_is_none(to: str) -> None:
    """What names nothing is refused before anything is sent."""
    caller = FakeCaller([whole(b"x")])
    with pytest.raises(InvalidArgumentError):
        await save(caller, GET, to, fallback_name="f")

    assert caller.requests == []


async def test_progress_starts_ends_and_is_not_called_too_often(tmp_path: Path) -> None:
    """Progress tells the start, steps of 256 KiB or more, and the end."""
    told: list[tuple[int, int | None]] = []
    pieces = [DATA[start : start + 10_000] for start in range(0, len(DATA), 10_000)]
    caller = FakeCaller([FakeReply(pieces, length=len(DATA))])
    await save(
        caller, GET, tmp_path / "f", fallback_name="f", progress=lambda *now: told.append(now)
    )

    assert told[0] == (0, len(DATA))
    assert told[-1] == (len(DATA), len(DATA))
    assert min(b[0] - a[0] for a, b in pairwise(told[:-1])) >= 256 * 1024


async def test_progress_knows_the_total_from_vault(tmp_path: Path) -> None:
    """If the reply does not say its length, Vault's own size is the total."""
    told: list[int | None] = []
    await save(
        FakeCaller([FakeReply([DATA])]),
        GET,
        tmp_path / "f",
        fallback_name="f",
        expected=checksum(DATA),
        progress=lambda _, total: told.append(total),
    )

    assert set(told) == {len(DATA)}


async def test_progress_that_raises(tmp_path: Path) -> None:
    """An error of the progress function ends the download and leaves nothing behind."""
    caller = FakeCaller([FakeReply([DATA[:1_500_000], DATA[1_500_000:]], length=len(DATA))])
    with pytest.raises(ZeroDivisionError):
        await save(
            caller, GET, tmp_path, fallback_name="f", progress=lambda done, _: 1 // (not done)
        )

    assert files(tmp_path) == {}
    assert left_behind(tmp_path, caller) == []


@pytest.mark.parametrize("expected", [Checksum(4, None), Checksum(None, "0" * 32)])
async def test_wrong_bytes(tmp_path: Path, expected: Checksum) -> None:
    """Bytes that Vault knows otherwise are fetched once more, then refused."""
    caller = FakeCaller([whole(b"hello")])
    with pytest.raises(ChecksumError, match=r"plan\.pdf"):
        await save(caller, GET, tmp_path, fallback_name="f", expected=expected)

    assert len(caller.requests) == 2
    assert files(tmp_path) == {}


async def test_wrong_bytes_once(tmp_path: Path) -> None:
    """The second fetch starts from zero and may be right."""
    caller = FakeCaller([whole(b"jello"), whole(b"hello")])
    saved = await save(caller, GET, tmp_path, fallback_name="f", expected=checksum(b"hello"))

    assert saved.path.read_bytes() == b"hello"
    assert (saved.restarts, saved.verified) == (1, "md5")
    assert caller.header("range") == [None, None]


async def test_wrong_bytes_of_a_check_out(tmp_path: Path) -> None:
    """What must not happen twice is not repeated for a checksum either."""
    caller = FakeCaller([whole(b"jello")])
    with pytest.raises(ChecksumError):
        await save(caller, CHECK_OUT, tmp_path, fallback_name="f", expected=checksum(b"hello"))

    assert len(caller.requests) == 1


async def test_bytes_beyond_the_announced_length(tmp_path: Path) -> None:
    """A body that goes on beyond its length is no file."""
    caller = FakeCaller([FakeReply([b"hello", b"!"], length=5)])
    with pytest.raises(TruncatedError, match="beyond"):
        await save(caller, CHECK_OUT, tmp_path / "f", fallback_name="f")

    assert files(tmp_path) == {}


async def test_a_body_without_end_is_stopped_at_the_size_vault_knows(tmp_path: Path) -> None:
    """An endless body does not fill the disk if Vault knows the size."""
    caller = FakeCaller([FakeReply([bytes(1000)] * 50)])
    with pytest.raises(ChecksumError, match="2000 bytes arrived"):
        await save(caller, GET, tmp_path, fallback_name="f", expected=Checksum(size=1500))

    assert files(tmp_path) == {}


async def test_an_error_of_the_call_leaves_nothing(tmp_path: Path) -> None:
    """What the call raises comes through."""
    with pytest.raises(RuntimeError):
        await save(FakeCaller([RuntimeError()]), GET, tmp_path, fallback_name="f")

    assert files(tmp_path) == {}
