"""JSON to Python's values: with the speed of orjson and the meaning of `json`.

orjson takes less than half the time. Where the two differ `json` has the last word: orjson makes
floats of whole numbers beyond 64 bits, and refuses byte order marks, lone surrogates and NaN.
"""

from __future__ import annotations

import json
from reprlib import Repr
from typing import Any

try:
    import orjson
except ImportError:  # it is built for CPython alone
    orjson = None  # type: ignore[assignment]  # or the module

_DIGITS = bytes(ord("0") if chr(code) in "0123456789" else ord(" ") for code in range(256))
_LONG_NUMBER = b"0" * 19  # no whole number of fewer digits needs more than 64 bits
_LONGEST_SHOWN = 60
_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = 2 * _LONGEST_SHOWN


def decode(body: bytes) -> Any:
    """Decode a JSON text in UTF-8, UTF-16 or UTF-32; anything else is a `ValueError`.

    Nesting beyond what Python can hold and numbers of thousands of digits are errors too. The
    event loop stands still meanwhile, for some milliseconds a MiB: a thread would change nothing,
    for neither decoder lets go of the interpreter. `Config.max_json_bytes` is what bounds it.
    """
    # A text may have such digits too: that costs time and changes nothing.
    if orjson is not None and _LONG_NUMBER not in body.translate(_DIGITS):
        try:
            return orjson.loads(body)
        except ValueError:
            pass  # whatever it was: the other one takes it, or says what is wrong
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("JSON nested too deep") from error


def shown(value: object) -> str:
    """Show a value in a message, not all of it, however long or deep it is."""
    text = _SHORT.repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
