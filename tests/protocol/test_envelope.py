"""The frame around an answer: what is a success, what a failure, and of which class."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vaultio import (
    AuthenticationError,
    InvalidDataError,
    VaultError,
    VaultServerError,
)
from vaultio import errors as classes
from vaultio.protocol.envelope import ERROR_CLASSES, Envelope, failure, read_envelope

REFUSED = [{"type": "INVALID_DATA", "message": "Not that."}]


def raised(**payload: Any) -> VaultError | None:
    """Make an answer's error, if it is one."""
    return failure(read_envelope(json.dumps(payload).encode()), request="GET objects")


@pytest.mark.parametrize("status", ["SUCCESS", "WARNING", "Success", "warning"])
@pytest.mark.parametrize("errors", [None, [], {}, "", REFUSED])
def test_success(status: str, errors: object) -> None:
    """A success stays one, whatever stands in ``errors`` and ``errorType`` beside it."""
    assert raised(responseStatus=status, errors=errors, errorCodes=None, errorType=None) is None


@pytest.mark.parametrize("status", ["FAILURE", "EXCEPTION", "failure", "MAYBE", ""])
def test_failure(status: str) -> None:
    """What is not known as a success is none."""
    error = raised(responseStatus=status, errors=REFUSED)

    assert isinstance(error, InvalidDataError)
    assert (error.type, error.message) == ("INVALID_DATA", "Not that.")
    assert error.errors == (("INVALID_DATA", "Not that."),)
    assert error.response_status == status.upper()


def test_without_a_status() -> None:
    """An abridged answer is no failure; whether it is of any use says its reader."""
    assert raised(attachments=[]) is None


@pytest.mark.parametrize("more", [{"errors": REFUSED}, {"errorType": "INVALID_DATA"}])
def test_errors_without_a_status(more: dict[str, Any]) -> None:
    """Errors alone are a failure."""
    assert isinstance(raised(**more), InvalidDataError)


@pytest.mark.parametrize("status", [True, 1, ["SUCCESS"], {"SUCCESS": 1}, None])
def test_status_that_is_no_text(status: object) -> None:
    """A status of another type counts as none."""
    assert read_envelope(json.dumps({"responseStatus": status}).encode()).status is None


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (None, ()),
        ([], ()),
        ({}, ()),
        ({"type": "INVALID_DATA", "message": "m"}, (("INVALID_DATA", "m"),)),
        (["Something."], (("", "Something."),)),
        ("Something.", (("", "Something."),)),
        ([{"type": None, "message": None}], (("", ""),)),
        ([None, {"message": "m"}], (("", "m"),)),
        ([{"type": "A", "message": "a"}, {"type": "B"}], (("A", "a"), ("B", ""))),
    ],
)
def test_shapes_of_errors(errors: object, expected: tuple[tuple[str, str], ...]) -> None:
    """A list, one object as bulk job answers have, plain texts, or nothing."""
    error = raised(responseStatus="FAILURE", errors=errors)

    assert error is not None
    assert error.errors == expected


def test_first_type_decides() -> None:
    """Of several errors the first makes the class; the message says how many there are."""
    first = {"type": "INACTIVE_USER", "message": "Gone."}

    error = raised(responseStatus="FAILURE", errors=[first, *REFUSED])

    assert isinstance(error, AuthenticationError)
    assert str(error) == "INACTIVE_USER: Gone. (and 1 more) [GET objects]"


def test_error_type_on_top() -> None:
    """The type of a failed login is the inner one, its class that of the outer if need be."""
    errors = [{"type": "SOMETHING_NEW", "message": "m"}]

    error = raised(responseStatus="FAILURE", errors=errors, errorType="AUTHENTICATION_FAILED")

    assert isinstance(error, AuthenticationError)
    assert error.type == "SOMETHING_NEW"


def test_unknown_type() -> None:
    """A type that nobody has heard of is a `VaultError`, and kept; an exception is Vault's."""
    errors = [{"type": "SOMETHING_NEW", "message": "m"}]

    assert type(raised(responseStatus="FAILURE", errors=errors)) is VaultError
    assert type(raised(responseStatus="EXCEPTION", errors=errors)) is VaultServerError


