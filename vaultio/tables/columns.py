"""A list of values as one column of a table: as narrow a type as all of them have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import accumulate, chain
from types import NoneType
from typing import Any, Literal

from vaultio.tables.library import pyarrow
from vaultio.tables.texts import dated, only_texts, texts_of

Kind = Literal[
    "nothing", "truth", "whole", "number", "text", "list", "row", "date", "time", "other"
]

_DEEPEST = 8
"""Lists and rows within each other; what lies deeper is JSON."""

_LARGEST = 2**53
"""Whole numbers up to here are the same in a column of fractions."""

_SUBQUERY = frozenset({"data", "responseDetails"})


def column_of(values: Sequence[Any], depth: int = 0) -> Any:
    """Make a column of *values*; where their types do not go together it is text.

    Numbers become int64, or float64 if one of them has a fraction; texts become dates or times
    if every one is. Lists keep their items, objects their members, and the answer to a subquery
    becomes the list of its rows.
    """
    kinds = frozenset(map(_kind, set(map(type, values)))) - {"nothing"}
    if not kinds:
        return pyarrow().nulls(len(values))
    if kinds == {"list"} and depth < _DEEPEST:
        return _lists(values, depth)
    if kinds == {"row"} and depth < _DEEPEST:
        return _rows(values, depth)
    make = _MAKERS.get(kinds, texts_of)
    return make(values)


@cache
def _kind(kind: type[Any]) -> Kind:
    """Sort a type; `bool` is no number here, and a `datetime` no date."""
    return next((name for one, name in _ORDER if issubclass(kind, one)), "other")


_ORDER: tuple[tuple[type[Any], Kind], ...] = (
    (NoneType, "nothing"),
    (bool, "truth"),
    (int, "whole"),
    (float, "number"),
    (str, "text"),
    (list, "list"),
    (tuple, "list"),
    (Mapping, "row"),
    (datetime, "time"),
    (date, "date"),
)


def _texts(values: Sequence[Any]) -> Any:
    return dated(only_texts(values))


def _truths(values: Sequence[Any]) -> Any:
    pa = pyarrow()
    return pa.array(values, pa.bool_())


def _wholes(values: Sequence[Any]) -> Any:
    """Make whole numbers; beyond 2**53 text, for a later part of the column may have fractions."""
    pa = pyarrow()
    there = [value for value in values if value is not None]
    if min(there) >= -_LARGEST and max(there) <= _LARGEST:
        return pa.array(values, pa.int64())
    return texts_of(values)


def _numbers(values: Sequence[Any]) -> Any:
    pa = pyarrow()
    if all(value is None or abs(value) <= _LARGEST for value in values if isinstance(value, int)):
        return pa.array([None if one is None else float(one) for one in values], pa.float64())
    return texts_of(values)


def _dates(values: Sequence[Any]) -> Any:
    pa = pyarrow()
    return pa.array(values, pa.date32())


def _times(values: Sequence[Any]) -> Any:
    """Make times of Python's own; those with a zone are UTC then."""
    pa = pyarrow()
    zones = {value.tzinfo is not None for value in values if value is not None}
    if len(zones) > 1:
        return texts_of(values)
    return pa.array(values, pa.timestamp("us", "UTC" if zones == {True} else None))


_MAKERS: dict[frozenset[Kind], Callable[[Sequence[Any]], Any]] = {
    frozenset({"truth"}): _truths,
    frozenset({"whole"}): _wholes,
    frozenset({"number"}): _numbers,
    frozenset({"whole", "number"}): _numbers,
    frozenset({"text"}): _texts,
    frozenset({"date"}): _dates,
    frozenset({"time"}): _times,
}


def _lists(values: Sequence[Any], depth: int) -> Any:
    pa = pyarrow()
    lengths = [0 if value is None else len(value) for value in values]
    inner = column_of(list(chain.from_iterable(filter(None, values))), depth + 1)
    offsets = pa.array(accumulate(lengths, initial=0), pa.int32())
    return pa.ListArray.from_arrays(offsets, inner, mask=_missing(values))


def _rows(values: Sequence[Any], depth: int) -> Any:
    """Make a column of objects, or of lists of rows where each is the answer to a subquery."""
    pa = pyarrow()
    there = [value for value in values if value is not None]
    if all(_is_subquery(value) for value in there):
        return _lists([None if value is None else value["data"] for value in values], depth)
    names = list(dict.fromkeys(chain.from_iterable(there)))
    if not names:  # Parquet knows no object without members
        return texts_of(values)
    members = [
        column_of([None if value is None else value.get(name) for value in values], depth + 1)
        for name in names
    ]
    return pa.StructArray.from_arrays(members, list(map(str, names)), mask=_missing(values))


def _is_subquery(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("data"), list) and value.keys() <= _SUBQUERY


def _missing(values: Sequence[Any]) -> Any:
    pa = pyarrow()
    return pa.array([value is None for value in values], pa.bool_())
