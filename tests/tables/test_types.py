"""What type a column has: as narrow as all of its values allow, and never a lie."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultio.integrations.arrow import table_of

TIME = datetime(2016, 5, 4, 22, 14, 33, 120_000, tzinfo=UTC)
STAMP, SECONDS = "2016-05-04T22:14:33.120Z", "2016-05-04T22:14:33Z"


def column(*values: Any) -> tuple[str, list[Any]]:
    """Make a table of one column; return its type and what is in it."""
    made = table_of([{"x": value} for value in values]).column("x")
    return str(made.type), made.to_pylist()


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ((7, None, 1357752909483), "int64", [7, None, 1357752909483]),
        ((True, None), "bool", [True, None]),
        ((1, 2.5), "double", [1.0, 2.5]),
        (("2016-05-04", None), "date32[day]", [date(2016, 5, 4), None]),
        ((STAMP,), "timestamp[ms, tz=UTC]", [TIME]),
        (("2016-05-04T22:14:33Z",), "timestamp[s, tz=UTC]", [TIME.replace(microsecond=0)]),
        ((None, None), "null", [None, None]),
        ((["a", "b"], [], None), "list<item: string>", [["a", "b"], [], None]),
        (({"a": 1}, None), "struct<a: int64>", [{"a": 1}, None]),
        (({"a": 1}, {"b": "x"}), "struct<a: int64, b: string>", [
            {"a": 1, "b": None}, {"a": None, "b": "x"},
        ]),
        ((TIME, None), "timestamp[us, tz=UTC]", [TIME, None]),
        ((date(2016, 5, 4),), "date32[day]", [date(2016, 5, 4)]),
    ],
)  # fmt: skip
def test_a_column_of_one_kind(values: tuple[Any, ...], kind: str, expected: list[Any]) -> None:
    """Ids stay numbers, truth stays truth, dates become dates, lists and objects keep their own."""
    assert column(*values) == (kind, expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, "one"), ["1", "one"]),
        ((True, 1), ["true", "1"]),
        (("2016-05-04", "soon"), ["2016-05-04", "soon"]),
        (("2016-05-04", STAMP), ["2016-05-04", STAMP]),
        ((STAMP, SECONDS), [STAMP, SECONDS]),
        ((date(2016, 5, 4), "soon"), ["2016-05-04", "soon"]),
        (("2016-02-31",), ["2016-02-31"]),
        (("2016-05-04\n",), ["2016-05-04\n"]),
        ((["a"], "b", {"c": 1}), ['["a"]', "b", '{"c": 1}']),
        (({},), ["{}"]),
        ((2**53 + 1, 1), ["9007199254740993", "1"]),
        ((10**30, 0.5), [str(10**30), "0.5"]),
        (("half \ud83d here",), ["half � here"]),
    ],
)
def test_a_column_that_does_not_go_together(values: tuple[Any, ...], expected: list[str]) -> None:
    """It is text, as it came or as JSON; nothing is guessed, nothing raised."""
    assert column(*values) == ("string", expected)


def test_a_subquery_becomes_its_rows() -> None:
    """The rows of a subquery are a list of objects, typed by the same rules."""
    inner = [{"id": 1, "from__v": "2016-05-04"}, {"id": 2}]
    answer = {"responseDetails": {"size": 2}, "data": inner}

    kind, values = column(answer, {"responseDetails": {"size": 0}, "data": []}, None)

    assert kind == "list<item: struct<id: int64, from__v: date32[day]>>"
    assert values == [
        [{"id": 1, "from__v": date(2016, 5, 4)}, {"id": 2, "from__v": None}], [], None
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        (1, 2.5, ("double", [1.0, 2.5])),
        (1, "x", ("string", ["1", "x"])),
        (True, "x", ("string", ["true", "x"])),
        ("2016-05-04", "x", ("string", ["2016-05-04", "x"])),
        (STAMP, "x", ("string", [STAMP, "x"])),
        (SECONDS, "x", ("string", [SECONDS, "x"])),
        (SECONDS, STAMP, ("string", [SECONDS, STAMP])),
        (None, 7, ("int64", [None, 7])),
        (7, None, ("int64", [7, None])),
        ([1], ["a"], ("list<item: string>", [["1"], ["a"]])),
        ([], ["a"], ("list<item: string>", [[], ["a"]])),
        ({"a": 1}, {"b": 2}, ("struct<a: int64, b: int64>", [
            {"a": 1, "b": None}, {"a": None, "b": 2},
        ])),
        ({"a": 1}, "x", ("string", ['{"a": 1}', "x"])),
        (["2016-05-04"], "x", ("string", ['["2016-05-04"]', "x"])),
    ],
)  # fmt: skip
def test_a_type_that_is_known_late(first: Any, then: Any, expected: tuple[str, list[Any]]) -> None:
    """What comes 1,200 rows later counts like what comes at once."""
    many = 1_200  # more than a part
    kind, values = column(*[first] * many, *[then] * many)

    assert (kind, [values[0], values[-1]]) == expected
    assert column(first, then)[0] == kind
    assert values[: many + 1] == [expected[1][0]] * many + [expected[1][1]]


def test_columns_that_are_known() -> None:
    """They are there without a row, and come first; others follow as they are seen."""
    known = ["b", "c"]

    assert table_of([], columns=known).schema == pa.schema([("b", pa.null()), ("c", pa.null())])
    assert table_of([{"a": 1}, {"b": 2, "d": 3}], columns=known).column_names == list("bcad")


PLAIN = [None, True, 7, -(2**70), 0.5, "", "a", "\ud83d", "2016-05-04", STAMP, "0000-00-00"]
JSON = st.recursive(
    st.sampled_from(PLAIN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["", "x", "data", "responseDetails"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), JSON), max_size=6))
def test_whatever_json_holds(rows: list[dict[str, Any]]) -> None:
    """No rows raise, none is lost, and what is empty stays empty."""
    table = table_of(rows)

    names = dict.fromkeys(name for row in rows for name in row)
    assert table.column_names == list(names)
    table.validate(full=True)
    for name in names:
        missing = [value is None for value in table.column(name).to_pylist()]
        assert missing == [row.get(name) is None for row in rows]
