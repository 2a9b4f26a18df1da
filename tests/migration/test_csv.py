"""Exports of what a CSV file lists: any length, any mistake in it, however often it is stopped."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.migration.conftest import files, items
from vaultio import InvalidArgumentError, Vault
from vaultio.migration import ByCsv, Export, Finished, export, listed
from vaultio.migration.listed import chunks
from vaultio.sandbox import Sandbox


def listing(path: Path, column: str, values: Iterable[object]) -> Path:
    """Write a list with another column beside it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["why", column])
        writer.writerows(("because", value) for value in values)
    return path


@pytest.fixture
def ids(sandbox: Sandbox) -> list[int]:
    """Five documents, whose external ids are hard to quote."""
    names = ("A-1", "O'Neill", "back\\slash", "a, b", "Ünï")
    return [
        sandbox.documents.add(f"Plan {name}", b"12345", fields={"external_id__v": name})
        for name in names
    ]


@pytest.fixture
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ten values a long list."""
    monkeypatch.setattr(listed, "CHUNK", 10)


async def test_by_ids(vault: Vault, ids: list[int], tmp_path: Path) -> None:
    """Those of the list are exported, each once, and nothing else."""
    path = listing(tmp_path / "list.csv", "id", [ids[3], ids[1], "", ids[3], f" {ids[1]} "])

    report = await export(vault, tmp_path / "to", selection=ByCsv.of(path))

    assert {int(name.split("/")[0]) for name in files(tmp_path / "to")} == {ids[1], ids[3]}
    assert report.failed == 0


async def test_by_external_ids(vault: Vault, ids: list[int], tmp_path: Path) -> None:
    """The values are Vault's, whatever is in them; one that there is not fails alone."""
    values = ["O'Neill", "back\\slash", "a, b", "Ünï", "' OR id > 0 --"]
    path = listing(tmp_path / "list.csv", "external_id__v", values)

    report = await export(vault, tmp_path / "to", selection=ByCsv.of(path))

    assert (report.files, report.failed) == (4, 1)
    [failure] = report.failures
    assert (failure.source_id, failure.error_type) == ("' OR id > 0 --", "NotFoundError")
    assert failure.message == "no document has this external_id__v"


async def test_a_column_by_another_name(vault: Vault, ids: list[int], tmp_path: Path) -> None:
    """The column may be called anything, if it is said what it holds."""
    path = listing(tmp_path / "list.csv", "Our number", ["A-1"])
    selection = ByCsv.of(path, column="Our number", field="external_id__v")

    report = await export(vault, tmp_path / "to", selection=selection)

    assert [int(one.source_id) for one in await items(tmp_path / "to", "source")] == [ids[0]]
    assert report.failed == 0


async def test_what_is_no_id(vault: Vault, ids: list[int], tmp_path: Path) -> None:
    """Row 500,001 says n/a: that row fails, and costs no call; the others are exported."""
    wrong = ["n/a", "-1", "1.5", "٣", "9" * 5_000]
    path = listing(tmp_path / "list.csv", "id", [ids[0], *wrong, 4711])

    report = await export(vault, tmp_path / "to", selection=ByCsv.of(path))

    assert (report.files, report.failed) == (1, 6)
    assert {one.message for one in report.failures if one.source_id in wrong} == {
        "a document id is a whole number"
    }
    assert report.calls == 4  # the fields, the list, the file, and why 4711 is not there


@pytest.mark.usefixtures("short_chunks")
async def test_stopped_and_gone_on_with(vault: Vault, sandbox: Sandbox, tmp_path: Path) -> None:
    """A long list that is stopped is gone on with, and its beginning is not asked for again."""
    ids = [sandbox.documents.add(f"Plan {number}") for number in range(30)]
    path = listing(tmp_path / "list.csv", "id", ids)
    job = Export(vault, tmp_path / "to", selection=ByCsv.of(path))
    async for event in job.run():
        if isinstance(event, Finished):
            job.stop()

    report = await export(vault, tmp_path / "to", selection=ByCsv.of(path))

    assert (report.files, report.is_complete) == (len(ids), True)
    assert job.report is not None
    assert job.report.calls + report.calls <= len(ids) + 3 + 2 * 2  # the fields are asked twice


async def test_the_list_has_changed_meanwhile(vault: Vault, ids: list[int], tmp_path: Path) -> None:
    """Who puts rows in front of an interrupted list gets those, too."""
    path = listing(tmp_path / "list.csv", "id", ids[2:])
    job = Export(vault, tmp_path / "to", selection=ByCsv.of(path))
    async for event in job.run():
        if isinstance(event, Finished):
            job.stop()
    listing(path, "id", ids)

    report = await export(vault, tmp_path / "to", selection=ByCsv.of(path))

    assert (report.files, report.failed) == (5, 0)


@pytest.mark.heavy
async def test_a_list_of_millions(tmp_path: Path) -> None:
    """It is read as it is needed: memory does not grow with its length."""
    path = listing(tmp_path / "list.csv", "id", range(1, 40_001))
    read = 0
    tracemalloc.start()
    async for chunk in chunks(ByCsv.of(path), 0):
        read += len(chunk.values)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert read == 40_000
    assert peak < 1_000_000


async def test_long_values(tmp_path: Path) -> None:
    """Values as long as Vault lets them be make shorter queries, and none is lost."""
    values = [f"{number:04}".ljust(250, "x") for number in range(500)]
    path = listing(tmp_path / "list.csv", "external_id__v", values)

    read = [chunk.values async for chunk in chunks(ByCsv.of(path), 0)]

    assert [value for chunk in read for value in chunk] == values
    assert max(sum(map(len, chunk)) for chunk in read) <= 20_000


async def test_gone_on_with_from_any_row(tmp_path: Path) -> None:
    """From where a chunk says, exactly the rest comes, over empty rows and quoted line ends."""
    values = ["", "a\nb", *map(str, range(300)), "", "", *map(str, range(300, 500)), "7"]
    path = listing(tmp_path / "list.csv", "id", values)
    [first, *rest] = [chunk async for chunk in chunks(ByCsv.of(path), 0)]
    assert first.following is not None

    again = [chunk async for chunk in chunks(ByCsv.of(path), first.following)]

    assert again == rest


@pytest.mark.parametrize(
    "content", [b"", b"name\n1\n", b"id\n\xff\xfe\n", b'id\n"' + b"x" * 200_000, None]
)
async def test_a_list_that_cannot_be_read(
    vault: Vault, ids: list[int], tmp_path: Path, content: bytes | None
) -> None:
    """It is said which file, and nothing else is exported instead."""
    path = tmp_path / "list.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(InvalidArgumentError, match=r"list\.csv"):
        await export(vault, tmp_path / "to", selection=ByCsv(path))

    assert files(tmp_path / "to") == []
