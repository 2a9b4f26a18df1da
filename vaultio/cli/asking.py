"""Asking for what is missing at the terminal."""

from __future__ import annotations

import getpass
import sys

from vaultio.cli.console import asked
from vaultio.cli.running import UsageError

TOKEN = "Access token of the identity provider"

_LONGEST = {"darwin": 1_023, "linux": 4_095}.get(sys.platform, sys.maxsize)
"""Characters that a terminal takes in a line; it drops what comes after them, and says nothing."""


def needed(what: str, option: str) -> str:
    """Ask for what has to be there, or raise `UsageError` that names the *option* for it."""
    answer = asked(f"{what}: ") if sys.stdin.isatty() else ""
    if not answer:
        raise UsageError(f"{what[:1].lower()}{what[1:]} is missing", f"give {option}")
    return answer


def asked_secret(question: str) -> str:
    """Ask on stderr for a line that is not shown, or raise `UsageError` for one that is cut off."""
    secret = getpass.getpass(f"{question}: ", stream=sys.stderr)
    if len(secret) >= _LONGEST:
        raise UsageError(
            f"a terminal cuts off what is longer than {_LONGEST:,} characters",
            "give it by --password-stdin, or say where it is by `vaultio login --secret`",
        )
    return secret
