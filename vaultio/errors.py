"""Everything vaultio raises on purpose.

::

    VaultioError
    ├── InvalidArgumentError          refused before anything was sent (also a ValueError)
    ├── VaultError                    Vault said no; `type` is its word, `message` its sentence
    │   ├── AuthenticationError       the login was refused
    │   ├── SessionExpiredError       the session ended and could not be renewed
    │   ├── AccessDeniedError         the user may not do this
    │   ├── NotFoundError             there is no such thing, or no such address
    │   ├── InvalidDataError          a value (ParameterRequiredError, QuerySyntaxError)
    │   ├── NotAllowedError           a rule of the vault forbids it now
    │   ├── MethodNotSupportedError   not at this API version; FileTooLargeError: not at any
    │   ├── ConflictError             somebody else was faster; worth another try
    │   ├── ApiLimitError             the quota of the vault is used up
    │   └── VaultServerError          trouble on Vault's side
    ├── TransportError                there was no usable answer
    │   ├── ConnectionFailedError     nothing was sent
    │   ├── ConnectionLostError       the connection ended before the answer did
    │   ├── DeadlineError             not in time (also a TimeoutError)
    │   ├── OutcomeUnknownError       sent, unanswered, and not safe to send again
    │   ├── NotVaultError             an answer, but not one of Vault's
    │   │   └── DowntimeError         Vault is down for maintenance
    │   ├── SwappedReplyError         an answer that belongs to another request
    │   ├── ForeignLinkError          an address in an answer that leads elsewhere
    │   └── ClosedError               the client was closed before
    ├── UnreadableReplyError          Vault's answer has another shape than documented
    ├── WrongVaultError               the login opened another vault than the one asked for
    ├── WrongLoopError                not the client's event loop, thread or process
    ├── QuotaWaitError                the quota would have made the call wait too long
    ├── QuotaStoreError               the shared quotas cannot be reached or read
    ├── ClusterError                  the workers of a cluster cannot do the job
    ├── DownloadError                 a file did not arrive; nothing was left in its place
    │   ├── TruncatedError            fewer or more bytes than announced
    │   ├── ChecksumError             the bytes are not those that Vault knows
    │   ├── StalledError              too slow for too long
    │   ├── TargetExistsError         (also a FileExistsError)
    │   └── TargetError               the disk refused: full, read-only, ... (also an OSError)
    ├── UploadError                   a file to send is unreadable, or changed (SourceChangedError)
    └── JobError                      a job of Vault did not end well (JobFailedError), or not in
                                      the time given (JobWaitError, also a TimeoutError)
"""

from __future__ import annotations

from typing import Any


class VaultioError(Exception):
    """The root of every error that vaultio raises on purpose."""


class InvalidArgumentError(VaultioError, ValueError):
    """A value that cannot be meant; nothing was sent."""


