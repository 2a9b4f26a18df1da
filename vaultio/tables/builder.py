"""A table made part by part: rows go in as they come, and stay in Arrow's form, not Python's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import attrs

from vaultio.errors import InvalidArgumentError
from vaultio.models.version_number import VersionNumber
from vaultio.models.wire import WIRE_NAME
from vaultio.tables.columns import column_of
from vaultio.tables.fitting import fitted_table, merged
from vaultio.tables.library import pyarrow

ROWS_A_PART = 1_000


class TableBuilder:
    """Takes rows part by part, and makes one table of them.

    *columns* are known to be there and come first, in this order; all others follow in the order
    in which they are seen. Nothing is decided before the end: a column that turns out to be mixed
    becomes text, and its dates the texts that they were.
    """

    def __init__(self, columns: Iterable[str] = ()) -> None:
        pa = pyarrow()
        self.schema: dict[str, Any] = dict.fromkeys(columns, pa.null())
        """Each column's type, as far as it is known."""

        self.parts: list[Any] = []

    @property
    def size(self) -> int:
        """Bytes of the parts, about."""
        return sum(part.nbytes for part in self.parts)

    @property
    def rows(self) -> int:
        """Rows of the parts."""
        return sum(part.num_rows for part in self.parts)

    def add(self, items: Sequence[Any]) -> None:
        """Take rows: mappings, or values with attributes such as documents."""
        if not items:
            return
        rows = [item if type(item) is dict else row_of(item) for item in items]
        names = dict.fromkeys(chain(self.schema, chain.from_iterable(rows)))
        columns = [column_of([row.get(name) for row in rows]) for name in names]
        part = pyarrow().Table.from_arrays(columns, names=list(names))
        self.schema = merged((self.schema, {field.name: field.type for field in part.schema}))
        self.parts.append(part)

    def table(self) -> Any:
        """Make the table of all rows so far."""
        pa = pyarrow()
        if not self.parts:
            return pa.schema(list(self.schema.items())).empty_table()
        return pa.concat_tables([fitted_table(part, self.schema) for part in self.parts])

    def take(self) -> Any:
        """Make the table of all rows so far and forget them; what is known of types stays."""
        table = self.table()
        self.parts.clear()
        return table


def table_of(rows: Iterable[Any], columns: Iterable[str] = ()) -> Any:
    """Make a table of rows that are there; see `TableBuilder`."""
    builder, left = TableBuilder(columns), iter(rows)
    while part := list(islice(left, ROWS_A_PART)):
        builder.add(part)
    return builder.table()


def row_of(item: Any) -> Mapping[str, Any]:
    """Make a row of an item: a mapping is one; of a value the attributes are, by Vault's names."""
    if isinstance(item, Mapping):
        return item
    if not attrs.has(type(item)):
        raise InvalidArgumentError(
            f"rows are mappings or values with attributes, not {type(item).__name__}"
        )
    row = {
        field.metadata.get(WIRE_NAME, field.name): _plain(getattr(item, field.name))
        for field in attrs.fields(type(item))
        if field.name != "fields"
    }
    return row | dict(getattr(item, "fields", {}))


def _plain(value: Any) -> Any:
    """Write what is in an attribute by Vault's names too; a version's number is its text."""
    if isinstance(value, VersionNumber):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return row_of(value) if attrs.has(type(value)) else value
