"""Reading the quota headers of an answer."""

from __future__ import annotations

import pytest

from vaultio.protocol.quota_headers import QuotaReading, read_quota


def test_names_match_without_case() -> None:
    """HTTP/2 lower-cases them, Vault's own pages write them in two ways."""
    headers = {"x-vaultapi-burstlimit": "2000", "X-VAULTAPI-BurstLimitRemaining": " 1998 "}

    assert read_quota(headers) == QuotaReading(burst_limit=2_000, burst_remaining=1_998)


def test_the_daily_quota() -> None:
    """Old servers tell of the 24 hours too."""
    headers = {"X-VaultAPI-DailyLimit": "100000", "X-VaultAPI-DailyLimitRemaining": "0"}

    assert read_quota(headers) == QuotaReading(daily_limit=100_000, daily_remaining=0)


def test_the_delay_is_in_seconds() -> None:
    """The header counts milliseconds."""
    assert read_quota({"X-VaultAPI-ResponseDelay": "500"}).delay_s == 0.5


def test_999999_a_day_is_no_limit() -> None:
    """Servers without a daily limit send this to old versions."""
    headers = {"X-VaultAPI-DailyLimit": "999999", "X-VaultAPI-DailyLimitRemaining": "999999"}

    assert read_quota(headers) == QuotaReading()


@pytest.mark.parametrize("text", ["", "many", "-1", "1e3", "2.5", "９", "9" * 12, "9" * 5_000])
def test_nonsense_is_not_there(text: str) -> None:
    """A value that cannot be meant never reaches the limiter."""
    names = ["BurstLimit", "BurstLimitRemaining", "DailyLimit", "ResponseDelay"]

    assert read_quota({f"X-VaultAPI-{name}": text for name in names}) == QuotaReading()


def test_a_limit_of_nothing_is_nonsense() -> None:
    """It would end all traffic for good, as no answer could ever raise it again."""
    assert read_quota({"X-VaultAPI-BurstLimit": "0"}) == QuotaReading()
