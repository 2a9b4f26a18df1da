"""Parquet files: whole or not there, whatever the rows turn out to be."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from vaultio import TargetError
from vaultio.integrations import parquet
from vaultio.integrations.arrow import table_of, write_parquet


async def rows_of(*parts: tuple[int, Mapping[str, Any]]) -> AsyncIterator[Mapping[str, Any]]:
    """Yield so many of each row."""
    for number, row in parts:
        for _ in range(number):
            yield row


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row groups of 1,000 rows."""
    monkeypatch.setattr(parquet, "GROUP_ROWS", 1_000)


@pytest.mark.usefixtures("small_groups")
async def test_rows_in_groups(tmp_path: Path) -> None:
    """Rows go out in row groups as they come, and are counted."""
    target = tmp_path / "rows.parquet"

    count = await write_parquet(rows_of((4_500, {"id": 7, "name__v": "Plan"})), target)

    written = pq.ParquetFile(target)
    assert count == written.metadata.num_rows == 4_500
    assert written.num_row_groups == 5
    assert written.read().slice(4_499).to_pylist() == [{"id": 7, "name__v": "Plan"}]


LATE = [
    ({"x": 1}, {"x": "one"}),
    ({"x": 1}, {"x": 0.5}),
    ({"x": "2016-05-04"}, {"x": "2016-05-04T22:14:33.000Z"}),
    ({"x": None}, {"x": [1]}),
    ({"x": []}, {"x": [{"y": "2016-05-04"}]}),
    ({"x": {"y": 1}}, {"x": {"z": [True]}}),
    ({"x": [[{"y": 1}]]}, {"x": "text"}),
    ({"x": 1}, {"y": 1}),
]


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize(("first", "then"), LATE)
async def test_a_row_that_does_not_fit(
    tmp_path: Path, first: dict[str, Any], then: dict[str, Any]
) -> None:
    """The file is what it would be if all rows had been seen before the first was written."""
    parts = ((2_100, first), (1_000, then), (500, first))
    target = tmp_path / "rows.parquet"

    count = await write_parquet(rows_of(*parts), target)

    assert count == 3_600
    assert pq.read_table(target).equals(table_of([row for n, row in parts for _ in range(n)]))
    assert left_in(tmp_path) == ["rows.parquet"]


def left_in(folder: Path) -> list[str]:
    """List a folder; hidden files too."""
    return sorted(one.name for one in folder.iterdir())


async def failing() -> AsyncIterator[Mapping[str, Any]]:
    """Yield some rows, and then lose the vault."""
    for number in range(5_000):
        yield {"id": number}
    raise ConnectionError("gone")


@pytest.mark.usefixtures("small_groups")
async def test_a_query_that_fails(tmp_path: Path) -> None:
    """What was there before stays, and no part is left."""
    target = tmp_path / "rows.parquet"
    target.write_text("mine")

    with pytest.raises(ConnectionError):
        await write_parquet(failing(), target)

    assert left_in(tmp_path) == ["rows.parquet"]
    assert target.read_text() == "mine"


@pytest.mark.usefixtures("small_groups")
async def test_a_task_that_is_cancelled(tmp_path: Path) -> None:
    """A cancelled task leaves nothing, wherever it was."""

    async def endless() -> AsyncIterator[Mapping[str, Any]]:
        while True:
            yield {"id": 7}
            await asyncio.sleep(0)

    for pause_s in (0.0, 0.01, 0.1):
        task = asyncio.create_task(write_parquet(endless(), tmp_path / "rows.parquet"))
        await asyncio.sleep(pause_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert left_in(tmp_path) == []


async def test_what_the_disk_refuses(tmp_path: Path) -> None:
    """A folder that is not there is the error that downloads raise, and names the file."""
    with pytest.raises(TargetError, match=r"rows\.parquet"):
        await write_parquet(rows_of((1, {"id": 7})), tmp_path / "missing" / "rows.parquet")


async def test_no_rows(tmp_path: Path) -> None:
    """An empty answer is a whole file with the columns that are known."""
    target = tmp_path / "rows.parquet"

    count = await write_parquet(rows_of(), target, columns=["id", "name__v"])

    assert count == 0
    assert pq.read_table(target).column_names == ["id", "name__v"]


async def test_memory_does_not_grow(tmp_path: Path) -> None:
    """Ten times the rows need no more of Python's memory."""
    peaks = []
    for number in (2_000, 16_000):
        tracemalloc.start()
        await write_parquet(rows_of((number, {"id": 7, "name__v": "Plan"})), tmp_path / "rows")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.5 * peaks[0]
