"""Picklists and their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from attrs import define, field

from vaultio.sandbox.failures import RefusedError, invalid, not_found

MOST_VALUES = 1024


@define(kw_only=True)
class Picklist:
    """A picklist: *values* maps names to labels, *used_in* is as the answer shows it."""

    name: str
    label: str
    kind: str = "document"
    system: bool = False
    used_in: list[dict[str, str]] = field(factory=list)
    values: dict[str, str] = field(factory=dict)

    def describe(self) -> dict[str, Any]:
        """Return the picklist as the API shows it; what is false or empty is left out."""
        row: dict[str, Any] = {"name": self.name, "label": self.label, "kind": self.kind}
        if self.system:
            row["system"] = True
        if self.used_in:
            row["usedIn"] = self.used_in
        return row

    def rows(self, names: list[str] | None = None) -> list[dict[str, str]]:
        """Return the values, or those of *names*, as the API shows them."""
        names = list(self.values) if names is None else names
        return [{"name": name, "label": self.values[name]} for name in names]

    def create(self, labels: list[str]) -> list[str]:
        """Add values and return their names; a label that is there already is refused."""
        twice = [label for label in labels if label in self.values.values()]
        if twice or len(set(labels)) < len(labels):
            raise invalid(f"Picklist value {twice or labels} already exists.")
        if len(self.values) + len(labels) > MOST_VALUES:
            raise RefusedError(
                "OPERATION_NOT_ALLOWED", f"A picklist has at most {MOST_VALUES} values."
            )
        return [self._add(label) for label in labels]

    def _add(self, label: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "value"
        name, number = f"{stem}__c", 1
        while name in self.values:
            name, number = f"{stem}{number}__c", number + 1
        self.values[name] = label
        return name

    def relabel(self, labels: dict[str, str]) -> list[str]:
        """Give values new labels, all or none, and return their names."""
        unknown = [name for name in labels if name not in self.values]
        if unknown:
            raise invalid(f"Picklist value [{','.join(unknown)}] does not exist.")
        self.values.update(labels)
        return list(labels)

    def rename(self, old: str, new: str) -> None:
        """Give a value the name *new* with ``__c``, at the same place in the order."""
        self.find(old)
        name = f"{new}__c"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", new):
            raise invalid(f"Invalid value [{new}] specified for parameter [name]")
        if name in self.values and name != old:
            raise invalid(f"Picklist value [{name}] already exists.")
        renamed = [(name if one == old else one, label) for one, label in self.values.items()]
        self.values = dict(renamed)

    def delete(self, name: str) -> None:
        """Delete a value."""
        self.find(name)
        del self.values[name]

    def find(self, name: str) -> str:
        """Return a value's label, or refuse."""
        try:
            return self.values[name]
        except KeyError:
            raise not_found(name) from None


class Picklists:
    """The picklists of the vault: to begin with, those of the reference's example."""

    def __init__(self) -> None:
        self._picklists: dict[str, Picklist] = {}
        for name, kind, owner, labels in _STANDARD:
            used_in = [{**owner, "propertyName": name}] if owner else []
            system = name in ("language__v", "license_type__v")
            label = name.partition("__")[0].replace("_", " ").title()
            self.add(name, labels, label=label, kind=kind, system=system, used_in=used_in)

    def __iter__(self) -> Iterator[Picklist]:
        return iter(self._picklists.values())

    def __getitem__(self, name: str) -> Picklist:
        return self._picklists[name]

    def add(self, name: str, labels: tuple[str, ...] = (), **settings: Any) -> Picklist:
        """Add a picklist with values; *settings* are the further fields of `Picklist`."""
        settings.setdefault("label", name)
        picklist = self._picklists[name] = Picklist(name=name, **settings)
        picklist.create(list(labels))
        return picklist

    def find(self, name: str) -> Picklist:
        """Return a picklist, or refuse."""
        try:
            return self._picklists[name]
        except KeyError:
            raise not_found(name) from None


_PIECE = {"documentTypeName": "promotional_piece__vs"}
_CLAIM = {"documentTypeName": "claim__vs"}
_BASE = {"documentTypeName": "base_document__v"}
_PRODUCT = {"objectName": "product__v"}
_STANDARD: tuple[tuple[str, str, dict[str, str], tuple[str, ...]], ...] = (
    ("audience__vs", "document", _PIECE, ("Patient", "Health Care Professional")),
    ("claim_category__vs", "document", _CLAIM, ("Efficacy", "Safety")),
    ("language__v", "document", _BASE, ("English", "French", "German", "Japanese")),
    ("product_family__vs", "object", _PRODUCT, ("Cardiology", "Neurology")),
    ("regions__c", "object", _PRODUCT, ("Europe", "Asia Pacific", "Australasia", "Middle East")),
    ("therapeutic_area__vs", "object", _PRODUCT, ("Cardiovascular", "Oncology")),
    ("license_type__v", "user", {}, ("Full", "Read Only")),
)
