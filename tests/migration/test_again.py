"""Running an export again: what is whole stays, what is not is fetched."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.migration.conftest import EVERYTHING, files, lines
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
    assert {line["state"] for line in lines(tmp_path)} == {"kept"}


@pytest.mark.parametrize("damage", [b"short", b"SOURCE", b""])
async def test_a_damaged_file_is_fetched(
    vault: Vault, document: str, tmp_path: Path, damage: bytes
) -> None:
    """A file of another size, or of the same with other bytes, is replaced."""
    await export(vault, tmp_path)
    (tmp_path / document).write_bytes(damage)

    again = await export(vault, tmp_path)

    assert (again.fetched, again.kept) == (1, 0)
    assert (tmp_path / document).read_bytes() == b"source"


async def test_quick_looks_at_the_size_alone(vault: Vault, document: str, tmp_path: Path) -> None:
    """With *quick* nothing is read, and nothing is called verified by MD5."""
    await export(vault, tmp_path)
    (tmp_path / document).write_bytes(b"SOURCE")

    again = await export(vault, tmp_path, quick=True)

    assert (again.kept, again.verified) == (1, 0)
    assert lines(tmp_path)[0]["verified"] == "length"


async def test_what_is_missing_is_fetched(vault: Vault, document: str, tmp_path: Path) -> None:
    """After a file was deleted, a run brings back that one alone."""
    await export(vault, tmp_path, include=EVERYTHING)
    before = files(tmp_path)
    (tmp_path / document).unlink()

    again = await export(vault, tmp_path, include=EVERYTHING)

    assert (again.fetched, files(tmp_path)) == (1, before)


async def test_parts_of_dead_runs_go(vault: Vault, document: str, tmp_path: Path) -> None:
    """What a killed run left is removed: in the folder, and in those of documents."""
    for name in (".vaultio-1.part", "7/0.1/.vaultio-2.part", "other/.vaultio-3.part", "x.part"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    await export(vault, tmp_path)

    assert files(tmp_path) == [document, "other/.vaultio-3.part", "x.part"]


async def test_one_export_at_a_time(vault: Vault, document: str, tmp_path: Path) -> None:
    """A second export into the same folder is refused: the first one's parts are alive."""
    results = await asyncio.gather(
        export(vault, tmp_path), export(vault, tmp_path), return_exceptions=True
    )

    [refused] = [one for one in results if isinstance(one, BaseException)]
    assert isinstance(refused, TargetError)
    assert "another export is writing" in str(refused)


async def test_an_export_may_follow_another(vault: Vault, document: str, tmp_path: Path) -> None:
    """The folder is free again after an export that was ended by its events."""

    def stop(event: Event) -> None:
        if isinstance(event, Started):
            raise KeyError("enough")

    with pytest.raises(KeyError):
        await export(vault, tmp_path, on_event=stop)

    assert (await export(vault, tmp_path)).files == 1
