"""Document types, subtypes and classifications, with the fields that each defines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import define, field

from vaultio.sandbox.failures import not_found

BASE = "base_document__v"
_NUMBERS = ("major_version_number__v", "minor_version_number__v", "size__v")
LEVELS = ("type", "subtype", "classification")


def document_field(name: str, kind: str = "String", **more: Any) -> dict[str, Any]:
    """Make a field as the API shows it; *more* are further keys such as ``required``."""
    label = name.partition("__")[0].replace("_", " ").title()
    flags = {"required": False, "repeating": False, "editable": True, "queryable": True}
    rest = {"shared": False, "hidden": False, "disabled": False, "systemAttribute": False}
    base = {"name": name, "label": label, "type": kind, "scope": "DocumentVersion"}
    return {**base, **flags, **rest, "setOnCreateOnly": False, **more}


_CLASS = ("type__v", "subtype__v", "classification__v", "lifecycle__v", "status__v")


def _standard() -> list[dict[str, Any]]:
    system: dict[str, Any] = {"editable": False, "systemAttribute": True}
    country: dict[str, Any] = {"objectType": "country__v", "repeating": True, "shared": True}
    used_in = [{"key": "promotional_piece__vs", "type": "type"}]
    return [
        document_field("id", "Number", scope="Document", **system),
        document_field("name__v", required=True, maxLength=100, section="generalProperties"),
        document_field("title__v", maxLength=1500, section="generalProperties"),
        document_field("document_number__v", scope="Document", **system),
        document_field("created_by__v", "ObjectReference", objectType="User", **system),
        document_field("document_creation_date__v", "DateTime", scope="Document", **system),
        *(document_field(name, **system) for name in _CLASS),
        *(document_field(name, "Number", **system) for name in _NUMBERS),
        *(document_field(name, **system) for name in ("filename__v", "md5checksum__v")),
        document_field("binder__v", "Boolean", scope="Document", **system),
        document_field("external_id__v", maxLength=250, section="generalProperties"),
        document_field("country__v", "ObjectReference", usedIn=used_in, **country),
        document_field("language__v", "Picklist", repeating=True, entryLabels=["English"]),
    ]


@define(kw_only=True)
class DocumentType:
    """A node of the hierarchy: *fields* and *templates* are its own, without inherited ones."""

    name: str
    label: str
    level: str = "type"
    parent: DocumentType | None = None
    fields: list[dict[str, Any]] = field(factory=list)
    templates: list[dict[str, str]] = field(factory=list)
    renditions: list[str] = field(factory=lambda: ["viewable_rendition__v"])
    lifecycles: list[str] = field(factory=lambda: ["general_lifecycle__c"])
    children: dict[str, DocumentType] = field(factory=dict)

    def add(self, name: str, label: str, *fields: dict[str, Any]) -> DocumentType:
        """Add a subtype to a type, or a classification to a subtype, with its fields."""
        level = LEVELS[LEVELS.index(self.level) + 1]
        child = DocumentType(name=name, label=label, level=level, parent=self)
        child.fields = [_defined(one, child) for one in fields]
        self.children[name] = child
        return child

    def child(self, name: str) -> DocumentType:
        """Return what is below, or refuse."""
        try:
            return self.children[name]
        except KeyError:
            raise not_found(name) from None

    def up(self) -> Iterator[DocumentType]:
        """Go from here to the top."""
        node: DocumentType | None = self
        while node is not None:
            yield node
            node = node.parent


def _defined(values: dict[str, Any], where: DocumentType) -> dict[str, Any]:
    return {**values, "definedIn": where.name, "definedInType": where.level}


class DocumentTypes:
    """The types of the vault: to begin with, those of the reference's example."""

    def __init__(self) -> None:
        self._types: dict[str, DocumentType] = {}
        self.add(BASE, "Base Document", *_standard())
        self.add("claim__vs", "Claim", document_field("claim_category__vs", "Picklist"))
        piece = self.add("promotional_piece__vs", "Promotional Piece")
        piece.fields.append(_defined(document_field("audience__vs", "Picklist"), piece))
        piece.templates.append({"name": "leaflet__c", "label": "Leaflet"})
        printed = piece.add("print__vs", "Print", document_field("pages__c", "Number"))
        printed.add("poster__vs", "Poster", document_field("width__c", "Number", scale=2))
        piece.add("online__vs", "Online")
        self.add("reference_document__vs", "Reference Document")

    def __iter__(self) -> Iterator[DocumentType]:
        return iter(self._types.values())

    def __getitem__(self, name: str) -> DocumentType:
        return self._types[name]

    def add(self, name: str, label: str, *fields: dict[str, Any]) -> DocumentType:
        """Add a type with the fields that it defines; see `document_field`."""
        made = self._types[name] = DocumentType(name=name, label=label)
        made.fields = [_defined(one, made) for one in fields]
        return made

    def find(self, name: str) -> DocumentType:
        """Return a type, or refuse."""
        try:
            return self._types[name]
        except KeyError:
            raise not_found(name) from None

    def fields_of(self, node: DocumentType, *, inherited: bool = True) -> list[dict[str, Any]]:
        """Return the fields of a node, those of all documents first; or its own alone."""
        if not inherited:
            return list(node.fields)
        line = [*([] if node.name == BASE else [self._types[BASE]]), *reversed(list(node.up()))]
        return [one for part in line for one in part.fields]

    def all_fields(self) -> list[dict[str, Any]]:
        """Return every field of every node, in the order of the hierarchy."""
        return [one for node in self._walk(self._types.values()) for one in node.fields]

    def of_document(self, label: str) -> DocumentType:
        """Return the node with that label or name; one that was never added counts as base."""
        found = (one for one in self._walk(self) if label in (one.label, one.name))
        return next(found, self._types[BASE])

    def _walk(self, nodes: Iterable[DocumentType]) -> Iterator[DocumentType]:
        for node in nodes:
            yield node
            yield from self._walk(node.children.values())