class VaultError(VaultioError):
    """Vault processed the request and said no.

    `type` is the contractual word (``INVALID_DATA``), `message` the sentence beside it, which
    may change. `response_status` is FAILURE (the caller's mistake) or EXCEPTION (Vault's).
    `errors` holds all (type, message) pairs of the answer, `request` the method
    and path, `execution_id` what Veeva's support asks for.
    """

    def __init__(
        self,
        message: str,
        *,
        type: str = "",  # noqa: A002 - Vault's own word
        request: str = "",
        errors: tuple[tuple[str, str], ...] = (),
        execution_id: str | None = None,
        http_status: int | None = None,
        response_status: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.type = type
        self.request = request
        self.errors = errors
        self.execution_id = execution_id
        self.http_status = http_status
        self.response_status = response_status

    def __str__(self) -> str:
        said = f"{self.type}: {self.message}" if self.type else self.message
        more = f" (and {len(self.errors) - 1} more)" if len(self.errors) > 1 else ""
        execution = f"execution id {self.execution_id}" if self.execution_id else ""
        origin = "; ".join(filter(None, (self.request, execution)))
        return f"{said}{more}" + (f" [{origin}]" if origin else "")


class AuthenticationError(VaultError):
    """The login was refused, and is not tried again with the same; or there is no token for it."""


class SessionExpiredError(VaultError):
    """The session is not valid (any more) and vaultio has no means to open another."""


class AccessDeniedError(VaultError):
    """The user lacks a permission; Vault also says so of what does not exist."""


class NotFoundError(VaultError):
    """There is no such document, record, version, file or address."""


class InvalidDataError(VaultError):
    """Vault did not accept a value."""


class ParameterRequiredError(InvalidDataError):
    """A parameter or field that must be there was not sent."""


class QuerySyntaxError(InvalidDataError):
    """The VQL text could not be read."""


class NotAllowedError(VaultError):
    """A rule of the vault forbids the operation in the present state."""


class MethodNotSupportedError(VaultError):
    """The address does not take this method at this API version."""


class FileTooLargeError(VaultError):
    """The file is larger than Vault takes this way."""


class ConflictError(VaultError):
    """Another operation holds the same thing; trying again later may succeed."""


class ApiLimitError(VaultError):
    """Vault refused the call because its quota is used up; it was not processed."""


class VaultServerError(VaultError):
    """Something failed on Vault's side."""


class TransportError(VaultioError):
    """There was no usable answer. `reference_id` finds the call in Vault's logs."""

    def __init__(self, message: str, *, request: str = "", reference_id: str | None = None) -> None:
        super().__init__(message)
        self.request = request
        self.reference_id = reference_id


class ConnectionFailedError(TransportError):
    """No connection came about: nothing was sent."""


class ConnectionLostError(TransportError):
    """The connection ended before the whole answer was in."""


class DeadlineError(TransportError, TimeoutError):
    """The call was not answered within its deadline."""


class OutcomeUnknownError(TransportError):
    """The request was sent, the answer lost, and sending it again could do it twice: look first."""


class NotVaultError(TransportError):
    """The answer is not one of Vault's: a proxy's page, an empty body, broken JSON."""

    def __init__(
        self,
        message: str,
        *,
        request: str = "",
        reference_id: str | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(message, request=request, reference_id=reference_id)
        self.http_status = http_status


class DowntimeError(NotVaultError):
    """Vault is down for maintenance; `expected_minutes` is its own estimate."""

    expected_minutes: int | None = None


class SwappedReplyError(TransportError):
    """The answer carries the reference id of another request and was not delivered."""


class ForeignLinkError(TransportError):
    """An address in an answer leads to another host; nothing was sent there."""


class ClosedError(TransportError):
    """The client is closed; the call was not sent."""


class UnreadableReplyError(VaultioError):
    """Vault's answer has another shape than documented; the message names the field's path."""


class WrongVaultError(VaultioError):
    """The login opened a session in another vault than the one asked for."""


class WrongLoopError(VaultioError, RuntimeError):
    """The client belongs to another event loop, thread or process; nothing was sent."""


class QuotaWaitError(VaultioError):
    """The call would have waited longer for quota than its `max_wait_s`.

    `retry_after_s` is the time in seconds until a call is likely to be free. `reason` says what
    is short: ``"burst"``, ``"daily"``, ``"pace"``, ``"held back"`` (by Vault), ``"slots"``, or
    ``"store"``: who keeps the quota did not answer in time; ``"login"``: one before it waits.
    """

    def __init__(self, message: str, *, retry_after_s: float = 0.0, reason: str = "") -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.reason = reason


class QuotaStoreError(VaultioError):
    """The quotas' store cannot be used; try again in `retry_after_s`. No call goes uncounted."""

    retry_after_s: float = 60.0


class ClusterError(VaultioError):
    """The workers of a cluster cannot do what they are for, or died of it."""


class DownloadError(VaultioError):
    """A file did not arrive; nothing was left in its place."""


class TruncatedError(DownloadError):
    """The body ended before, or went on beyond, the length that was announced."""


class ChecksumError(DownloadError):
    """The bytes that arrived are not those whose size or MD5 Vault knows."""


class StalledError(DownloadError):
    """The body came slower than the minimum speed, or not within its deadline."""


class TargetExistsError(DownloadError, FileExistsError):
    """The file is there already and `on_exists` is ``"error"``."""

    def __str__(self) -> str:
        return str(self.args[0])


class TargetError(DownloadError, OSError):
    """The disk refused: full, read-only, not permitted, no such folder; `errno` says which."""

    def __init__(self, message: str, errno: int | None = None) -> None:
        super().__init__(message)
        self.errno = errno

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.errno), self.__dict__

    def __str__(self) -> str:
        return str(self.args[0])


class UploadError(VaultioError):
    """A file to send could not be read; the sending was broken off."""


class SourceChangedError(UploadError):
    """A file to send has not the size any more that it had when the sending began."""


class JobError(VaultioError):
    """A job of Vault did not end well."""

    def __init__(self, message: str, *, job_id: int | str = "", status: str = "") -> None:
        super().__init__(message)
        self.job_id = job_id
        self.status = status


class JobFailedError(JobError):
    """The job ended, but not in success; `status` says how."""


class JobWaitError(JobError, TimeoutError):
    """The job was still going when the time given was over."""
