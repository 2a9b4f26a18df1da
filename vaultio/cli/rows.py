"""Rows of a query on stdout: as a table, as JSON Lines, as CSV; written page by page."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from vaultio.cli.console import for_data
from vaultio.cli.running import UsageError
from vaultio.cli.text import plain

Row = Mapping[str, Any]
Write = Callable[[Sequence[Row]], None]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
Format = Literal["table", "jsonl", "csv", "spreadsheet"]

_WIDEST = 60
# Valid in JSON as they are, but a terminal may obey them.
_UNSAFE = re.compile(
    "[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def jsonl() -> Write:
    """Write each row as a JSON object on a line of its own; nothing in it acts on a terminal."""

    def write(rows: Sequence[Row]) -> None:
        for row in rows:
            text = json.dumps(dict(row), ensure_ascii=False)
            sys.stdout.write(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
        sys.stdout.flush()

    return write


def comma_separated(guard: Callable[[str], str] = str) -> Write:
    """Write CSV with a header; the columns are those of the first page.

    Lists and objects are written as JSON, nothing as an empty cell. To a file values go as they
    are but for *guard*, to a terminal they are made safe.
    """
    writer = csv.writer(sys.stdout, lineterminator="\n")
    is_terminal = sys.stdout.isatty()

    def safe(text: str) -> str:
        return guard(plain(text) if is_terminal else text)

    columns: list[str] = []

    def write(rows: Sequence[Row]) -> None:
        if not columns:
            columns.extend(_columns(rows))
            writer.writerow(map(safe, columns))
        for row in rows:
            if more := [name for name in row if name not in columns]:
                raise UsageError(f"a later page has the column {more[0]}: use --output jsonl")
            writer.writerow(safe(cell(row.get(name))) for name in columns)
        sys.stdout.flush()

    return write


def as_shown(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula and reckon."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def table() -> Write:
    """Write a table whose columns are as wide as the first page needs; long values are folded."""
    console = for_data()
    widths, numeric = dict[str, int](), set[str]()

    def write(rows: Sequence[Row]) -> None:
        new = [name for name in _columns(rows) if name not in widths]
        for name in new:
            cells = [name, *(plain(cell(row.get(name))) for row in rows)]
            widths[name] = min(_WIDEST, max(map(cell_len, cells)))
            if all(_is_number(row.get(name)) for row in rows):
                numeric.add(name)
        page = Table(box=box.SIMPLE_HEAD, show_header=bool(new), pad_edge=False, show_edge=False)
        for name, width in widths.items():
            justify: JustifyMethod = "right" if name in numeric else "left"
            page.add_column(Text(plain(name)), width=width, overflow="fold", justify=justify)
        for row in rows:
            page.add_row(*(Text(plain(cell(row.get(name)))) for name in widths))
        if not console.is_terminal:
            console.width = sum(widths.values()) + 3 * len(widths)
        console.print(page)

    return write


WRITERS: dict[Format, Callable[[], Write]] = {
    "table": table,
    "jsonl": jsonl,
    "csv": comma_separated,
    "spreadsheet": partial(comma_separated, as_shown),
}


def cell(value: Any) -> str:
    """Write one value: text as it is, nothing as nothing, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _columns(rows: Sequence[Row]) -> list[str]:
    """Name the columns of a page: Vault may leave out what is empty, so one row is not enough."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
