"""Values for the fields of a document: which must be there, which may not, what they become."""

from __future__ import annotations

from typing import Any

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import invalid, missing

CLASS_FIELDS = ("type__v", "subtype__v", "classification__v", "lifecycle__v")
VERSION_FIELDS = ("major_version_number__v", "minor_version_number__v")
_REQUIRED = ("name__v", "type__v", "lifecycle__v", *VERSION_FIELDS)
_BELOW = {"type__v": "subtype__v", "subtype__v": "classification__v"}
_SYSTEM = frozenset(
    {
        "id",
        "version_id",
        "document_number__v",
        "binder__v",
        "crosslink__v",
        "locked__v",
        "status__v",
        "size__v",
        "md5checksum__v",
        "format__v",
        "filename__v",
        "created_by__v",
        "document_creation_date__v",
        "version_creation_date__v",
        "version_modified_date__v",
        "last_modified_by__v",
    }
)


def require(call: Call, values: dict[str, str]) -> None:
    """Refuse values for a new document that lack a field, the first one by name."""
    for name in (*_REQUIRED, *_class_required(call, values), *_admin_required(call, values)):
        if not values.get(name):
            raise missing(name)


def _class_required(call: Call, values: dict[str, str]) -> list[str]:
    """Return which levels of the classification a type has below what is given."""
    types = call.sandbox.document_types
    return [
        below
        for level, below in _BELOW.items()
        if values.get(level) and types.of_document(values[level]).children
    ]


def _admin_required(call: Call, values: dict[str, str]) -> list[str]:
    fields = _fields(call, values.get("type__v", "")).values()
    return [one["name"] for one in fields if one["required"]]


def _fields(call: Call, type_name: str) -> dict[str, dict[str, Any]]:
    types = call.sandbox.document_types
    return {one["name"]: one for one in types.fields_of(types.of_document(type_name))}


def field_values(call: Call, type_name: str, values: dict[str, str]) -> dict[str, Any]:
    """Return field values as an answer shows them; a field that Vault sets itself is refused.

    Those of the classification are set when a document is made, and by nothing that edits fields.
    """
    known = _fields(call, type_name)
    for name in values:
        may_be_set = name in CLASS_FIELDS or known.get(name, {"editable": True})["editable"]
        if name in _SYSTEM or not may_be_set:
            raise invalid(f"The field [{name}] is not editable.")
    return {name: _typed(known.get(name, {}), text) for name, text in values.items()}


def _typed(definition: dict[str, Any], text: str) -> Any:
    if definition.get("repeating"):
        return [one for one in text.split(",") if one]
    return int(text) if definition.get("type") == "Number" and text.isdecimal() else text


def whole_number(values: dict[str, str], name: str) -> int:
    """Take a number out of the values, or refuse it."""
    text = values.pop(name, "")
    if not text:
        raise missing(name)
    if not text.isascii() or not text.isdigit():
        raise invalid(f"Invalid value [{text}] specified for parameter [{name}]")
    return int(text)
