"""Whether a call that failed is worth another try, and when: decisions, no waiting."""

from __future__ import annotations

from random import random

from vaultio.errors import (
    ApiLimitError,
    ConflictError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineError,
    DowntimeError,
    NotFoundError,
    NotVaultError,
    OutcomeUnknownError,
    SwappedReplyError,
    TransportError,
    VaultError,
    VaultioError,
)
from vaultio.protocol.request import Book, Repeat, Request
from vaultio.transport.wire import is_hopeless

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 8.0
CONFLICT_PAUSE_S = 1.0
_WORTH_WAITING = frozenset({408, 425, 429, 500, 502, 503, 504})


class RetryBudget:
    """What keeps an outage from being multiplied by everybody's retries.

    A retry takes 1, a success gives 0.1 back; at zero nothing is retried.
    """

    def __init__(self, capacity: float = 10.0) -> None:
        self._capacity = capacity
        self._left = capacity

    def spend(self) -> bool:
        """Take one retry, if there is one."""
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def earn(self) -> None:
        """Note a success."""
        self._left = min(self._capacity, self._left + 0.1)


class Tries:
    """The tries of one call."""

    def __init__(self, request: Request, budget: RetryBudget, max_tries: int) -> None:
        self._request = request
        self._budget = budget
        self._max_tries = max_tries
        self._failed = 0
        self._conflicts = 0
        self._limited = 0
        self._lost = False

    def pause_after(self, error: VaultioError) -> float:
        """Say how many seconds to wait before the next try; raises if there is to be none.

        What is raised is *error* itself, or `OutcomeUnknownError` where the request may have
        been carried out.
        """
        if isinstance(error, ApiLimitError) and self._request.book is not Book.LOGIN:
            return self._after_limit(error)
        if isinstance(error, ConflictError) and self._request.repeat.allowed:
            return self._after_conflict(error)
        if not self._worth_it(error):
            if self._lost and isinstance(error, NotFoundError):
                error.add_note("the answer to an earlier try was lost: that try may have done it")
            raise error
        self._failed += 1
        if self._failed >= self._max_tries or not self._budget.spend():
            raise error
        return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**self._failed) * (0.5 + random() / 2))

    def _after_limit(self, error: ApiLimitError) -> float:
        """Try again, for refused means not carried out: as long as the caller has patience.

        A job that was asked about too early waits for as long as its request is spaced.
        """
        self._limited += 1
        if self._request.book is Book.API:
            return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**self._limited))
        self._failed += 1
        if self._failed >= self._max_tries:
            raise error
        return self._request.spacing[1] if self._request.spacing else FIRST_PAUSE_S

    def _after_conflict(self, error: ConflictError) -> float:
        """Try once more: somebody else held the same thing for a moment."""
        self._conflicts += 1
        if self._conflicts > 1:
            raise error
        return CONFLICT_PAUSE_S * (1 + random())

    def _worth_it(self, error: VaultioError) -> bool:
        if isinstance(error, ConnectionFailedError):
            return not is_hopeless(error)
        if isinstance(error, ConnectionLostError | SwappedReplyError):
            return self._if_repeatable(error)
        if isinstance(error, NotVaultError) and not isinstance(error, DowntimeError):
            return error.http_status in _WORTH_WAITING and self._if_repeatable(error)
        if isinstance(error, DeadlineError):
            # It was the deadline of the whole call: no time is left to try again in.
            self._if_repeatable(error)
            return False
        exception = isinstance(error, VaultError) and error.response_status == "EXCEPTION"
        return exception and self._request.repeat is Repeat.SAFE

    def _if_repeatable(self, error: TransportError) -> bool:
        """Whether the request may be sent again although it may have arrived."""
        if self._request.repeat.allowed:
            self._lost = self._request.repeat is Repeat.SAME
            return True
        raise OutcomeUnknownError(
            f"{self._request} was sent, but the answer was lost ({error}): it may have been "
            f"carried out; look before you repeat it",
            request=str(self._request),
            reference_id=error.reference_id,
        ) from error
