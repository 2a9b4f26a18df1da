"""Comparing a field of a row with what a query says."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def compare(name: str, sign: str, values: list[Any]) -> Callable[[dict[str, Any]], bool]:
    """Return the condition ``name sign values``; of several values of a field one must fit."""
    if sign == "LIKE":
        # The one wildcard of VQL is the percent sign.
        parts = [re.escape(part) for part in str(values[0]).split("%")]
        pattern = re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)
        return _any(name, lambda value: bool(pattern.fullmatch(str(value))))
    if sign == "CONTAINS":
        return _any(name, lambda value: any(_equal(value, wanted) for wanted in values))
    if sign == "BETWEEN":
        low, high = values
        return _any(name, lambda value: _fits("<=", low, value) and _fits("<=", value, high))
    if sign == "=":
        return _any(name, lambda value: _equal(value, values[0]))
    if sign == "!=":
        return lambda row: not any(_equal(value, values[0]) for value in _values(row, name))
    return _any(name, lambda value: _fits(sign, value, values[0]))


def _any(name: str, test: Callable[[Any], bool]) -> Callable[[dict[str, Any]], bool]:
    return lambda row: any(test(value) for value in _values(row, name))


def _values(row: dict[str, Any], name: str) -> list[Any]:
    value = row.get(name)
    return value if isinstance(value, list) else [value]


def _equal(value: Any, wanted: Any) -> bool:
    # Ids are numbers on documents and text on objects; queries write both as both.
    if isinstance(value, bool) or isinstance(wanted, bool) or None in (value, wanted):
        return value is wanted
    return str(value) == str(wanted)


def _fits(sign: str, value: Any, wanted: Any) -> bool:
    numbers = isinstance(value, int | float) and isinstance(wanted, int | float)
    if value is None or wanted is None:
        return False
    return _ORDERED[sign](value, wanted) if numbers else _ORDERED[sign](str(value), str(wanted))
