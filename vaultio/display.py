"""How values look in a notebook: small tables of HTML that are harmless, whatever is in them.

Every text is escaped, what is long is cut, and what could not be seen (line ends, control signs,
signs that turn the direction of a text) is shown as a dot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

LONGEST = 120
"""Signs of one cell."""

MOST_ROWS = 50
MOST_COLUMNS = 20


def table_html(caption: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Write a table with a head; of many rows and columns the first."""
    shown = columns[:MOST_COLUMNS]
    head = "".join(f"<th>{cell(name)}</th>" for name in shown)
    lines = [
        "".join(f"<td>{cell(value)}</td>" for value in row[:MOST_COLUMNS])
        for row in rows[:MOST_ROWS]
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    left_out = [
        f"{len(every) - most:,} more {what}"
        for what, every, most in (("rows", rows, MOST_ROWS), ("columns", columns, MOST_COLUMNS))
        if len(every) > most
    ]
    note = f"<p>and {' and '.join(left_out)}</p>" if left_out else ""
    return f"<table><caption>{cell(caption)}</caption><tr>{head}</tr>{body}</table>{note}"


def facts_html(caption: str, facts: Mapping[str, Any]) -> str:
    """Write a table of names and values; those that are None or empty are left out."""
    there = [(name, value) for name, value in facts.items() if value not in (None, "", (), [], {})]
    lines = "".join(
        f"<tr><th>{cell(name)}</th><td>{cell(value)}</td></tr>" for name, value in there[:MOST_ROWS]
    )
    more = len(there) - MOST_ROWS
    note = f"<p>and {more:,} more</p>" if more > 0 else ""
    return f"<table><caption>{cell(caption)}</caption>{lines}</table>{note}"


def rows_html(caption: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """Write a table of mappings; its columns are all that any of them has."""
    listed = list(rows)
    columns = list(dict.fromkeys(name for row in listed for name in row))
    cells = [[row.get(name) for name in columns] for row in listed[: MOST_ROWS + 1]]
    padded = [*cells, *([()] * (len(listed) - len(cells)))]
    return table_html(caption, columns, padded)


def cell(value: Any) -> str:
    """Write one value, escaped, on one line and not too long."""
    from html import escape  # not on the way of `import vaultio`

    return escape(short(value))


def short(value: Any) -> str:
    """Write a value as text, cut, with a dot for each sign that cannot be seen."""
    text = "" if value is None else str(value)
    cut = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return "".join(sign if sign.isprintable() else "·" for sign in cut)


def short_repr(value: Any) -> str:
    """Write a value as in Python, cut."""
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
