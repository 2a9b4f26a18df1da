"""Comparing a field of a row with what a query says."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

Row: TypeAlias = dict[str, Any]
Test: TypeAlias = Callable[[Row], bool]

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@frozen
class Condition:
    """What a row must fulfil; a row without one of *wanted*'s values in a field never does.

    What is wanted lets rows be looked up that would otherwise all be tried.
    """

    holds: Test
    wanted: Mapping[str, Sequence[Any]] = field(factory=dict)


def either(conditions: Sequence[Condition]) -> Condition:
    """Join by OR."""
    if len(conditions) == 1:
        return conditions[0]
    return Condition(lambda row: any(one.holds(row) for one in conditions))


def both(conditions: Sequence[Condition]) -> Condition:
    """Join by AND."""
    if len(conditions) == 1:
        return conditions[0]
    wanted = {name: values for one in conditions for name, values in one.wanted.items()}
    return Condition(lambda row: all(one.holds(row) for one in conditions), wanted)


def compare(name: str, sign: str, values: list[Any]) -> Condition:
    """Return the condition ``name sign values``; of several values of a field one must fit."""
    if sign == "=" and values[0] is not None:
        sign = "CONTAINS"
    if sign == "CONTAINS":
        # Going through the values for each of many rows takes long where there are hundreds.
        texts = {str(one) for one in values if not _is_special(one)}
        special = [one for one in values if _is_special(one)]
        test = _any(name, lambda value: _among(value, texts, special))
        return Condition(test, {} if special else {name: values})
    return Condition(_test(name, sign, values))


def _test(name: str, sign: str, values: list[Any]) -> Test:
    if sign == "LIKE":
        # The one wildcard of VQL is the percent sign.
        parts = [re.escape(part) for part in str(values[0]).split("%")]
        pattern = re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)
        return _any(name, lambda value: bool(pattern.fullmatch(str(value))))
    if sign == "BETWEEN":
        low, high = values
        return _any(name, lambda value: _fits("<=", low, value) and _fits("<=", value, high))
    if sign == "=":
        return _any(name, lambda value: value is values[0])
    if sign == "!=":
        return lambda row: not any(_equal(value, values[0]) for value in _values(row, name))
    return _any(name, lambda value: _fits(sign, value, values[0]))


def _any(name: str, test: Callable[[Any], bool]) -> Test:
    return lambda row: any(test(value) for value in _values(row, name))


def _values(row: Row, name: str) -> list[Any]:
    value = row.get(name)
    return value if isinstance(value, list) else [value]


def _is_special(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def _among(value: Any, texts: set[str], special: list[Any]) -> bool:
    # Ids are numbers on documents and text on objects; queries write both as both.
    if _is_special(value):
        return any(value is one for one in special)
    return str(value) in texts


def _equal(value: Any, wanted: Any) -> bool:
    if _is_special(value) or _is_special(wanted):
        return value is wanted
    return str(value) == str(wanted)


def _fits(sign: str, value: Any, wanted: Any) -> bool:
    numbers = isinstance(value, int | float) and isinstance(wanted, int | float)
    if value is None or wanted is None:
        return False
    return _ORDERED[sign](value, wanted) if numbers else _ORDERED[sign](str(value), str(wanted))
