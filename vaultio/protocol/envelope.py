"""The frame around every answer: did Vault do it, and if not, why not.

Success is ``responseStatus``, never the HTTP status.
Reference: Errors; Error Types
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from vaultio import errors
from vaultio.protocol.decoding import decode, shown

SUCCEEDED = frozenset({"SUCCESS", "WARNING"})

ERROR_CLASSES: Mapping[str, type[errors.VaultError]] = {
    "API_LIMIT_EXCEEDED": errors.ApiLimitError,
    "ATTRIBUTE_NOT_SUPPORTED": errors.InvalidDataError,
    "AUTHENTICATION_FAILED": errors.AuthenticationError,
    "CONFIGURATION_MODE_ENABLED": errors.ConflictError,
    "EXCEEDS_FILE_MAX_SIZE": errors.FileTooLargeError,
    "FEDERATED_ID_ALREADY_EXISTS": errors.InvalidDataError,
    "INACTIVE_USER": errors.AuthenticationError,
    "INCORRECT_QUERY_SYNTAX_ERROR": errors.QuerySyntaxError,
    "INSUFFICIENT_ACCESS": errors.AccessDeniedError,
    "INVALID_BINDER": errors.NotFoundError,
    "INVALID_BINDING_RULE": errors.InvalidDataError,
    "INVALID_DATA": errors.InvalidDataError,
    "INVALID_DOCUMENT": errors.NotFoundError,
    "INVALID_FILTER": errors.InvalidDataError,
    "INVALID_SECTION": errors.NotFoundError,
    "INVALID_SESSION_ID": errors.SessionExpiredError,
    "INVALID_TARGET_SECTION": errors.NotFoundError,
    "ITEM_NAME_EXISTS": errors.InvalidDataError,
    "MALFORMED_URL": errors.NotFoundError,
    "METHOD_NOT_SUPPORTED": errors.MethodNotSupportedError,
    "MISSING_MAJOR_VERSION": errors.ParameterRequiredError,
    "MISSING_MINOR_VERSION": errors.ParameterRequiredError,
    "NO_PASSWORD_PROVIDED": errors.AuthenticationError,
    "OPERATION_IN_PROGRESS": errors.ConflictError,
    "OPERATION_NOT_ALLOWED": errors.NotAllowedError,
    "PARAMETER_REQUIRED": errors.ParameterRequiredError,
    "PASSWORD_CHANGE_REQUIRED": errors.AuthenticationError,
    "RACE_CONDITION": errors.ConflictError,
    "REQUIRED_FIELD_NOT_PRESENT": errors.ParameterRequiredError,
    "ROLE_NOT_FOUND": errors.NotFoundError,
    "SDK_ERROR": errors.VaultServerError,
    "UNEXPECTED_ERROR": errors.VaultServerError,
    "USERNAME_OR_PASSWORD_INCORRECT": errors.AuthenticationError,
    "USER_LOCKED_OUT": errors.AuthenticationError,
    "USER_NOT_FOUND": errors.NotFoundError,
    "USER_OR_GROUP_NOT_FOUND": errors.NotFoundError,
}
"""Which class an error type raises; any other type raises `VaultError` itself."""


@frozen
class Envelope:
    """An answer that is a JSON object. `status` is None where it did not say.

    The payload stays out of the repr: that of a login holds the session.
    """

    status: str | None
    payload: Mapping[str, Any] = field(repr=False)

    @property
    def succeeded(self) -> bool:
        """Whether Vault says that it did what was asked."""
        return self.status in SUCCEEDED


def read_envelope(body: bytes) -> Envelope:
    """Read an answer's body; a `ValueError` if it is not a JSON object.

    Nesting beyond what Python can hold and numbers of thousands of digits are errors too: an
    answer of Vault has neither.
    """
    payload = decode(body)
    if not isinstance(payload, dict):
        raise ValueError(f"JSON, but a {type(payload).__name__}")  # noqa: TRY004 - it is the value
    status = payload.get("responseStatus")
    return Envelope(status.upper() if isinstance(status, str) else None, payload)


def failure(
    envelope: Envelope,
    *,
    request: str,
    execution_id: str | None = None,
    http_status: int | None = None,
) -> errors.VaultError | None:
    """Make the error that an answer stands for, or None if it is no failure.

    The class comes from the first type of ``errors``, else from ``errorType``. A status that is
    in no list is not taken for a success.
    """
    found = errors_of(envelope.payload.get("errors"))
    kind = envelope.payload.get("errorType")
    if envelope.succeeded or (envelope.status is None and not found and not kind):
        return None
    error_type, message = found[0] if found else ("", "")
    error_type = error_type or (kind if isinstance(kind, str) else "")
    cls = ERROR_CLASSES.get(error_type)
    if cls is None and kind == "AUTHENTICATION_FAILED":
        cls = errors.AuthenticationError
    if cls is None and envelope.status == "EXCEPTION":
        cls = errors.VaultServerError
    return (cls or errors.VaultError)(
        message or _message_of(envelope),
        type=error_type,
        request=request,
        errors=found,
        execution_id=execution_id,
        http_status=http_status,
        response_status=envelope.status,
    )


def errors_of(value: Any) -> tuple[tuple[str, str], ...]:
    """Read ``errors``: a list, one object (as bulk job answers have), or plain texts."""
    items = value if isinstance(value, list) else [value]
    return tuple(
        (_text(item.get("type") or ""), _text(item.get("message") or ""))
        if isinstance(item, dict)
        else ("", _text(item))
        for item in items
        if item
    )


def _message_of(envelope: Envelope) -> str:
    """Say something useful where Vault gave no sentence."""
    said = envelope.payload.get("responseMessage") or envelope.payload.get("errorMessage")
    if said:
        return _text(said)
    return f"Vault answered responseStatus {envelope.status}, with no reason"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else shown(value)
