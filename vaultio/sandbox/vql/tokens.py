"""The words of a query."""

from __future__ import annotations

import re
from typing import Literal

from attrs import frozen

from vaultio.sandbox.failures import RefusedError

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_][\w.]*)"
    r"|(?P<sign>!=|<=|>=|[=<>(),]))"
)


@frozen
class Token:
    """One word, number, text or sign."""

    kind: Literal["text", "number", "word", "sign", "end"]
    value: str


def syntax_error(message: str) -> RefusedError:
    """Say that the query cannot be read."""
    return RefusedError("INCORRECT_QUERY_SYNTAX_ERROR", message)


def tokens(query: str) -> list[Token]:
    """Split a query; what is no token at all is a syntax error."""
    found: list[Token] = []
    position, query = 0, query.rstrip()
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise syntax_error(f"Unexpected character at position {position} of the query.")
        kind = match.lastgroup
        value = match[kind or 0]
        if kind == "text":
            value = re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)
        found.append(Token(kind, value))  # type: ignore[arg-type]  # the names of the groups
        position = match.end()
    return [*found, Token("end", "")]
