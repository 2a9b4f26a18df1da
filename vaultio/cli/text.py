"""Texts for people: safe for a terminal, short, with what to do next."""

from __future__ import annotations

import errno

from vaultio.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConnectionFailedError,
    DowntimeError,
    MethodNotSupportedError,
    QuerySyntaxError,
    QuotaStoreError,
    QuotaWaitError,
    SessionExpiredError,
    TargetError,
    TargetExistsError,
    VaultioError,
    WrongVaultError,
)
from vaultio.migration.report.wording import count, duration, plain, size

__all__ = ["count", "duration", "one_line", "plain", "size"]

_ADVICE: tuple[tuple[type[VaultioError], str], ...] = (
    (AuthenticationError, "check --user and VAULTIO_PASSWORD; it was not tried a second time"),
    (SessionExpiredError, "log in again: VAULTIO_SESSION_ID or VAULTIO_ACCESS_TOKEN is not valid"),
    (WrongVaultError, "check --url, or ask for access to that vault"),
    (AccessDeniedError, "ask the vault's administrator for the permission"),
    (MethodNotSupportedError, "try a later --api-version"),
    (QuerySyntaxError, "check the VQL"),
    (ConnectionFailedError, "check --url and the network"),
    (DowntimeError, "run the command again later"),
    (QuotaStoreError, "check --store"),
    (QuotaWaitError, "run the command again later"),
    (TargetExistsError, "use --on-exists skip, replace or unique"),
)


def one_line(error: VaultioError) -> str:
    """Say what happened, to what, and what to do; safe for a terminal."""
    said = plain(error) or type(error).__name__
    advice = next((advice for kind, advice in _ADVICE if isinstance(error, kind)), None)
    if isinstance(error, TargetError) and error.errno == errno.ENOSPC:
        advice = "make room and run the same command again"
    return f"{said}; {advice}" if advice else said
