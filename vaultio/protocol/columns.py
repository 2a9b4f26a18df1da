"""Which columns a query's rows will have, read from the query: an empty answer does not say."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_SELECT = re.compile(r"\s*SELECT\s+(?:DISTINCT\s+)?", re.IGNORECASE)
_WORDS = re.compile(r"[(),]|[^\s(),]+")
_NAME = re.compile(r"[A-Za-z_][\w.]*")


def selected(vql: str) -> tuple[str, ...]:
    """Name the columns of a query in its order: fields, aliases, the relations of subqueries.

    A function without an alias goes by the field in it. What cannot be understood is left out.

    >>> selected("SELECT id, TOLABEL(state__v) AS state, (SELECT id FROM sites__cr) FROM study__v")
    ('id', 'state', 'sites__cr')
    """
    plain = _QUOTED.sub("''", vql)
    begin = _SELECT.match(plain)
    if begin is None:
        return ()
    columns, column, depth = list[str](), list[str](), 0
    for word in _WORDS.findall(plain, begin.end()):
        if depth == 0 and (word == "," or word.upper() == "FROM"):
            columns.append(_name(column))
            column = []
            if word != ",":
                break
            continue
        depth += {"(": 1, ")": -1}.get(word, 0)
        column.append(word)
    return tuple(dict.fromkeys(filter(None, columns)))


def _name(words: list[str]) -> str:
    """Name one column by its words; an empty text if they are none of ours."""
    last = words[-1] if words else ""
    if last != ")":
        return last if _NAME.fullmatch(last) else ""
    inner = [word.upper() for word in words]
    if inner[:2] == ["(", "SELECT"] and "FROM" in inner:
        last = words[inner.index("FROM") + 1]
    elif words[1:2] == ["("]:
        last = words[2]
    return last if _NAME.fullmatch(last) else ""
