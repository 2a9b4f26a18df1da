"""Which errors are one item's, and which are everybody's."""

from __future__ import annotations

import errno

from vaultio.errors import (
    AuthenticationError,
    ClosedError,
    DowntimeError,
    QuotaStoreError,
    QuotaWaitError,
    SessionExpiredError,
    TargetError,
    WrongVaultError,
)

# What befalls one item so befalls all: the run ends, instead of failing 10,000 times.
_FOR_ALL = (
    AuthenticationError,
    ClosedError,
    DowntimeError,
    QuotaStoreError,
    QuotaWaitError,
    SessionExpiredError,
    WrongVaultError,
)
_DISK_FOR_ALL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def stops_all(error: Exception) -> bool:
    """Whether an error of one item would be that of every other, too."""
    full = isinstance(error, TargetError) and error.errno in _DISK_FOR_ALL
    return full or isinstance(error, _FOR_ALL)


def first(error: BaseException) -> BaseException:
    """Take one error out of a group: several tasks may have met the same."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
