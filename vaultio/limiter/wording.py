"""Times and quotas as people say them."""

from __future__ import annotations


def about(seconds: float) -> str:
    """Write how long something takes, rounded up, as nobody should come too early.

    >>> about(0.2), about(75), about(11_950), about(90_000)
    ('less than a second', 'about 1 min 15 s', 'about 3 h 20 min', 'about 25 h')
    """
    if seconds < 1:
        return "less than a second"
    whole = -int(-seconds // 1)
    if whole < 600:
        return "about " + _joined((whole // 60, "min"), (whole % 60, "s"))
    hours, minutes = divmod(-(-whole // 60), 60)
    return "about " + _joined((hours, "h"), (minutes, "min"))


def quota_text(limit: int, window_s: float) -> str:
    """Name a quota.

    >>> quota_text(2_000, 300.0), quota_text(100_000, 86_400.0), quota_text(60, 2.0)
    ('2,000 calls in 5 min', '100,000 calls in 24 h', '60 calls in 2 s')
    """
    for unit_s, unit in ((3_600, "h"), (60, "min")):
        if window_s >= unit_s and window_s % unit_s == 0:
            return f"{limit:,} calls in {window_s / unit_s:.0f} {unit}"
    return f"{limit:,} calls in {window_s:g} s"


def _joined(*parts: tuple[int, str]) -> str:
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
