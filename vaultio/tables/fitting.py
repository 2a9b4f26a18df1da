"""One type for the parts of a column that were made one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vaultio.tables.library import pyarrow
from vaultio.tables.texts import undated


def common(one: Any, other: Any) -> Any:
    """Find the type that holds the values of both; text holds everything."""
    pa = pyarrow()
    kinds = pa.types
    if one.equals(other) or kinds.is_null(other):
        return one
    if kinds.is_null(one):
        return other
    if {one, other} == {pa.int64(), pa.float64()}:
        return pa.float64()
    if kinds.is_list(one) and kinds.is_list(other):
        return pa.list_(common(one.value_type, other.value_type))
    if kinds.is_struct(one) and kinds.is_struct(other):
        members = merged({field.name: field.type for field in kind} for kind in (one, other))
        return pa.struct(list(members.items()))
    return pa.string()


def merged(schemas: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Find the columns of parts that follow each other: each name where it was seen first."""
    columns = dict[str, Any]()
    for schema in schemas:
        for name, kind in schema.items():
            columns[name] = common(columns[name], kind) if name in columns else kind
    return columns


def fitted(column: Any, kind: Any) -> Any:
    """Make a column one of another type, which `common` found for it and others."""
    pa = pyarrow()
    if column.type.equals(kind):
        return column
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), kind)
    if pa.types.is_string(kind):
        return undated(column)
    if pa.types.is_list(kind):
        return _fitted_lists(column, kind)
    if pa.types.is_struct(kind):
        return _fitted_rows(column, kind)
    return column.cast(kind)


def _fitted_lists(column: Any, kind: Any) -> Any:
    pa = pyarrow()
    column = _whole(column)
    values = fitted(column.values, kind.value_type)
    return pa.ListArray.from_arrays(column.offsets, values, type=kind, mask=column.is_null())


def _fitted_rows(column: Any, kind: Any) -> Any:
    pa = pyarrow()
    column = _whole(column)
    members = [
        fitted(column.field(one.name), one.type)
        if column.type.get_field_index(one.name) >= 0
        else pa.nulls(len(column), one.type)
        for one in kind
    ]
    return pa.StructArray.from_arrays(members, fields=list(kind), mask=column.is_null())


def _whole(column: Any) -> Any:
    """Copy a part of a column, so that its places begin at 0; a whole one stays what it is."""
    return pyarrow().concat_arrays([column]) if column.offset == 0 else column.take(_places(column))


def _places(column: Any) -> Any:
    return pyarrow().array(range(len(column)))


def fitted_table(table: Any, schema: dict[str, Any]) -> Any:
    """Bring a table to the columns of *schema*; those that it lacks are empty."""
    pa = pyarrow()
    columns = []
    for name, kind in schema.items():
        if name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, kind))
            continue
        chunks = [fitted(chunk, kind) for chunk in table.column(name).chunks]
        columns.append(pa.chunked_array(chunks, kind))
    return pa.Table.from_arrays(columns, schema=pa.schema(list(schema.items())))