def test_failure_without_a_reason() -> None:
    """A bare failure says at least what Vault said, else its status."""
    assert "Sorry" in str(raised(responseStatus="FAILURE", responseMessage="Sorry"))
    assert "responseStatus FAILURE" in str(raised(responseStatus="FAILURE"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"5",
        b'"SUCCESS"',
        b"<html>",
        b'{"a":',
        b"\xff\xfe\xfd",
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"responseStatus":"SUCCESS","id":' + b"9" * 5_000 + b"}",
    ],
)
def test_no_envelope(body: bytes) -> None:
    """What is no JSON object, too deep or a number of thousands of digits is a `ValueError`."""
    with pytest.raises(ValueError):
        read_envelope(body)


def test_byte_order_mark() -> None:
    """A mark before the JSON changes nothing."""
    assert read_envelope(b'\xef\xbb\xbf{"responseStatus":"SUCCESS"}').succeeded


def test_payload_is_in_no_repr() -> None:
    """An envelope may hold a session id, and stands in the frames of whatever fails."""
    assert "9F0C" not in repr(Envelope("SUCCESS", {"sessionId": "9F0C"}))


# Types of the v11.0 reference, and those that the supplement adds in section 10.
TYPES: dict[type[VaultError], list[str]] = {
    classes.AccessDeniedError: ["INSUFFICIENT_ACCESS"],
    classes.ApiLimitError: ["API_LIMIT_EXCEEDED"],
    classes.AuthenticationError: [
        "AUTHENTICATION_FAILED",
        "INACTIVE_USER",
        "NO_PASSWORD_PROVIDED",
        "PASSWORD_CHANGE_REQUIRED",
        "USERNAME_OR_PASSWORD_INCORRECT",
        "USER_LOCKED_OUT",
    ],
    classes.ConflictError: [
        "CONFIGURATION_MODE_ENABLED",
        "OPERATION_IN_PROGRESS",
        "RACE_CONDITION",
    ],
    classes.FileTooLargeError: ["EXCEEDS_FILE_MAX_SIZE"],
    classes.InvalidDataError: [
        "ATTRIBUTE_NOT_SUPPORTED",
        "FEDERATED_ID_ALREADY_EXISTS",
        "INVALID_BINDING_RULE",
        "INVALID_DATA",
        "INVALID_FILTER",
        "ITEM_NAME_EXISTS",
    ],
    classes.MethodNotSupportedError: ["METHOD_NOT_SUPPORTED"],
    classes.NotAllowedError: ["OPERATION_NOT_ALLOWED"],
    classes.NotFoundError: [
        "INVALID_BINDER",
        "INVALID_DOCUMENT",
        "INVALID_SECTION",
        "INVALID_TARGET_SECTION",
        "MALFORMED_URL",
        "ROLE_NOT_FOUND",
        "USER_NOT_FOUND",
        "USER_OR_GROUP_NOT_FOUND",
    ],
    classes.ParameterRequiredError: [
        "MISSING_MAJOR_VERSION",
        "MISSING_MINOR_VERSION",
        "PARAMETER_REQUIRED",
        "REQUIRED_FIELD_NOT_PRESENT",
    ],
    classes.QuerySyntaxError: ["INCORRECT_QUERY_SYNTAX_ERROR"],
    classes.SessionExpiredError: ["INVALID_SESSION_ID"],
    classes.VaultServerError: ["SDK_ERROR", "UNEXPECTED_ERROR"],
}


@pytest.mark.parametrize(
    ("error_type", "expected"), [(one, cls) for cls, types in TYPES.items() for one in types]
)
def test_type_makes_its_class(error_type: str, expected: type[VaultError]) -> None:
    """Every documented type has the class that callers treat it by, and the error keeps it."""
    error = raised(responseStatus="FAILURE", errors=[{"type": error_type, "message": "m"}])

    assert error is not None
    assert (expected, error_type) == (type(error), error.type)


def test_no_type_is_left_out() -> None:
    """The table above is the whole table."""
    assert {one for types in TYPES.values() for one in types} == ERROR_CLASSES.keys()
