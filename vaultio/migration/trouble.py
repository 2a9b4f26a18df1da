"""Which errors are one item's, and which are everybody's."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaultio.errors import (
    AuthenticationError,
    ClosedError,
    ClusterError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineError,
    DowntimeError,
    NotVaultError,
    OutcomeUnknownError,
    QuotaStoreError,
    QuotaWaitError,
    SessionExpiredError,
    TargetError,
    UnreadableReplyError,
    VaultioError,
    WrongVaultError,
)

if TYPE_CHECKING:
    from vaultio.migration.entries import Result

# What befalls one item so befalls all: the run ends, instead of failing 10,000 times.
_FOR_ALL = (
    AuthenticationError,
    ClosedError,
    ClusterError,
    DowntimeError,
    QuotaStoreError,
    QuotaWaitError,
    SessionExpiredError,
    WrongVaultError,
)
_OF_THE_LINE = (ConnectionFailedError, ConnectionLostError, DeadlineError, NotVaultError)
MOST_LINE_ERRORS = 16
"""Errors of the line in a row, beside one for each item at work, that end a run."""

_DISK_FOR_ALL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def stops_all(error: Exception) -> bool:
    """Whether an error of one item would be that of every other, too."""
    full = isinstance(error, TargetError) and error.errno in _DISK_FOR_ALL
    return full or isinstance(error, _FOR_ALL)


def is_lost(error: Exception) -> bool:
    """Whether a write that ended so may have been carried out all the same."""
    if isinstance(error, DowntimeError):
        return False
    return isinstance(error, OutcomeUnknownError | NotVaultError | UnreadableReplyError)


class Halted(Exception):  # noqa: N818 - it is no failure: it carries what was done until then
    """A batch was broken off by an error that is everybody's; *results* are those of its items."""

    def __init__(self, error: VaultioError, results: Sequence[Result]) -> None:
        super().__init__(str(error))
        self.error = error
        self.results = results


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
