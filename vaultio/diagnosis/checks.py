"""What a check says."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from vaultio.errors import VaultioError

State = Literal["ok", "warn", "fail", "skip"]
"""``skip``: not looked at, because something before it failed or is not set."""


@frozen
class Check:
    """One step: its name, how it stands, what was found, and what to do if that is not well."""

    name: str
    state: State
    said: str
    advice: str = ""


def broken(name: str, error: Exception, advice: str) -> Check:
    """Say that a step failed; of errors that are not ours only what the system says."""
    if isinstance(error, VaultioError):
        return Check(name, "fail", str(error), advice)
    said = getattr(error, "strerror", None) or type(error).__name__
    return Check(name, "fail", str(said), advice)


def skipped(name: str, why: str) -> Check:
    """Say that a step was not looked at."""
    return Check(name, "skip", why)
