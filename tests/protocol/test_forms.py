"""How values are written for Vault, and what is refused because it would be read otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vaultio import InvalidArgumentError, UnreadableReplyError
from vaultio.protocol.forms import csv_body, csv_rows, csv_text, form, json_body, sent, text_of


class Priority(str, Enum):  # noqa: UP042 - a StrEnum has no such trap
    """A picklist as web programs declare them: a text whose `str` is its name in Python."""

    HIGH = "high__c"


# Everything but half characters and the carriage return, which Vault's CSV does not take.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (0.5, "0.5"),
        ("", ""),
        (date(2015, 12, 25), "2015-12-25"),
        (datetime(2015, 12, 25, 1, 2, 3, 4567, UTC), "2015-12-25T01:02:03.004Z"),
        (datetime(2015, 12, 25, tzinfo=timezone(timedelta(hours=2))), "2015-12-24T22:00:00.000Z"),
        (["user:12021", "group:10030003"], "user:12021,group:10030003"),
        ((1, 2), "1,2"),
        (Priority.HIGH, "high__c"),
        ([Priority.HIGH], "high__c"),
        ([True, date(2015, 12, 25)], "true,2015-12-25"),
        ([], ""),
    ],
)
def test_value_is_written(value: object, expected: str) -> None:
    """Each value has one way to be written."""
    assert text_of(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        datetime(2015, 12, 25),
        float("nan"),
        float("inf"),
        b"bytes",
        bytearray(b"bytes"),
        {"a": 1},
        object(),
        None,
        [None],
        ["a,b", "c"],
        "\ud800",
    ],
)
def test_value_is_refused(value: object) -> None:
    """A time without a zone, no number, bytes, a comma among several values, half a character."""
    with pytest.raises(InvalidArgumentError):
        text_of(value)


def test_none_is_not_sent() -> None:
    """None means "not sent", an empty text is sent."""
    assert sent({"sort": None, "search": "", "start": 0}) == {"search": "", "start": "0"}


def test_form() -> None:
    """A form is written as browsers write it."""
    body = form({"dueDate": date(2015, 12, 25), "Approver": ["user:1", "user:2"], "note": "a&b c"})

    assert body.content == b"dueDate=2015-12-25&Approver=user%3A1%2Cuser%3A2&note=a%26b+c"
    assert body.content_type == "application/x-www-form-urlencoded"


def test_body_is_in_no_repr() -> None:
    """A body may hold a password."""
    assert "hunter2" not in repr(form({"password": "hunter2"}))


def test_json() -> None:
    """Dates in JSON are written as in forms."""
    assert json_body([{"id": "1", "due": date(2015, 12, 25)}]).content == (
        b'[{"id":"1","due":"2015-12-25"}]'
    )


@pytest.mark.parametrize("value", [float("nan"), "\ud800", {"due": datetime(2015, 1, 1)}, object()])
def test_json_that_is_none(value: object) -> None:
    """What JSON cannot hold is refused before it is sent."""
    with pytest.raises(InvalidArgumentError):
        json_body(value)


def test_csv() -> None:
    """A header line, LF, quotes where needed, backslashes doubled, None empty."""
    text = csv_text([{"id": 1, "name__v": 'a,"b"\n\\', "x__c": None}], ["id", "name__v", "x__c"])

    assert text == 'id,name__v,x__c\n1,"a,""b""\n\\\\",\n'


@given(st.lists(st.tuples(CELLS, CELLS)))
@example([('"', "\\"), ("\\\\", "a\tb"), (",", "\n\n"), ("", ""), ("\ufeff", "試験 ü")])
def test_csv_round_trip(cells: list[tuple[str, str]]) -> None:
    """What was written is read again, whatever is in it."""
    table = [{"name__v": name, "note__c": note} for name, note in cells]

    assert list(csv_rows(csv_text(table, ["name__v", "note__c"]))) == table


@given(st.lists(CELLS))
def test_csv_round_trip_of_one_column(cells: list[str]) -> None:
    """A table of one column keeps its empty cells."""
    table = [{"id": cell} for cell in cells]

    assert list(csv_rows(csv_text(table, ["id"]))) == table


@pytest.mark.parametrize("value", ["a\rb", "a\r\nb", ["a", "b\r"]])
def test_carriage_return_is_refused(value: object) -> None:
    """Vault's CSV takes none inside a value; the message says where it is."""
    with pytest.raises(InvalidArgumentError, match="row 2, column 'note__c'"):
        csv_text([{"note__c": "fine"}, {"note__c": value}], ["note__c"])


def test_key_without_a_column_is_refused() -> None:
    """A misspelt key would be lost without a word."""
    with pytest.raises(InvalidArgumentError, match=r"row 1: \['nmae__v'\]"):
        csv_text([{"id": 1, "nmae__v": "x"}], ["id", "name__v"])


def test_csv_body() -> None:
    """CSV goes out as UTF-8."""
    body = csv_body([{"name__v": "ü"}], ["name__v"])

    assert (body.content, body.content_type) == ("name__v\nü\n".encode(), "text/csv")


def test_csv_of_an_answer() -> None:
    """A byte order mark, CRLF and empty lines at the end are no part of the table."""
    text = "\ufeffresponseStatus,id\r\nSUCCESS,1\r\nFAILURE,\r\n\r\n"

    assert list(csv_rows(text)) == [
        {"responseStatus": "SUCCESS", "id": "1"},
        {"responseStatus": "FAILURE", "id": ""},
    ]


@pytest.mark.parametrize("text", ["id,name\n1\n", "id\n1,2\n", 'id\n"1\n', 'id\n"1"x\n'])
def test_csv_that_is_none(text: str) -> None:
    """A row of another length, or a quote that does not close, is not guessed at."""
    with pytest.raises(UnreadableReplyError, match="CSV"):
        list(csv_rows(text))
