"""What Vault says about its quotas in the headers of an answer.

On the answers to a login and to a job's status the burst headers mean something else (the limit on
logins, nothing): hand `QuotaReading()` on for those, not what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import frozen

_NO_LIMIT = 999_999
"""What servers without a daily limit send for it to old API versions."""

_MOST_CALLS = 100_000_000
_MOST_MILLISECONDS = 3_600_000
_PREFIX = "x-vaultapi-"
_NUMBER = re.compile(r"[0-9]{1,15}")


@frozen
class QuotaReading:
    """The quota headers of one answer; what was absent or could not be meant is None."""

    burst_limit: int | None = None
    """Calls in five minutes."""

    burst_remaining: int | None = None
    """Calls left in the server's present five minutes, whose end it does not tell."""

    daily_limit: int | None = None
    """Calls in 24 hours; None also where the server says it has no such limit."""

    daily_remaining: int | None = None
    """Calls left of these."""

    delay_s: float | None = None
    """How long the server held the answer back because of the burst limit, in seconds."""


_NOTHING = QuotaReading()


def read_quota(headers: Mapping[str, str]) -> QuotaReading:
    """Read the quota headers of an answer; their names match without case."""
    found = {
        name: value.strip()
        for known, value in headers.items()
        if (name := known.lower()).startswith(_PREFIX)
    }
    if not found:
        return _NOTHING

    def number(name: str, most: int = _MOST_CALLS) -> int | None:
        text = found.get(_PREFIX + name, "")
        value = int(text) if _NUMBER.fullmatch(text) else -1
        return value if 0 <= value <= most else None

    def daily(name: str) -> int | None:
        value = number(name)
        return None if value == _NO_LIMIT else value

    delay_ms = number("responsedelay", _MOST_MILLISECONDS)
    return QuotaReading(
        burst_limit=number("burstlimit") or None,  # a limit of 0 would end all traffic for good
        burst_remaining=number("burstlimitremaining"),
        daily_limit=daily("dailylimit") or None,
        daily_remaining=daily("dailylimitremaining"),
        delay_s=None if delay_ms is None else delay_ms / 1000,
    )
