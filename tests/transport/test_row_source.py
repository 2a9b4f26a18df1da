"""Where rows may come from, and which cannot be meant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.transport.bulk_server import BulkServer, Row, client_of, collect, created, numbered
from vaultio import InvalidArgumentError, Rows


@pytest.mark.parametrize("kind", ["text", "path", "name", "async"])
async def test_where_rows_may_come_from(kind: str, tmp_path: Path) -> None:
    """CSV text, the path of a CSV file, its name, and an async iterable give the same."""
    text, path = 'name__v,number\n"a\\\\b",1\nc,2\n', tmp_path / "rows.csv"
    path.write_text(text, "utf-8-sig")

    async def mappings() -> AsyncIterator[Row]:
        yield {"name__v": "a\\b", "number": 1}
        yield {"name__v": "c", "number": 2}

    rows: dict[str, Rows] = {"text": text, "path": path, "name": str(path), "async": mappings()}
    server = BulkServer()
    assert [one.id for one in await created(rows[kind], server)] == [1, 2]
    assert server.bodies == [b"name__v,number\na\\\\b,1\nc,2\n"]


async def test_file_is_read_as_it_is_needed(tmp_path: Path) -> None:
    """A long file takes its calls, in order."""
    path = tmp_path / "rows.csv"
    path.write_text("number\n" + "\n".join(map(str, range(1, 2001))))
    server = BulkServer()

    results = await created(path, server)

    assert (server.calls, [one.id for one in results]) == (4, list(range(1, 2001)))


@pytest.mark.parametrize(
    "rows", [{"a": 1}, b"a\n1\n", 5, [1], [{}], "a,b\n1\n", "a,a\n1,2\n", [{"a": "1\r2"}]]
)
async def test_rows_that_cannot_be_meant(rows: Any) -> None:
    """What is no row is refused before it is sent."""
    server = BulkServer()

    with pytest.raises(InvalidArgumentError):
        await created(rows, server)
    assert server.calls == 0


async def test_row_that_cannot_be_written_is_named_by_its_place_in_the_input() -> None:
    """The place counts over all calls; what came before is done and said."""
    rows = [*numbered(600), {"name__v": "a\rb"}]

    with pytest.raises(InvalidArgumentError, match="row 601, column 'name__v'") as caught:
        await created(rows, BulkServer())

    assert "up to row 500 are done" in caught.value.__notes__[0]


async def test_input_that_breaks() -> None:
    """Results of what was read come first; the error of the input follows, with a note."""

    def rows() -> Iterator[Row]:
        yield from numbered(750)
        raise OSError("the database is gone")

    seen: list[int] = []
    async with client_of(BulkServer()) as vault:
        with pytest.raises(OSError, match="is gone") as caught:
            await collect(vault.documents.create_many(rows()), seen)

    assert seen == list(range(1, 501))
    assert "up to row 500 are done" in caught.value.__notes__[0]


async def test_file_that_is_not_there(tmp_path: Path) -> None:
    """A name without a file is the operating system's error, and nothing is sent."""
    server = BulkServer()

    with pytest.raises(FileNotFoundError):
        await created(tmp_path / "no.csv", server)
    assert server.calls == 0


async def test_file_that_is_not_utf_8(tmp_path: Path) -> None:
    """A file in another encoding is refused, and not sent in pieces."""
    path = tmp_path / "rows.csv"
    path.write_bytes("name__v\nPrüfplan\n".encode("latin-1"))

    with pytest.raises(InvalidArgumentError, match="UTF-8"):
        await created(path, BulkServer())
