"""What became of one row of a bulk call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen


@frozen(kw_only=True)
class RowResult:
    """What became of one row.

    `row` counts from 1 over the whole input, not over one call. `id` is a whole number for
    documents and a text for object records; a row that failed mostly has none. `errors` holds
    all (type, message) pairs, `fields` whatever else Vault said of the row, under its own names.
    """

    row: int
    succeeded: bool
    id: int | str | None = None
    errors: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, Any] = field(factory=dict, repr=False)

    @property
    def error_type(self) -> str | None:
        """The type of the first error, such as ``INVALID_DATA``; None if there is none."""
        return self.errors[0][0] if self.errors else None

    @property
    def message(self) -> str | None:
        """The sentence beside `error_type`, which may change; None if there is none."""
        return self.errors[0][1] if self.errors else None
