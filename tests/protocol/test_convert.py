"""From Vault's JSON to values: what is taken, and how what is not is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from attrs import frozen

from vaultio import (
    Attachment,
    Document,
    DocumentVersion,
    UnreadableReplyError,
    User,
    VersionNumber,
)
from vaultio.models import EntryRequirement, Job, LifecycleAction, Model, VaultObject, wire
from vaultio.protocol.convert import structure


@frozen(kw_only=True)
class Dated(Model):
    """A model with a date."""

    due: date = wire("due__v")  # noqa: RUF009 - attrs' own field specifier


def why(value: object, kind: type[Any]) -> str:
    """Say what is wrong with a value that cannot be read."""
    with pytest.raises(UnreadableReplyError) as caught:
        structure(value, kind, where="data[3]")
    return str(caught.value).removeprefix("the answer cannot be read: ")


@pytest.mark.parametrize(
    "text",
    [
        "2015-01-14T00:35:01.775Z",
        "2015-01-14T00:35:01.775",
        "2015-01-14T02:05:01.775+01:30",
        "2015-01-13T19:35:01.775-0500",
    ],
)
def test_time_is_utc(text: str) -> None:
    """Times come out in UTC; one without a zone is UTC already."""
    read = structure({"id": 1, "created_date__v": text}, Attachment, where="data")

    assert read.created_date == datetime(2015, 1, 14, 0, 35, 1, 775000, UTC)
    assert read.created_date.tzinfo is UTC


@pytest.mark.parametrize("text", ["2015-12-25", "2015-12-25T00:00:00.000Z"])
def test_date(text: str) -> None:
    """A date may come with a midnight."""
    assert structure({"due__v": text}, Dated, where="data").due == date(2015, 12, 25)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("true", True), ("false", False), ("TRUE", True), (True, True), (None, None)],
)
def test_truth_as_text(value: object, expected: bool | None) -> None:
    """``executable__v`` is a text on documents and a boolean on binders."""
    row = {"name__v": "approve", "executable__v": value}

    assert structure(row, LifecycleAction, where="data").executable is expected


@pytest.mark.parametrize("value", [566, "566"])
def test_id_as_text(value: object) -> None:
    """Ids of attachments that were just added are texts of digits."""
    assert structure({"id": value}, Attachment, where="data").id == 566


@pytest.mark.parametrize("value", [39303, "39303"])
def test_job_id_stays_what_it_is(value: int | str) -> None:
    """A job's id is used as it came."""
    assert structure({"id": value, "status": "RUNNING"}, Job, where="data").id == value


def test_number_as_text() -> None:
    """A text field that came as a number is the number's text."""
    assert structure({"id": 1, "name__v": 2026}, Document, where="data").name == "2026"


def test_unknown_keys_are_kept() -> None:
    """What a vault added itself is in `fields` under its own name, nulls too."""
    answer = {"id": 1, "name__v": "n", "region__c": ["EU", "US"], "note__c": None}

    read = structure(answer, Document, where="data")

    assert read.fields == {"region__c": ["EU", "US"], "note__c": None}


def test_null_is_absent() -> None:
    """Null means the default where there is one."""
    answer = {"id": 1, "size__v": None, "binder__v": None, "versions": None}

    assert structure(answer, Attachment, where="data").versions == ()
    assert structure(answer, Document, where="data").size is None
    assert structure(answer, Document, where="data").is_binder is False


def test_one_text_is_a_list_of_one() -> None:
    """The reference's table describes one type, its examples show a list of one."""
    read = structure({"name": "dueDate", "type": "Date"}, EntryRequirement, where="data")

    assert read.types == ("Date",)


def test_document_version_is_no_decimal() -> None:
    """1.10 is version ten of one."""
    read = structure({"number": "1.10"}, DocumentVersion, where="data")

    assert read.number == VersionNumber(1, 10)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"created_date__v": "today"}, "data[3].created_date__v: a time was expected, not 'today'"),
        ({"created_date__v": "0001-01-01T00:00:00+14:00"}, "data[3].created_date__v: a time"),
        ({"created_date__v": 5}, "data[3].created_date__v: a time was expected, not 5"),
        ({"size__v": True}, "data[3].size__v: a whole number was expected, not True"),
        ({"size__v": 1.5}, "data[3].size__v: a whole number"),
        ({"size__v": "9" * 5_000}, "data[3].size__v: a whole number was expected, not '999"),
        ({"filename__v": []}, "data[3].filename__v: a text was expected, not []"),
        ({"versions": [{}, {}]}, "data[3].versions[0].version__v: missing; data[3].versions[1]"),
        ({"versions": {"version__v": 1}}, "data[3].versions: a list was expected"),
        ({"versions": "12"}, "data[3].versions: a list was expected, not '12'"),
        ({"versions": [None]}, "data[3].versions[0]: an object was expected, not None"),
        ({"id": None}, "data[3].id: a whole number was expected, not None"),
    ],
)
def test_bad_field_is_named(more: dict[str, Any], expected: str) -> None:
    """The message names the field by Vault's names, says what was expected, and is short."""
    reason = why({"id": 566, **more}, Attachment)

    assert reason.startswith(expected)
    assert len(reason) < 200


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_no_object(value: object) -> None:
    """A list or null in the place of an object is said to be there."""
    assert why(value, Attachment) == f"data[3]: an object was expected, not {value!r}"


def test_missing_field() -> None:
    """What must be there and is not is named."""
    assert why({}, Attachment) == "data[3].id: missing"


def test_reasons_end() -> None:
    """A thousand bad rows do not make a message of a thousand lines."""
    assert why({"id": 1, "versions": [{}] * 1_000}, Attachment).count("missing") == 5


def test_addresses_that_are_none() -> None:
    """A list where names and addresses belong is not readable."""
    assert why({"name": "site__v", "urls": ["/api"]}, VaultObject).startswith("data[3].urls: ")


def test_document_version_that_came_as_a_number() -> None:
    """Whether 1.1 was 1.10 once cannot be told."""
    assert "data[3].number: a document version" in why({"number": 1.1}, DocumentVersion)


def test_empty_text_that_is_no_text() -> None:
    """Vault writes some empty values as empty texts: a number or time is then not there."""
    read = structure(
        {"id": 7, "last_login__v": "", "vault_id__v": "", "federated_id__v": ""}, User, where="x"
    )

    assert (read.last_login, read.vault_ids, read.federated_id) == (None, (), "")


def test_empty_id() -> None:
    """What must be there cannot be empty."""
    with pytest.raises(UnreadableReplyError, match=r"x\.id: a whole number was expected, not ''"):
        structure({"id": ""}, User, where="x")
