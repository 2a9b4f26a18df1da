"""How Vault says no: an error type, a message, and HTTP 200."""

from __future__ import annotations

from typing import Any


class RefusedError(Exception):
    """Vault will not do it; the core turns this into a FAILURE envelope.

    *extra* are further keys on the top level of the answer, such as ``errorType`` on a login.
    """

    def __init__(self, error_type: str, message: str, **extra: Any) -> None:
        super().__init__(f"{error_type}: {message}")
        self.type = error_type
        self.message = message
        self.extra = extra

    def envelope(self) -> dict[str, Any]:
        """Return the body of the answer."""
        errors = [{"type": self.type, "message": self.message}]
        return {"responseStatus": "FAILURE", "errors": errors, **self.extra}


class ConnectionCutError(Exception):
    """The connection ends here, in the middle of an answer; adapters do it their own way.

    *sent* is how many bytes of the body went out, *declared* the Content-Length if there was one.
    """

    def __init__(self, sent: int = 0, declared: int | None = None) -> None:
        super().__init__(f"the connection is cut after {sent} bytes")
        self.sent = sent
        self.declared = declared


def not_found(resource: object) -> RefusedError:
    """Say that a resource is not there, in the words of the reference's attachment pages."""
    return RefusedError("MALFORMED_URL", f"The resource [{resource}] does not exist.")


def invalid(message: str) -> RefusedError:
    """Say that a value makes no sense."""
    return RefusedError("INVALID_DATA", message)


def missing(parameter: str) -> RefusedError:
    """Say that a parameter is required."""
    return RefusedError("PARAMETER_REQUIRED", f"Missing required parameter [{parameter}].")
