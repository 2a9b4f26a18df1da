"""Texts for people: safe for a terminal, short, with what to do next."""

from __future__ import annotations

import errno

from vaultio.errors import (
    AccessDeniedError,
    ApiLimitError,
    AuthenticationError,
    ClusterError,
    ConflictError,
    ConnectionFailedError,
    DeadlineError,
    DownloadError,
    DowntimeError,
    FileTooLargeError,
    InvalidArgumentError,
    InvalidDataError,
    JobFailedError,
    JobWaitError,
    MethodNotSupportedError,
    NotAllowedError,
    NotFoundError,
    NotVaultError,
    OutcomeUnknownError,
    ParameterRequiredError,
    QuerySyntaxError,
    QuotaStoreError,
    QuotaWaitError,
    SessionExpiredError,
    SourceChangedError,
    TargetError,
    TargetExistsError,
    TransportError,
    UploadError,
    VaultioError,
    VaultServerError,
    WrongVaultError,
)
from vaultio.wording import count, duration, plain, size

__all__ = ["count", "duration", "plain", "size", "told"]

_ADVICE: tuple[tuple[type[VaultioError], str], ...] = (
    (
        AuthenticationError,
        "check --user and VAULTIO_PASSWORD, or `vaultio login` again; it was not tried twice",
    ),
    (
        SessionExpiredError,
        "log in again: VAULTIO_SESSION_ID, VAULTIO_ACCESS_TOKEN or the profile's is not valid",
    ),
    (WrongVaultError, "check --url, or ask for access to that vault"),
    (AccessDeniedError, "ask the vault's administrator for the permission"),
    (NotFoundError, "check the id or name, and that --url is the vault it is in"),
    (QuerySyntaxError, "check the VQL"),
    (ParameterRequiredError, "give the field with --set NAME=VALUE, or a column for it"),
    (InvalidDataError, "mend the value that is named, and run the command again"),
    (MethodNotSupportedError, "try a later --api-version"),
    (FileTooLargeError, "send it by Vault's file staging server"),
    (ConflictError, "somebody else was faster: run the command again"),
    (NotAllowedError, "see in the vault what state it is in: a rule there forbids it now"),
    (ApiLimitError, "wait until the quota is back: `vaultio quota` shows it"),
    (VaultServerError, "run the command again later; Veeva's support wants the execution id"),
    (ConnectionFailedError, "check --url and the network: `vaultio doctor` looks at each step"),
    (OutcomeUnknownError, "look in the vault whether it was done before you run it again"),
    (DowntimeError, "run the command again later"),
    (NotVaultError, "check --url, and whether a proxy answers in the vault's place"),
    (DeadlineError, "run the command again; `vaultio doctor` shows whether the network is slow"),
    (TransportError, "run the command again; `vaultio doctor` looks at each step of the way"),
    (QuotaStoreError, "check --store"),
    (QuotaWaitError, "run the command again later"),
    (ClusterError, "look into the logs of the cluster's workers"),
    (JobWaitError, "wait longer with --timeout: the job goes on"),
    (JobFailedError, "look the job up in the vault: Admin, Operations, Job Status"),
    (TargetExistsError, "use --on-exists skip, replace or unique"),
    (TargetError, "check the folder and what may be written there"),
    (DownloadError, "run the command again; nothing was left in the file's place"),
    (SourceChangedError, "leave the file alone while it is sent, and run the command again"),
    (UploadError, "check that the file can be read"),
    (InvalidArgumentError, "see the command's --help, which has an example"),
)
_TOKEN_REFUSED = (
    "have your identity provider give a new token, and check the OAuth profile and client id: "
    "`vaultio login` again changes them; the same token is not sent twice"
)
_ELSE = "run it again with --debug to see where it came from"


def told(error: VaultioError) -> tuple[str, str]:
    """Say what happened, to what; and what to do. Both are safe for a terminal."""
    said = plain(error) or type(error).__name__
    advice = next((advice for kind, advice in _ADVICE if isinstance(error, kind)), _ELSE)
    if isinstance(error, AuthenticationError) and _is_about_a_token(error):
        advice = _TOKEN_REFUSED
    if isinstance(error, TargetError) and error.errno == errno.ENOSPC:
        advice = "make room and run the same command again"
    return said, advice


def _is_about_a_token(error: AuthenticationError) -> bool:
    """Whether it was an identity provider's token; one that was not found was not sent."""
    return not error.request or "auth/oauth/" in error.request
