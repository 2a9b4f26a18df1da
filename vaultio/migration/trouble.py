"""Which errors are one item's, and which are everybody's."""

from __future__ import annotations

import errno

from vaultio.errors import (
    AuthenticationError,
    ClosedError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineError,
    DowntimeError,
    NotVaultError,
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
_OF_THE_LINE = (ConnectionFailedError, ConnectionLostError, DeadlineError, NotVaultError)
_DISK_FOR_ALL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def stops_all(error: Exception) -> bool:
    """Whether an error of one item would be that of every other, too."""
    full = isinstance(error, TargetError) and error.errno in _DISK_FOR_ALL
    return full or isinstance(error, _FOR_ALL)


class Outage:
    """Notices that nothing gets through any more: so many errors of the line, one after another.

    Else a night without network would leave all items failed, instead of ending the run.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._errors = 0

    def note(self, error: Exception | None) -> bool:
        """Note how an item went (None: well), and say whether that is an outage."""
        is_of_line = isinstance(error, _OF_THE_LINE)
        self._errors = self._errors + 1 if is_of_line else 0
        return self._errors >= self._most


def first(error: BaseException) -> BaseException:
    """Take one error out of a group: several tasks may have met the same."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
