"""API versions."""

from __future__ import annotations

import re

from attrs import frozen

from vaultio.errors import InvalidArgumentError

_FORM = re.compile(r"v?(\d{1,3})\.(\d{1,2})", re.ASCII)


@frozen(order=True)
class ApiVersion:
    """A version of Vault's API; compares as numbers, so v9.0 is before v11.0 and v24.3."""

    major: int
    minor: int

    @classmethod
    def parse(cls, value: str | ApiVersion) -> ApiVersion:
        """Read ``"v24.3"`` or ``"24.3"``; anything else is an `InvalidArgumentError`."""
        if isinstance(value, ApiVersion):
            return value
        found = _FORM.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise InvalidArgumentError(f"an API version reads like 'v24.3', not {value!r}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}"
