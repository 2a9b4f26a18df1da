"""Texts for people: safe for a terminal, short, with what to do next."""

from __future__ import annotations

import errno
import re

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

# Controls move the cursor or recolour the screen; the others turn the reading direction around or
# are not seen at all.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
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


def plain(text: object) -> str:
    r"""Show what could play tricks on a terminal as an escape, such as ``\x1b``.

    Line ends and tabs too: the result is one line.
    """
    return _HARMFUL.sub(_escape, str(text))


def one_line(error: VaultioError) -> str:
    """Say what happened, to what, and what to do; safe for a terminal."""
    said = plain(error) or type(error).__name__
    advice = next((advice for kind, advice in _ADVICE if isinstance(error, kind)), None)
    if isinstance(error, TargetError) and error.errno == errno.ENOSPC:
        advice = "make room and run the same command again"
    return f"{said}; {advice}" if advice else said


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Write ``1 file``, ``2 files``.

    >>> count(2, "copy", "copies")
    '2 copies'
    """
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def size(number: float) -> str:
    """Write a number of bytes in powers of 1,000.

    >>> size(92_086_002)
    '92.1 MB'
    """
    if number < 1000:
        return f"{number:.0f} B"
    for unit in ("kB", "MB", "GB"):
        number /= 1000
        if number < 999.95:
            return f"{number:.1f} {unit}"
    return f"{number / 1000:,.1f} TB"


def duration(seconds: float) -> str:
    """Write a time.

    >>> duration(3.21), duration(125), duration(7322)
    ('3.2 s', '2 min 5 s', '2 h 2 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return {10: "\\n", 13: "\\r", 9: "\\t"}.get(
        code, f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    )
