"""What has no type of its own in a table, as text; and texts that are dates or times."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from vaultio.tables.library import pyarrow

_DATE = r"^\d{4}-\d\d-\d\d$"
_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
_TIME_MS = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
_FORMS = tuple((re.compile(form, re.ASCII), form) for form in (_DATE, _TIME, _TIME_MS))


def text_of(value: Any) -> str | None:
    """Write a value as text: text as it is, nothing as None, dates as ISO, the rest as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=_other)


def texts_of(values: Sequence[Any]) -> Any:
    """Make a column of text; half characters, which no file can hold, are replaced."""
    return only_texts([text_of(value) for value in values])


def only_texts(texts: Sequence[str | None]) -> Any:
    """Make a column of what is text already, or None."""
    pa = pyarrow()
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return pa.array([text and _whole(text) for text in texts], pa.string())


def dated(texts: Any) -> Any:
    """Make dates or times (UTC) of a column of text in which every value is one.

    These are the two ways in which Vault writes them, ``2016-05-04`` and
    ``2016-05-04T22:14:33.000Z`` (or without the fraction), so that the text can be had back.
    """
    first = next((one.as_py() for one in texts if one.is_valid), None)
    form = next((form for begins, form in _FORMS if first and begins.match(first)), None)
    if form is None:
        return texts
    pa = pyarrow()
    seconds, thousandths = pa.timestamp("s", "UTC"), pa.timestamp("ms", "UTC")
    kinds = {_DATE: pa.date32(), _TIME: seconds, _TIME_MS: thousandths}
    if not pa.compute.all(pa.compute.match_substring_regex(texts, form)).as_py():
        return texts
    try:
        return texts.cast(kinds[form])
    except pa.ArrowInvalid:  # the 31st of February
        return texts


def undated(column: Any) -> Any:
    """Write a column of numbers, truth values, dates or times as the text that it came from."""
    pa = pyarrow()
    if pa.types.is_timestamp(column.type) and column.type.tz:
        return pa.compute.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_date(column.type) or pa.types.is_integer(column.type):
        return column.cast(pa.string())
    return texts_of(column.to_pylist())


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _other(value: Any) -> Any:
    """Write what JSON has no word for."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
