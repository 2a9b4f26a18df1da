"""From text to a query; anything else is INCORRECT_QUERY_SYNTAX_ERROR."""

from __future__ import annotations

from typing import Any

from attrs import define, field

from vaultio.sandbox.versions import V20_3, Version
from vaultio.sandbox.vql.conditions import Condition, both, compare, either
from vaultio.sandbox.vql.tokens import Token, syntax_error, tokens

_OPERATORS = ("=", "!=", "<", ">", "<=", ">=")
_OLD_CLAUSES = ("LIMIT", "OFFSET")
_NEW_CLAUSES = ("MAXROWS", "PAGESIZE", "PAGEOFFSET")


@define(kw_only=True)
class Query:
    """What was asked: *fields* are selected, and *tested* those that rows are chosen or ordered by.

    *numbers* are the page clauses.
    *order* has a field and whether it descends, the first one counting most.
    """

    fields: list[str]
    target: str
    all_versions: bool = False
    condition: Condition | None = None
    order: list[tuple[str, bool]] = field(factory=list)
    numbers: dict[str, int] = field(factory=dict)
    tested: set[str] = field(factory=set)


def parse(text: str, version: Version) -> Query:
    """Read a query in the dialect of an API version."""
    return _Parser(text, version).query()


class _Parser:
    """Reads token by token; each method reads one part of the grammar."""

    def __init__(self, text: str, version: Version) -> None:
        self._tokens = tokens(text)
        self._place = 0
        self._clauses = _OLD_CLAUSES if version < V20_3 else _NEW_CLAUSES
        self._tested: set[str] = set()

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _accept(self, word: str) -> bool:
        token = self._next
        if token.kind in ("word", "sign") and token.value.upper() == word:
            self._place += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise syntax_error(f"Expected [{word}] but found [{self._next.value}].")

    def _name(self) -> str:
        token = self._take()
        if token.kind != "word":
            raise syntax_error(f"Expected a name but found [{token.value}].")
        return token.value

    def _field(self) -> str:
        name = self._name()
        self._tested.add(name)
        return name

    def query(self) -> Query:
        """Read the whole query."""
        self._expect("SELECT")
        fields = [self._name()]
        while self._accept(","):
            fields.append(self._name())
        self._expect("FROM")
        every = self._accept("ALLVERSIONS")
        query = Query(fields=fields, target=self._name(), all_versions=every)
        if self._accept("WHERE"):
            query.condition = self._either()
        if self._accept("ORDER"):
            self._expect("BY")
            query.order = [self._order()]
            while self._accept(","):
                query.order.append(self._order())
        for clause in self._clauses:
            if self._accept(clause):
                query.numbers[clause] = self._number()
        if self._next.kind != "end":
            raise syntax_error(f"Unexpected [{self._next.value}].")
        query.tested = self._tested
        return query

    def _order(self) -> tuple[str, bool]:
        name = self._field()
        descending = self._accept("DESC")
        if not descending:
            self._accept("ASC")
        return name, descending

    def _number(self) -> int:
        token = self._take()
        if token.kind != "number" or not token.value.isdigit():
            raise syntax_error(f"Expected a number but found [{token.value}].")
        return int(token.value)

    def _either(self) -> Condition:
        conditions = [self._both()]
        while self._accept("OR"):
            conditions.append(self._both())
        return either(conditions)

    def _both(self) -> Condition:
        conditions = [self._one()]
        while self._accept("AND"):
            conditions.append(self._one())
        return both(conditions)

    def _one(self) -> Condition:
        if self._accept("("):
            condition = self._either()
            self._expect(")")
            return condition
        name = self._field()
        operator = self._take().value.upper()
        if operator == "CONTAINS":
            return compare(name, operator, self._values())
        if operator == "BETWEEN":
            low = self._value()
            self._expect("AND")
            return compare(name, operator, [low, self._value()])
        if operator == "LIKE" or operator in _OPERATORS:
            return compare(name, operator, [self._value()])
        raise syntax_error(f"Unexpected [{operator}] after [{name}].")

    def _values(self) -> list[Any]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> Any:
        token = self._take()
        if token.kind == "text":
            return token.value
        if token.kind == "number":
            return float(token.value) if "." in token.value else int(token.value)
        named = {"true": True, "false": False, "null": None}
        if token.kind == "word" and token.value.lower() in named:
            return named[token.value.lower()]
        raise syntax_error(f"Expected a value but found [{token.value}].")
