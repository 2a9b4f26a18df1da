"""The number of a document version."""

from __future__ import annotations

import re

from attrs import frozen

from vaultio.errors import InvalidArgumentError

_FORM = re.compile(r"(\d{1,9})\.(\d{1,9})", re.ASCII)


@frozen(order=True)
class VersionNumber:
    """A document's version: two whole numbers that compare as numbers, so 1.10 is after 1.9."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> VersionNumber:
        """Read ``"2.1"``; anything else is an `InvalidArgumentError`."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise InvalidArgumentError(f"a document version reads like '2.1', not {text[:40]!r}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"
