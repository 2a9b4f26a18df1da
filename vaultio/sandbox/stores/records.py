"""Objects and their records."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from attrs import define, field

from vaultio.sandbox.content import Content
from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.stores.attachments import Attachments


@define(kw_only=True)
class ObjectRecord:
    """One record; its id is text, *fields* are the values that were given."""

    id: str
    name: str
    created: str
    attachments: Attachments
    fields: dict[str, Any] = field(factory=dict)

    def values(self) -> dict[str, Any]:
        """Return every field of the record by API name."""
        return {
            "id": self.id,
            "name__v": self.name,
            "status__v": ["active__v"],
            "external_id__v": None,
            "created_by__v": 1,
            "created_date__v": self.created,
            "modified_by__v": 1,
            "modified_date__v": self.created,
            **self.fields,
        }


@define(kw_only=True)
class VaultObject:
    """One object: what kind of records it has; *field_names* are its own beside the usual.

    *field_details* maps a field's name to what the API says of it, *localized* a key such as
    ``label`` to texts by language.
    """

    name: str
    label: str
    label_plural: str
    prefix: str
    allow_attachments: bool
    field_names: set[str] = field(factory=set)
    records: dict[str, ObjectRecord] = field(factory=dict)
    field_details: dict[str, dict[str, Any]] = field(factory=dict)
    localized: dict[str, dict[str, str]] = field(factory=dict)

    def known_fields(self) -> set[str]:
        """Return the API names of all fields."""
        usual = {"id", "name__v", "status__v", "external_id__v"}
        audit = {"created_by__v", "created_date__v", "modified_by__v", "modified_date__v"}
        return usual | audit | self.field_names | self.field_details.keys()


class Records:
    """The objects of the vault and their records."""

    def __init__(self, now: Callable[[], str], attachment_ids: Iterator[int]) -> None:
        self._now = now
        self._attachment_ids = attachment_ids
        self._ids = itertools.count(1357752909483, 46)
        self._objects: dict[str, VaultObject] = {}

    def __iter__(self) -> Iterator[VaultObject]:
        return iter(self._objects.values())

    def __getitem__(self, object_name: str) -> VaultObject:
        return self._objects[object_name]

    def add_object(
        self,
        name: str,
        *,
        label: str | None = None,
        label_plural: str | None = None,
        prefix: str = "0ZZ",
        allow_attachments: bool = True,
        fields: tuple[str, ...] = (),
    ) -> None:
        """Add an object; *fields* are the API names of its own fields."""
        said = label or name.split("__")[0].replace("_", " ").title()
        self._objects[name] = VaultObject(
            name=name,
            label=said,
            label_plural=label_plural or f"{said}s",
            prefix=prefix,
            allow_attachments=allow_attachments,
            field_names=set(fields),
        )

    def add(
        self,
        object_name: str,
        name: str,
        *,
        record_id: str | None = None,
        fields: dict[str, Any] | None = None,
    ) -> str:
        """Add a record (and its object, if there is none yet) and return its id."""
        if object_name not in self._objects:
            self.add_object(object_name)
        vault_object = self._objects[object_name]
        vault_object.field_names.update(fields or {})
        key = record_id or str(next(self._ids))
        vault_object.records[key] = ObjectRecord(
            id=key,
            name=name,
            created=self._now(),
            attachments=Attachments(self._attachment_ids.__next__, self._now),
            fields=dict(fields or {}),
        )
        return key

    def add_attachment(
        self,
        object_name: str,
        record_id: str,
        name: str,
        content: bytes | str | int | Content,
        *,
        description: str | None = None,
    ) -> int:
        """Attach a file (or the next version of one with that name); return its id."""
        record = self._objects[object_name].records[record_id]
        return record.attachments.add(name, content, description=description)

    def delete(self, object_name: str, record_id: str) -> None:
        """Delete a record."""
        del self._objects[object_name].records[record_id]

    def find_object(self, object_name: str) -> VaultObject:
        """Return an object, or refuse."""
        try:
            return self._objects[object_name]
        except KeyError:
            raise missing_object(object_name) from None

    def find(self, object_name: str, record_id: str) -> ObjectRecord:
        """Return a record, or refuse."""
        try:
            return self.find_object(object_name).records[record_id]
        except KeyError:
            raise missing_object(record_id) from None


def missing_object(name: str) -> RefusedError:
    """Say that an object or record is not there; here the reference's message has no full stop."""
    return RefusedError("MALFORMED_URL", f"The resource [{name}] does not exist")
