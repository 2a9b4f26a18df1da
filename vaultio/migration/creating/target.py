"""The vault that things are brought into: what may be set there, and what is there already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import anyio
import attrs
from attrs import frozen

from vaultio.client import Vault
from vaultio.errors import InvalidArgumentError
from vaultio.models import Document, VersionNumber
from vaultio.models.wire import WIRE_NAME

IDENTITY = "external_id__v"
CHUNK = 200
"""Documents that one query asks for: a page of documents holds no more."""

MAJOR, MINOR = "major_version_number__v", "minor_version_number__v"
CLASS = ("name__v", "type__v", "subtype__v", "classification__v", "lifecycle__v")
_SYSTEM = frozenset(
    one.metadata[WIRE_NAME] for one in attrs.fields(Document) if WIRE_NAME in one.metadata
) | {
    "version_id",
    "locked__v",
    "latest_version__v",
    "last_modified_by__v",
    "annotations_all__v",
    "version_creation_date__v",
}
_LONGEST_LIST = 40_000
Settable: TypeAlias = tuple[frozenset[str], frozenset[str]]
_FIELD = re.compile(r"[a-z]\w*__[a-z]+", re.ASCII)


@frozen
class KnownVersion:
    """A version of a document in the target; `size` in bytes, None as `md5` without a file."""

    number: VersionNumber
    size: int | None = None
    md5: str | None = None


@frozen
class Known:
    """A document that is in the target, with its versions, oldest first.

    `others` are further documents with the same identity, which nothing can tell apart.
    """

    id: int
    versions: tuple[KnownVersion, ...]
    others: tuple[int, ...] = ()

    def version(self, number: str | VersionNumber | None) -> KnownVersion | None:
        """Return one version, if it is there."""
        return next((one for one in self.versions if str(one.number) == str(number)), None)


class Target:
    """The target vault. *identity* is a field that is unique there and names what is brought.

    What was created and cannot be found at once is looked for again after *settle_s* seconds,
    before it is taken for not created. *staged* says where the files lie on the vault's own
    staging server, a path before theirs: then they go in bulk. *migration_mode* lets bulk calls
    set states and version numbers; the user needs a permission for that. *settable* is what
    `settable` had said elsewhere.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        identity: str = IDENTITY,
        settle_s: float = 5.0,
        staged: str | None = None,
        migration_mode: bool = False,
        settable: Settable | None = None,
    ) -> None:
        if not _FIELD.fullmatch(identity):
            raise InvalidArgumentError(f"identity is the name of a field, not {identity!r}")
        self.vault = vault
        self.identity = identity
        self.staged = staged
        self.migration_mode = migration_mode
        self.left_out: set[str] = set()
        """Fields that had a value and that the target does not know."""

        self._settle_s = settle_s
        self._fields = settable
        self._asking = anyio.Lock()

    async def values(self, fields: Mapping[str, Any], *more: str) -> dict[str, Any]:
        """Choose what may be set of a document's fields, and *more*; asks the vault once.

        Empty values are left out, and so is what Vault sets itself.
        """
        editable, known = await self.settable()
        there = {name: value for name, value in fields.items() if value not in (None, "", [])}
        self.left_out |= there.keys() - known - _SYSTEM
        wanted = editable | {*CLASS, *more}
        return {name: value for name, value in there.items() if name in wanted}

    async def changes(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Choose what may be set of fields of a version that is there; empty ones are cleared."""
        editable, _ = await self.settable()
        return {
            name: "" if value is None else value
            for name, value in fields.items()
            if name in editable and name != self.identity
        }

    async def find(self, identities: Iterable[str], *, patient: bool = False) -> dict[str, Known]:
        """Look documents and binders up by their identity: a call for each 200.

        With *patient* what is not there is looked for a second time, a little later: it may
        have been created a moment ago.
        """
        found = await self._ask(self.identity, [_quoted(one) for one in identities], str)
        missing = [one for one in identities if one not in found]
        if patient and missing:
            await anyio.sleep(self._settle_s)
            found |= await self._ask(self.identity, [_quoted(one) for one in missing], str)
        return found

    async def look(self, ids: Iterable[int], *, patient: bool = False) -> dict[int, Known]:
        """Look documents up by their id in the target: a call for each 200 versions."""
        found = await self._ask("id", [str(one) for one in ids], int)
        missing = [one for one in ids if one not in found]
        if patient and missing:
            await anyio.sleep(self._settle_s)
            found |= await self._ask("id", [str(one) for one in missing], int)
        return found

    async def _ask(self, name: str, values: Sequence[str], kind: type[Any]) -> dict[Any, Known]:
        rows: list[Mapping[str, Any]] = []
        columns = ", ".join(dict.fromkeys(("id", name, MAJOR, MINOR, "size__v", "md5checksum__v")))
        for chunk in _chunks(list(dict.fromkeys(values))):
            listed = ", ".join(chunk)
            vql = f"SELECT {columns} FROM ALLVERSIONS documents WHERE {name} CONTAINS ({listed})"
            rows += await self.vault.query(vql).all()
        return _known(rows, name, kind)

    async def settable(self) -> Settable:
        """Return the fields that may be set, and all that there are; asks the vault once."""
        async with self._asking:
            if self._fields is None:
                fields = await self.vault.document_metadata.retrieve_fields()
                editable = frozenset(
                    one.name for one in fields if one.editable and not one.disabled
                )
                self._fields = editable, frozenset(one.name for one in fields)
        return self._fields


def _known(rows: Sequence[Mapping[str, Any]], name: str, kind: type[Any]) -> dict[Any, Known]:
    """Gather rows, one a version, into documents."""
    versions: dict[Any, dict[int, list[KnownVersion]]] = {}
    for row in rows:
        one = KnownVersion(
            VersionNumber(int(row[MAJOR]), int(row[MINOR])),
            None if row.get("size__v") is None else int(row["size__v"]),
            row.get("md5checksum__v"),
        )
        of_value = versions.setdefault(kind(row[name]), {})
        of_value.setdefault(int(row["id"]), []).append(one)
    found: dict[Any, Known] = {}
    for value, documents in versions.items():
        first, *others = sorted(documents)
        ordered = sorted(documents[first], key=lambda one: one.number)
        found[value] = Known(first, tuple(ordered), tuple(others))
    return found


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Part values so that each query is short enough, and its answer one page where it may be."""
    chunk: list[str] = []
    length = 0
    for value in values:
        if chunk and (len(chunk) == CHUNK or length + len(value) > _LONGEST_LIST):
            yield chunk
            chunk, length = [], 0
        chunk.append(value)
        length += len(value) + 2
    if chunk:
        yield chunk


def _quoted(text: str) -> str:
    r"""Write a text in VQL, where a backslash goes before a quote and before itself."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
