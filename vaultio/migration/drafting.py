"""Rows of metadata become items of an import: plain functions, no disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from attrs import frozen

from vaultio.errors import InvalidArgumentError
from vaultio.migration import creating
from vaultio.migration.creating.target import MAJOR, MINOR
from vaultio.migration.entries import Draft
from vaultio.migration.tables import Key, Ordered, Row

LONGEST_IDENTITY = 250
OLDER = "older version of a binder"
NO_CONTENT = "content of the binder not exported"
ANNOTATIONS = "annotations are not imported"


class Rivals(Protocol):
    """Knows all that is to be brought."""

    def rival(self, identity: str, owner: str) -> str | None:
        """Name another owner that has the same identity, if there is one."""


@frozen
class Drafting:
    """Makes items of documents and binders.

    *identity* is the field that names them in the target; where a row has none, its id does,
    with *origin*, the name of where it came from.
    """

    origin: str
    identity: str

    def key(self, row: Row) -> Key:
        """Say whose row it is, and of which version."""
        identity = self._identity(row)
        owner = row.get("id") or identity or row.get("file")
        if owner is None:
            said = ", ".join(f"{name} {value!r}" for name, value in list(row.items())[:3])
            raise ValueError(f"a row needs id, {self.identity} or file; this one has {said}")
        return Key(str(owner), _number(row, MAJOR, 0), _number(row, MINOR, 1), identity)

    def documents(self, table: Rivals, owner: str, group: list[Row]) -> Iterator[Draft]:
        """Make the items of a document's versions: the first creates it, the others follow."""
        identity, clash = self._named(table, owner, group)
        before: Row | None = None
        seen: dict[str, int] = {}
        for row in group:
            version = version_of(row)
            seen[version] = number = seen.get(version, 0) + 1
            data: dict[str, Any] = {"fields": _fields(row), "identity": identity}
            if number > 1:
                clash = f"another row of document {owner} ({version})"
            if clash:
                data["clash"] = clash
            if before is not None and number == 1:
                data |= {"after": version_of(before), "changed": _changed(before, row)}
            yield _document(row, owner, version, number, data, is_first=before is None)
            before = row if number == 1 else before

    def binder(self, table: Rivals, owner: str, group: list[Row]) -> Iterator[Draft]:
        """Make the items of a binder: it, and what is in it; only of its latest version."""
        identity, clash = self._named(table, owner, group)
        for row in group:
            fields, version = _fields(row), version_of(row)
            nodes = fields.pop("nodes", None)
            reason = OLDER if row is not group[-1] else NO_CONTENT if nodes is None else None
            data = {"fields": fields, "identity": identity, **({"clash": clash} if clash else {})}
            yield Draft(
                key=f"binder/{owner}/{version}",
                stage=creating.BINDERS,
                kind="binder",
                source_id=owner,
                source_version=version,
                data=data,
                state="skipped" if reason else "found",
                reason=reason,
            )
            if reason is None:
                yield Draft(
                    key=f"binder/{owner}/{version}/contents",
                    stage=creating.CONTENTS,
                    kind="binder",
                    source_id=owner,
                    source_version=version,
                    detail="contents",
                    data={"nodes": nodes},
                )

    def _identity(self, row: Row) -> str | None:
        """Read what a row is called by; Vault keeps no blanks around it."""
        return str(row.get(self.identity) or "").strip() or None

    def _named(self, table: Rivals, owner: str, group: Sequence[Row]) -> tuple[str, str | None]:
        """Say what a document is called by in the target, and who is called so too."""
        given = [name for row in group if (name := self._identity(row))]
        if not given:
            return _short(f"vaultio:{self.origin}:{owner}"), None
        identity = given[-1]
        rival = table.rival(identity, owner)
        return identity, f"document {rival}" if rival else None


def rendition(row: Row) -> Draft:
    """Make the item of a rendition."""
    owner, version, kind = _text(row, "id"), version_of(row), _text(row, "rendition_type__v")
    return _file(
        row,
        key=f"document/{owner}/{version}/rendition/{kind}",
        stage=creating.RENDITIONS,
        kind="rendition",
        source_id=owner,
        source_version=version,
        detail=kind,
    )


def attachment(row: Row) -> Draft:
    """Make the item of one version of an attachment."""
    owner, number = _text(row, "id"), str(_number(row, "version__v", 1))
    own_id = str(row.get("attachment_id") or row.get("filename__v") or row.get("file"))
    names = ("filename__v", "description__v")
    return _file(
        row,
        key=f"document/{owner}/attachment/{own_id}/{number}",
        stage=creating.ATTACHMENTS,
        kind="attachment",
        source_id=owner,
        source_version=number,
        detail=own_id,
        data={"fields": {name: row[name] for name in names if name in row}},
    )


