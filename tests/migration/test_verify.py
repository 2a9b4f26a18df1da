"""Verification: what is on the disk against the manifest; it finds all, and changes nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.migration.books import book
from vaultio import Vault
from vaultio.errors import InvalidArgumentError
from vaultio.migration import Include, export
from vaultio.migration.verifying import Checked, Verification, verify
from vaultio.sandbox import Sandbox

ALL: tuple[Include, ...] = ("source", "renditions", "attachments")


@pytest.fixture
async def exported(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> Path:
    """An export of 10 documents, one of them with a rendition and an attachment."""
    ids = [sandbox.documents.add(f"Plan {number}", b"source") for number in range(10)]
    sandbox.documents.add_rendition(ids[0], content=b"rendition")
    sandbox.documents.add_attachment(ids[0], "a.txt", b"attached")
    report = await export(vault, tmp_path / "to", include=ALL)
    assert report.files == 12
    return tmp_path / "to"


def source(folder: Path, document: int) -> Path:
    """Find the source file of a document."""
    return next(folder.glob(f"{document}/0.1/*.*"))


def listing(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Read all there is, with the times at which it was written; not what SQLite opens."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(one): (one.stat().st_mtime_ns, one.read_bytes()) for one in found}


async def test_all_is_right(exported: Path) -> None:
    """Each file is read; renditions are held against the MD5 that they had when they arrived."""
    before, events = listing(exported), list[Checked]()

    found = await verify(exported, on_event=events.append)

    assert found.is_right
    assert (found.files, found.by_source, found.by_arrival, found.by_size) == (12, 11, 1, 0)
    assert (found.strays, found.metadata_missing, found.failed, found.waiting) == (0, (), 0, 0)
    size = 10 * 6 + 9 + 8
    assert max(events, key=lambda one: one.files) == Checked(12, 12, size, size)
    assert listing(exported) == before


async def test_what_is_missing_or_changed(exported: Path) -> None:
    """Each difference has its kind, its path, the item's name, and what is wrong."""
    source(exported, 3).unlink()
    source(exported, 4).write_bytes(b"SOURCE")
    source(exported, 5).write_bytes(b"sourc")

    found = await verify(exported)

    assert (found.missing, found.changed, found.is_right) == (1, 2, False)
    said = {one.label: one.message for one in found.differences}
    assert said.pop("document 4 (0.1) source file").startswith("its MD5 is e60b4854")
    assert said == {
        "document 3 (0.1) source file": "it is not there",
        "document 5 (0.1) source file": "it has 5 bytes, not 6",
    }


async def test_what_is_no_file_any_more(exported: Path) -> None:
    """A link to the same content, or a folder, is not what was exported."""
    _replaced(exported, 6).symlink_to(source(exported, 7))
    _replaced(exported, 8).mkdir()

    found = await verify(exported)

    assert found.changed == 2
    assert {one.message for one in found.differences} == {"it is no file any more"}


def _replaced(folder: Path, document: int) -> Path:
    path = source(folder, document)
    path.unlink()
    return path


async def test_a_rendition_that_was_changed(exported: Path) -> None:
    """Where the source knows no MD5, that of the arrival tells."""
    path = _only(exported)
    path.write_bytes(b"REndition")

    found = await verify(exported)

    assert [one.path for one in found.differences] == [path.relative_to(exported).as_posix()]


async def test_strays_are_told_and_no_more(exported: Path) -> None:
    """What nobody exported is named, but it is no difference; our own files are none."""
    strays = ["stray.txt", "1/0.1/stray.txt", "metadata/stray.csv", "sub/vaultio-report.html"]
    for name in [*strays, "1/0.1/.vaultio-1.part", "import-a/vaultio-manifest.db", "import-a/x"]:
        path = exported / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
        os.utime(path, (1, 1))

    found = await verify(exported)

    assert (found.strays, found.stray_paths) == (4, tuple(sorted(strays)))
    assert found.is_right


async def test_a_name_that_is_no_text(exported: Path) -> None:
    """A stray whose name is not Unicode is told, too."""
    path = exported / os.fsdecode(b"\xff\xfe")
    path.write_bytes(b"")
    os.utime(path, (1, 1))

    assert (await verify(exported)).strays == 1


async def test_metadata_that_is_missing(exported: Path) -> None:
    """A table that there should be is a difference; one of what there is nothing of is not."""
    (exported / "metadata/documents.csv").unlink()
    (exported / "metadata/renditions.csv").unlink()

    found = await verify(exported)

    assert found.metadata_missing == ("metadata/documents.csv", "metadata/renditions.csv")
    assert not found.is_right


async def test_items_that_are_not_done(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """What failed has no file, which is as the manifest says; it is told."""
    one = sandbox.documents.add("A", b"a")
    sandbox.documents.add("B", b"b")
    sandbox.faults.failure("INSUFFICIENT_ACCESS", path=f"*/documents/{one}/*")
    await export(vault, tmp_path)

    found = await verify(tmp_path)

    assert (found.files, found.failed, found.is_right) == (1, 1, True)


async def test_an_export_of_nothing(vault: Vault, tmp_path: Path) -> None:
    """There is nothing to find fault with."""
    await export(vault, tmp_path)
    found = attrs.asdict(await verify(tmp_path))

    numbers = {name: found[name] for name in ("files", "size", "missing", "strays")}
    assert numbers == {"files": 0, "size": 0, "missing": 0, "strays": 0}


async def test_no_more_than_a_thousand_differences_are_kept(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are counted, the first ones named: memory does not grow with them."""
    monkeypatch.setattr("vaultio.migration.verifying.MOST_DIFFERENCES", 3)
    for number in range(1, 11):
        source(exported, number).unlink()

    found = await verify(exported)

    assert (found.missing, len(found.differences)) == (10, 3)


async def test_an_error_of_the_listener(exported: Path) -> None:
    """What on_event raises comes out as it is."""

    def refuse(event: Checked) -> None:
        raise LookupError(event.files)

    with pytest.raises(LookupError):
        await verify(exported, on_event=refuse)


async def test_what_cannot_be_verified(tmp_path: Path) -> None:
    """A folder without a manifest, that of another kind of job, and no readers."""
    with pytest.raises(InvalidArgumentError, match="no manifest"):
        await verify(tmp_path)
    async with book(tmp_path, kind="copy"):
        pass
    with pytest.raises(InvalidArgumentError, match="copy"):
        await verify(tmp_path)
    with pytest.raises(InvalidArgumentError, match="concurrency"):
        await verify(tmp_path, concurrency=0)


def test_a_verification_says_so(tmp_path: Path) -> None:
    """Each kind of difference alone makes it wrong."""
    lists: dict[str, Any] = dict.fromkeys(("differences", "metadata_missing", "stray_paths"), ())
    names = [one.name for one in attrs.fields(Verification) if one.name not in lists]
    zeros: dict[str, Any] = {**dict.fromkeys(names, 0), **lists, "folder": tmp_path}
    right: Any = Verification(**zeros)

    assert right.is_right
    for name in ("missing", "changed", "unreadable", "metadata_missing"):
        assert not attrs.evolve(right, **{name: 1}).is_right


def _only(folder: Path) -> Path:
    """Find the one rendition."""
    return next(folder.glob("1/0.1/renditions/*/*"))
