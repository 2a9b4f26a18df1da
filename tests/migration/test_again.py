"""Running an export again: what is whole stays, what is not is fetched."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import pytest

from tests.migration.conftest import EVERYTHING, files
from vaultio import TargetError, Vault
from vaultio.migration import Event, Started, export
from vaultio.sandbox import Sandbox


@pytest.fixture
def document(sandbox: Sandbox) -> str:
    """A document with all kinds of files; where its source file goes."""
    one = sandbox.documents.add("Plan", b"source", file_name="Plan.docx")
    sandbox.documents.add_rendition(one)
    sandbox.documents.add_attachment(one, "a.txt", b"a")
    return f"{one}/0.1/Plan.docx"


async def test_nothing_is_fetched_twice(vault: Vault, document: str, tmp_path: Path) -> None:
    """A second run makes no download call, and still says what each file was held against."""
    await export(vault, tmp_path, include=EVERYTHING)

    again = await export(vault, tmp_path, include=EVERYTHING)

    assert (again.kept, again.fetched, again.verified) == (3, 0, 2)
    assert again.calls == 3  # the list, the document, its attachments


@pytest.mark.parametrize("damage", [b"short", b"SOURCE", b""])
async def test_a_damaged_file_is_fetched(
    vault: Vault, document: str, tmp_path: Path, damage: bytes
) -> None:
    """A file of another size, or of the same with other bytes, is replaced."""
    await export(vault, tmp_path)
    (tmp_path / document).write_bytes(damage)

    again = await export(vault, tmp_path, recheck="md5")

    assert (again.fetched, again.kept) == (1, 0)
    assert (tmp_path / document).read_bytes() == b"source"


@pytest.mark.parametrize(("recheck", "fetched"), [("size", 1), ("none", 0)])
async def test_how_closely_files_are_looked_at(
    vault: Vault, document: str, tmp_path: Path, recheck: Literal["size", "none"], fetched: int
) -> None:
    """By size is the default, and reads no file; nobody needs to look at all."""
    await export(vault, tmp_path)
    (tmp_path / document).write_bytes(b"SOURCE")
    assert (await export(vault, tmp_path)).fetched == 0
    (tmp_path / document).unlink()

    assert (await export(vault, tmp_path, recheck=recheck)).fetched == fetched


async def test_what_is_missing_is_fetched(vault: Vault, document: str, tmp_path: Path) -> None:
    """After a file was deleted, a run brings back that one alone."""
    await export(vault, tmp_path, include=EVERYTHING)
    before = files(tmp_path)
    (tmp_path / document).unlink()

    again = await export(vault, tmp_path, include=EVERYTHING)

    assert (again.fetched, files(tmp_path)) == (1, before)


async def test_one_export_at_a_time(vault: Vault, document: str, tmp_path: Path) -> None:
    """A second export into the same folder is refused: the first one's parts are alive."""
    results = await asyncio.gather(
        export(vault, tmp_path), export(vault, tmp_path), return_exceptions=True
    )

    [refused] = [one for one in results if isinstance(one, BaseException)]
    assert isinstance(refused, TargetError)
    assert "another job is writing" in str(refused)


async def test_an_export_may_follow_another(vault: Vault, document: str, tmp_path: Path) -> None:
    """The folder is free again after an export that was ended by its events."""

    def stop(event: Event) -> None:
        if isinstance(event, Started):
            raise KeyError("enough")

    with pytest.raises(KeyError):
        await export(vault, tmp_path, on_event=stop)

    assert (await export(vault, tmp_path)).files == 1
