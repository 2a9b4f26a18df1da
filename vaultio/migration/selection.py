"""Which documents to export."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias

from attrs import field, frozen

from vaultio.errors import InvalidArgumentError

Include: TypeAlias = Literal[
    "source", "renditions", "attachments", "annotations", "roles", "relationships", "binders"
]
"""What may be exported of a document, beside its fields."""


def _ids(ids: Iterable[int]) -> tuple[int, ...]:
    """Keep each id once, in order, and refuse what is none."""
    found = tuple(dict.fromkeys(ids))
    for one in found:
        if not isinstance(one, int) or isinstance(one, bool) or one < 1:
            raise InvalidArgumentError(f"a document id is a whole number from 1 on, not {one!r}")
    if not found:
        raise InvalidArgumentError("no document ids were given")
    return found


@frozen
class AllDocuments:
    """Every document that the user may see, by Retrieve Documents: a call for each 200."""


@frozen
class ById:
    """The documents with these ids; an id twice counts once. A call for each 200, of VQL."""

    ids: tuple[int, ...] = field(converter=_ids)

    @classmethod
    def from_csv(cls, path: str | os.PathLike[str], *, column: str = "id") -> ById:
        """Read the ids from a column of a CSV file in UTF-8. Blocks while it reads."""
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if column not in (rows.fieldnames or ()):
                raise InvalidArgumentError(f"{path} has no column {column!r}")
            texts = [(row[column] or "").strip() for row in rows]
        wrong = next((text for text in texts if text and not text.isdecimal()), None)
        if wrong is not None:
            raise InvalidArgumentError(f"{path}: a document id is a whole number, not {wrong!r}")
        return cls(int(text) for text in texts if text)


@frozen
class ByQuery:
    """The documents that a VQL query finds: its rows must hold ``id``.

    Costs a call a page of the query, and one more for 200 documents unless the rows hold
    ``major_version_number__v``, ``minor_version_number__v``, ``filename__v`` and ``size__v`` or
    ``md5checksum__v`` too: then the version of the row is exported as it is, with the fields that
    were asked for.
    """

    vql: str


@frozen
class ByCsv:
    """The documents that a CSV file in UTF-8 lists, however many: it is read as it is needed.

    A *column* holds the value of a *field* that tells documents apart: ``id``, or one such as
    ``external_id__v``. Values that no document has fail, each for itself. A call for each 200, of
    VQL. Who changes the file while an export is interrupted has it read from the start again.
    """

    path: Path = field(converter=Path)
    column: str = "id"
    field: str = "id"

    @classmethod
    def of(
        cls,
        path: str | os.PathLike[str],
        *,
        column: str | None = None,
        field: str | None = None,
    ) -> ByCsv:
        """Look at the first line for the column: *column*, else ``id``, else ``external_id__v``.

        The field is *field*, else the column's name. Blocks while it reads that line.
        """
        try:
            with Path(path).open(encoding="utf-8-sig", newline="") as file:
                names = next(csv.reader(file), [])
        except (OSError, UnicodeError, csv.Error) as error:
            said = getattr(error, "strerror", None) or error
            raise InvalidArgumentError(f"{path} cannot be read: {said}") from error
        wanted = [column] if column else ["id", "external_id__v"]
        found = next((name for name in wanted if name in names), None)
        if found is None:
            has = ", ".join(names) or "none"
            raise InvalidArgumentError(f"{path} has no column {' or '.join(wanted)}, but {has}")
        return cls(Path(path), found, field or found)


Selection: TypeAlias = AllDocuments | ById | ByQuery | ByCsv
"""Any way to say which documents."""
