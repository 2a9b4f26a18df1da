"""Rows that a command lists, on stdout or in a file: the one writer for all of them."""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import attrs
import typer
from anyio.to_thread import run_sync
from attrs import frozen
from rich import box
from rich.cells import cell_len
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from vaultio.cli.console import for_data
from vaultio.cli.running import UsageError
from vaultio.cli.text import plain
from vaultio.models.wire import WIRE_NAME, Model
from vaultio.wording import guarded

Row = Mapping[str, Any]
Pages = AsyncIterable[Sequence[Row]]
"""Rows as they come, some at a time."""

Format = Literal["table", "json", "jsonl", "csv", "spreadsheet", "parquet"]
_WIDEST = 60
# Valid in JSON as they are, but a terminal may obey them.
_UNSAFE = re.compile(
    "[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_PARQUET = 'parquet needs the extra arrow: pip install "vaultio[arrow]"'

OutputFormat = Annotated[
    Format,
    typer.Option(
        "--output",
        "-o",
        help="A table to look at; JSON, JSON Lines, CSV or Parquet to work with; CSV for a "
        "spreadsheet, in which nothing is taken for a formula.",
    ),
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--to", metavar="FILE", help="Write to this file instead of stdout; it is there whole."
    ),
]


@frozen(kw_only=True)
class Listing:
    """The options of a command that lists: how, and where to."""

    output: OutputFormat = "table"
    to: OutputFile = None

    def check(self) -> None:
        """Refuse what cannot be meant, before anything is asked for."""
        if self.output == "parquet":
            arrow()
            if self.to is None and sys.stdout.isatty():
                raise UsageError("parquet is not for a terminal", "give --to FILE, or redirect it")


def arrow() -> Any:
    """Import what writes Parquet, or raise `UsageError` if the extra is missing."""
    try:
        return importlib.import_module("vaultio.integrations.arrow")
    except ImportError as error:
        raise UsageError("Parquet cannot be written here", _PARQUET) from error


async def write_rows(pages: Pages, listing: Listing) -> int:
    """Write the rows as they come, and return how many there were."""
    listing.check()
    counted = _Counted(pages)
    if listing.output == "parquet":
        await _parquet(counted, listing.to)
    elif listing.to is not None:
        from vaultio.migration.report.files import write_file

        await write_file(listing.to, _FORMATS[listing.output](counted, True))
    else:
        async for piece in _FORMATS[listing.output](counted, False):
            sys.stdout.write(piece)
            sys.stdout.flush()
    return counted.rows


async def whole(rows: Iterable[Row]) -> AsyncIterator[Sequence[Row]]:
    """Yield rows that are there already, as one page."""
    page = list(rows)
    if page:
        yield page


def row_of(value: Model) -> dict[str, Any]:
    """Write one of vaultio's values as a row under Vault's names, what is empty left out."""
    row = {
        one.metadata[WIRE_NAME]: found
        for one in attrs.fields(type(value))
        if WIRE_NAME in one.metadata and (found := getattr(value, one.name)) not in (None, ())
    }
    return {name: _simple(one) for name, one in (row | dict(value.fields)).items()}


def cell(value: Any) -> str:
    """Write one value: text as it is, nothing as nothing, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(_simple(value), ensure_ascii=False)


class _Counted:
    """Pages, and how many rows there were in them."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.rows = 0

    async def __aiter__(self) -> AsyncIterator[Sequence[Row]]:
        async for page in self._pages:
            self.rows += len(page)
            yield page


async def _jsonl(pages: _Counted, _: bool) -> AsyncIterator[str]:
    """Write each row as a JSON object on a line of its own; nothing in it acts on a terminal."""
    async for page in pages:
        yield "".join(f"{_json(row)}\n" for row in page)


async def _json_list(pages: _Counted, _: bool) -> AsyncIterator[str]:
    """Write one JSON list, an object on each line."""
    between = "[\n"
    async for page in pages:
        yield between + ",\n".join(map(_json, page))
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


async def _comma_separated(
    pages: _Counted, is_file: bool, guard: Callable[[str], str] = str
) -> AsyncIterator[str]:
    """Write CSV with a header; the columns are those of the first page.

    Lists and objects are written as JSON, nothing as an empty cell. To a file values go as they
    are but for *guard*, to a terminal they are made safe.
    """
    is_terminal = not is_file and sys.stdout.isatty()

    def safe(text: str) -> str:
        return guard(plain(text) if is_terminal else text)

    columns: list[str] = []
    async for page in pages:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        if not columns:
            columns.extend(_columns(page))
            writer.writerow(map(safe, columns))
        for row in page:
            if more := [name for name in row if name not in columns]:
                raise UsageError(f"a later page has the column {more[0]}", "use --output jsonl")
            writer.writerow(safe(cell(row.get(name))) for name in columns)
        yield text.getvalue()


async def _table(pages: _Counted, is_file: bool) -> AsyncIterator[str]:
    """Write a table whose columns are as wide as the first page needs; long values are folded."""
    console = for_data(force_terminal=False if is_file else None)
    widths, numeric = dict[str, int](), set[str]()
    async for page in pages:
        new = [name for name in _columns(page) if name not in widths]
        for name in new:
            cells = [name, *(plain(cell(row.get(name))) for row in page)]
            widths[name] = min(_WIDEST, max(map(cell_len, cells)))
            if all(_is_number(row.get(name)) for row in page):
                numeric.add(name)
        drawn = Table(box=box.SIMPLE_HEAD, show_header=bool(new), pad_edge=False, show_edge=False)
        for name, width in widths.items():
            justify: JustifyMethod = "right" if name in numeric else "left"
            drawn.add_column(Text(plain(name)), width=width, overflow="fold", justify=justify)
        for row in page:
            drawn.add_row(*(Text(plain(cell(row.get(name)))) for name in widths))
        if not console.is_terminal:
            console.width = sum(widths.values()) + 3 * len(widths)
        with console.capture() as captured:
            console.print(drawn)
        yield captured.get()


_FORMATS: dict[str, Callable[[_Counted, bool], AsyncIterator[str]]] = {
    "table": _table,
    "json": _json_list,
    "jsonl": _jsonl,
    "csv": _comma_separated,
    "spreadsheet": partial(_comma_separated, guard=guarded),
}


async def _parquet(pages: _Counted, to: Path | None) -> None:
    """Write Parquet to a file; for stdout by way of one, as it is not written from the front."""

    async def rows() -> AsyncIterator[Row]:
        async for page in pages:
            for row in page:
                yield row

    if to is not None:
        await arrow().write_parquet(rows(), to)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.parquet")
        await arrow().write_parquet(rows(), path)
        await run_sync(_pour, path)


def _pour(path: Path) -> None:
    """Write a file out to stdout."""
    with path.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _json(row: Row) -> str:
    text = json.dumps(_simple(dict(row)), ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _simple(value: Any) -> Any:
    """Write what JSON has no word for as the nearest that it has."""
    if isinstance(value, Model):
        return row_of(value)
    if isinstance(value, Mapping):
        return {str(name): _simple(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_simple(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | None) else str(value)


def _columns(rows: Sequence[Row]) -> list[str]:
    """Name the columns of a page: Vault may leave out what is empty, so one row is not enough."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
