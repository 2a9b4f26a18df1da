"""Rows of a bulk call: how they are sent, and what Vault says became of each.

Source: bulk answers are SUCCESS on top however many rows failed; a failed row has no id as a
rule, so rows are told apart by their place (supplement to the reference, 7.2 and 7.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from attrs import frozen

from vaultio.errors import InvalidArgumentError, UnreadableReplyError
from vaultio.models import RowResult
from vaultio.protocol.envelope import SUCCEEDED, Envelope, errors_of
from vaultio.protocol.forms import Body, csv_body, json_body
from vaultio.protocol.readers import Reader

Row = Mapping[str, object]
UnchangedFields = Literal["IgnoreSetOnCreateOnly", "NeverIgnore", "AlwaysIgnore"]
_FRAME = frozenset({"responseStatus", "errors", "id", "data"})


@frozen(eq=False)
class Batch:
    """The rows of one call; `first` is the place of the first one in the input, from 1."""

    first: int
    rows: Sequence[Row]

    @property
    def last(self) -> int:
        """The place of the last row in the input."""
        return self.first + len(self.rows) - 1

    def __str__(self) -> str:
        return f"row {self.first}" if self.first == self.last else f"rows {self.first}-{self.last}"


def migration(
    mode: bool, *, no_triggers: bool = False, unchanged: UnchangedFields | None = None
) -> dict[str, object]:
    """Write the switches of a bulk write as headers; what is off is not sent."""
    return {
        "X-VaultAPI-MigrationMode": mode or None,
        "X-VaultAPI-NoTriggers": no_triggers or None,
        "X-VaultAPI-UnchangedFieldBehavior": unchanged,
    }


def rows_csv(batch: Batch, *, same_keys: bool = False) -> Body:
    """Write rows as CSV; the columns are the keys of all, in the order they are first met.

    A key that a row has not makes an empty cell. With *same_keys* that is refused: in an update
    an empty cell may clear the field, and None is there to ask for it.
    """
    columns = dict.fromkeys(key for row in batch.rows for key in row)
    if not columns:
        raise InvalidArgumentError(f"{batch}: there is no key in any of them, so nothing to send")
    for number, row in enumerate(batch.rows if same_keys else (), batch.first):
        if row.keys() != columns.keys():
            missing = ", ".join(name for name in columns if name not in row)
            raise InvalidArgumentError(
                f"row {number} has no {missing}, as other rows of its call have: an empty cell may "
                f"clear the field; give all rows the same keys, with None to leave a cell empty"
            )
    return csv_body(batch.rows, list(columns), first=batch.first)


def rows_json(batch: Batch) -> Body:
    """Write rows as a JSON list of objects; None is null."""
    return json_body([dict(row) for row in batch.rows])


def row_results(batch: Batch, *, numbers: bool) -> Reader[tuple[RowResult, ...]]:
    """Read one result a row of *batch*, in its order; ids are whole numbers or texts.

    Rows of documents are flat, those of object records have a ``data`` of their own.
    """

    def read(envelope: Envelope) -> tuple[RowResult, ...]:
        found = envelope.payload.get("data")
        found = [found] if isinstance(found, Mapping) else found
        if not isinstance(found, list):
            raise UnreadableReplyError("data: one result a row was expected, and there is no list")
        if len(found) != len(batch.rows):
            raise UnreadableReplyError(
                f"data: {len(batch.rows)} rows were sent and {len(found)} results came, so none "
                f"can be told whose it is; look at what was done before you send them again"
            )
        return tuple(
            _result(item, number, numbers) for number, item in enumerate(found, batch.first)
        )

    return read


def _result(item: Any, number: int, numbers: bool) -> RowResult:
    if not isinstance(item, Mapping) or not isinstance(item.get("responseStatus"), str):
        raise UnreadableReplyError(f"data: the result of row {number} has no responseStatus")
    inner = item.get("data")
    said = {**item, **inner} if isinstance(inner, Mapping) else item
    return RowResult(
        row=number,
        succeeded=item["responseStatus"].upper() in SUCCEEDED,
        id=_id(said.get("id"), numbers),
        errors=errors_of(item.get("errors")),
        fields={key: value for key, value in said.items() if key not in _FRAME},
    )


def _id(value: Any, numbers: bool) -> int | str | None:
    """Read an id in the type that ids of its kind have; some rows write it in the other one."""
    if not isinstance(value, int | str) or isinstance(value, bool) or value == "":
        return None
    if not numbers:
        return str(value)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
