"""API versions, compared as numbers: v9.0 is older than v11.0."""

from __future__ import annotations

import re
from typing import NamedTuple

from vaultio.sandbox.failures import RefusedError

_FORM = re.compile(r"v(\d{1,3})\.(\d)")


class Version(NamedTuple):
    """An API version."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}"


# One a year number up to v16, three a year from 2017 on.
OFFERED = tuple(
    [Version(major, 0) for major in range(7, 17)]
    + [Version(year, release) for year in range(17, 27) for release in (1, 2, 3)]
)
# Before this one, calls beyond the limit fail and the clauses of VQL are LIMIT and OFFSET.
V20_3 = Version(20, 3)
V21_1 = Version(21, 1)


def parse(text: str) -> Version:
    """Read ``v11.0``, or raise ValueError."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an API version")
    return Version(int(match[1]), int(match[2]))


def offered(text: str) -> Version:
    """Read the version in a path and refuse one that this vault does not serve."""
    try:
        version = parse(text)
    except ValueError:
        raise RefusedError("MALFORMED_URL", f"The resource [{text}] does not exist.") from None
    if version < OFFERED[0]:
        raise RefusedError("METHOD_NOT_SUPPORTED", f"API version {version} is no longer supported.")
    if version not in OFFERED:
        raise RefusedError("MALFORMED_URL", f"The resource [{text}] does not exist.")
    return version
