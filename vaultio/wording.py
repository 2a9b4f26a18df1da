"""Numbers and names for people: short, and safe for a terminal or a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# Controls move the cursor or recolour the screen; the others turn the reading direction around or
# are not seen at all.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def plain(text: object) -> str:
    r"""Show what could play tricks on a terminal as an escape, such as ``\x1b``.

    Line ends and tabs too: the result is one line.
    """
    said = str(text)
    return said if said.isprintable() else _HARMFUL.sub(_escape, said)


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula and reckon.

    >>> guarded(" =1+1"), guarded("1+1")
    ("' =1+1", '1+1')
    """
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Write ``1 file``, ``2 files``.

    >>> count(2, "copy", "copies")
    '2 copies'
    """
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def size(number: float) -> str:
    """Write a number of bytes in powers of 1,000.

    >>> size(92_086_002)
    '92.1 MB'
    """
    if number < 1000:
        return f"{number:.0f} B"
    for unit in ("kB", "MB", "GB"):
        number /= 1000
        if number < 999.95:
            return f"{number:.1f} {unit}"
    return f"{number / 1000:,.1f} TB"


def duration(seconds: float) -> str:
    """Write a time.

    >>> duration(3.21), duration(125), duration(7322)
    ('3.2 s', '2 min 5 s', '2 h 2 min')
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def moment(at: float) -> str:
    """Write a time of seconds since 1970 in UTC.

    >>> moment(0)
    '1970-01-01 00:00:00 UTC'
    """
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return {10: "\\n", 13: "\\r", 9: "\\t"}.get(
        code, f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    )