def annotation(row: Row) -> Draft:
    """Make the item of annotations, which stay where they are: Vault makes no notes of a PDF."""
    owner, version = _text(row, "id"), version_of(row)
    return _file(
        row,
        key=f"document/{owner}/{version}/annotation",
        stage="annotations",
        kind="annotation",
        source_id=owner,
        source_version=version,
        state="skipped",
        reason=ANNOTATIONS,
    )


def owner_key(row: Row) -> Key:
    """Say which document a row is about."""
    return Key(_text(row, "id"))


def roles(_: Ordered, owner: str, group: list[Row]) -> Iterator[Draft]:
    """Make one item of all roles on a document."""
    found = [
        {
            "name": _text(row, "role"),
            "assignedUsers": _ids(row, "users"),
            "assignedGroups": _ids(row, "groups"),
        }
        for row in group
    ]
    yield Draft(
        key=f"role/{owner}",
        stage=creating.ROLES,
        kind="role",
        source_id=owner,
        data={"roles": found},
    )


def relationship(row: Row) -> Draft:
    """Make the item of a relationship; without a version of its source, of the latest."""
    owner, target = _text(row, "source_doc_id__v"), _text(row, "target_doc_id__v")
    kind = _text(row, "relationship_type__v")
    major, minor = row.get("source_major_version__v"), row.get("source_minor_version__v")
    is_specific = major is not None and minor is not None
    targets = [str(row.get(f"target_{one}_version__v", "")) for one in ("major", "minor")]
    own_id = row.get("id") or "/".join([owner, f"{major}.{minor}", kind, target, *targets])
    return Draft(
        key=f"relationship/{own_id}",
        stage=creating.RELATIONSHIPS,
        kind="relationship",
        source_id=owner,
        source_version=f"{major}.{minor}" if is_specific else None,
        data={"fields": dict(row)},
    )


def version_of(row: Row) -> str:
    """Read which version a row is about; 0.1 if it does not say."""
    return f"{_number(row, MAJOR, 0)}.{_number(row, MINOR, 1)}"


def _document(
    row: Row, owner: str, version: str, number: int, data: dict[str, Any], *, is_first: bool
) -> Draft:
    again = f"#{number}" if number > 1 else ""
    is_new = is_first or number > 1
    return Draft(
        key=f"document/{owner}/{version}{again}",
        stage=creating.DOCUMENTS if is_new else creating.VERSIONS,
        kind="document",
        source_id=owner,
        source_version=version,
        path=row.get("file"),
        expected_size=_size(row) if row.get("file") else None,
        expected_md5=row.get("md5checksum__v") if row.get("file") else None,
        data=data,
    )


def _file(row: Row, **about: Any) -> Draft:
    return Draft(
        path=_text(row, "file"),
        expected_size=_size(row),
        expected_md5=row.get("md5checksum__v"),
        **about,
    )


def _fields(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "file"}


def _changed(before: Row, row: Row) -> dict[str, Any]:
    """Say which fields are not as they were in the version before; None for what went."""
    names = dict.fromkeys((*before, *row))
    return {name: row.get(name) for name in names if before.get(name) != row.get(name)}


def _text(row: Mapping[str, Any], name: str) -> str:
    if row.get(name) is None:
        raise InvalidArgumentError(f"a row has no {name}: {dict(row)}")
    return str(row[name])


def _number(row: Mapping[str, Any], name: str, default: int) -> int:
    text = str(row.get(name, default))
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} is a whole number, not {text!r}")
    return int(text)


def _size(row: Mapping[str, Any]) -> int | None:
    return _number(row, "size__v", 0) if row.get("size__v") is not None else None


def _ids(row: Mapping[str, Any], name: str) -> list[int]:
    value = row.get(name) or ()
    texts = value.split(",") if isinstance(value, str) else map(str, value)
    ids = [one.strip() for one in texts if one.strip()]
    if not all(one.isascii() and one.isdigit() for one in ids):
        raise InvalidArgumentError(f"{name} are ids with commas between, not {value!r}")
    return [int(one) for one in ids]


def _short(identity: str) -> str:
    """Cut a name that is too long for a field of Vault, so that no two become one."""
    if len(identity) <= LONGEST_IDENTITY:
        return identity
    digest = hashlib.sha256(identity.encode(errors="replace")).hexdigest()
    return f"{identity[: LONGEST_IDENTITY - 65]}:{digest}"
