"""What becomes of a file that is there already."""

from __future__ import annotations

import asyncio
import errno
import os
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from tests.downloads.fakes import GET, FakeCaller, FakeReply, whole
from tests.faults.tools.leftovers import files
from vaultio.downloads import OnExists, SavedFile, save
from vaultio.errors import InvalidArgumentError, TargetExistsError

NEW, OLD = b"the new one", b"old"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file with the name that the server will send."""
    path = tmp_path / "plan.pdf"
    path.write_bytes(OLD)
    return path


@pytest.fixture(params=["file", "folder"])
def to(request: pytest.FixtureRequest, old: Path) -> Path:
    """The old file as a file name, and the folder it is in."""
    return old if request.param == "file" else old.parent


@pytest.fixture(params=["links", "no links"])
def _links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with hard links, and one without."""

    def refuse(*_: object) -> NoReturn:
        raise OSError(errno.EPERM, "Operation not permitted")

    if request.param == "no links":
        monkeypatch.setattr(os, "link", refuse)


async def fetch(to: Path, on_exists: OnExists, caller: FakeCaller | None = None) -> SavedFile:
    """Save the new file."""
    caller = caller or FakeCaller([whole(NEW)])
    return await save(caller, GET, to, on_exists=on_exists, fallback_name="f")


async def test_error(to: Path, old: Path) -> None:
    """By default a file that is there is an error, and stays."""
    with pytest.raises(FileExistsError, match=r"plan\.pdf") as caught:
        await fetch(to, "error")

    assert isinstance(caught.value, TargetExistsError)
    assert files(old.parent) == {"plan.pdf": OLD}


async def test_skip(to: Path, old: Path) -> None:
    """Skipping leaves the file and says so; nothing is claimed of its bytes."""
    saved = await fetch(to, "skip")

    assert (saved.path, saved.skipped, saved.size) == (old, True, len(OLD))
    assert (saved.md5, saved.verified) == (None, "none")
    assert files(old.parent) == {"plan.pdf": OLD}


@pytest.mark.parametrize("on_exists", ["error", "skip"])
async def test_a_file_that_is_there_costs_no_call(old: Path, on_exists: OnExists) -> None:
    """With a full file name the disk is asked before Vault."""
    caller = FakeCaller([whole(NEW)])
    try:
        assert (await fetch(old, on_exists, caller)).skipped
    except TargetExistsError:
        assert on_exists == "error"

    assert caller.requests == []


async def test_replace(to: Path, old: Path) -> None:
    """The new file takes the place of the old one in one step."""
    saved = await fetch(to, "replace")

    assert saved.path == old
    assert files(old.parent) == {"plan.pdf": NEW}


@pytest.mark.usefixtures("_links")
async def test_unique(to: Path, old: Path) -> None:
    """The new file gets the first number that is free."""
    first, second = await fetch(to, "unique"), await fetch(to, "unique")

    assert (first.path.name, second.path.name) == ("plan (2).pdf", "plan (3).pdf")
    assert files(old.parent)["plan.pdf"] == OLD


@pytest.mark.usefixtures("_links")
async def test_two_at_once_to_one_target(tmp_path: Path) -> None:
    """Of two downloads to one file one wins, and no bytes are mixed."""
    results = await asyncio.gather(
        *(fetch(tmp_path / "f", "error") for _ in range(2)), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["SavedFile", "TargetExistsError"]
    assert files(tmp_path) == {"f": NEW}


async def test_somebody_else_is_faster(tmp_path: Path) -> None:
    """A file that appears during the download is not overwritten; skip leaves it."""
    appear = partial(asyncio.to_thread, (tmp_path / "f").write_bytes, OLD)
    caller = FakeCaller([FakeReply([NEW, appear])])
    saved = await fetch(tmp_path / "f", "skip", caller)

    assert (saved.skipped, saved.size) == (True, len(OLD))
    assert files(tmp_path) == {"f": OLD}


async def test_many_at_once_with_unique_names(tmp_path: Path) -> None:
    """Each of many downloads of the same name into one folder keeps its file."""
    saved = await asyncio.gather(*(fetch(tmp_path, "unique") for _ in range(20)))

    assert len({one.path for one in saved}) == len(files(tmp_path)) == 20


async def test_a_dangling_link_is_a_file_that_is_there(tmp_path: Path) -> None:
    """What a link points to is never made by accident."""
    (tmp_path / "f").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TargetExistsError):
        await fetch(tmp_path / "f", "error")

    assert not (tmp_path / "elsewhere").exists()


async def test_a_word_that_on_exists_does_not_know(tmp_path: Path) -> None:
    """A typing mistake is refused before anything is sent."""
    with pytest.raises(InvalidArgumentError, match="overwrite"):
        await fetch(tmp_path, "overwrite")  # type: ignore[arg-type]


async def test_the_file_may_be_read_like_any_other(tmp_path: Path) -> None:
    """The file has the rights that the process gives to new files."""
    (tmp_path / "other").touch()
    saved = await fetch(tmp_path, "error")

    assert saved.path.stat().st_mode == (tmp_path / "other").stat().st_mode
