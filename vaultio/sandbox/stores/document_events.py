"""Document events: which kinds there are, and what was logged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from attrs import define, field

from vaultio.sandbox.failures import RefusedError, not_found

FLAGS = {"true": True, "false": False}


def event_property(name: str, kind: str = "String", **more: Any) -> dict[str, Any]:
    """Make a property as the API shows it; *more* are further keys such as ``required``."""
    label = name.partition("__")[0].replace("_", " ").title()
    return {"name": name, "label": label, "type": kind, "queryable": True, **more}


def _sent() -> list[dict[str, Any]]:
    return [
        event_property("recipient__v", required=True, length=255),
        event_property("event_date__v", "DateTime"),
        event_property("opened__v", "Boolean"),
    ]


@define(kw_only=True)
class EventKind:
    """A type or subtype of events with its properties; *classifications* maps names to labels."""

    name: str
    label: str
    properties: list[dict[str, Any]] = field(factory=list)
    classifications: dict[str, str] = field(factory=dict)
    subtypes: dict[str, EventKind] = field(factory=dict)
    hidden_from: set[int] = field(factory=set)

    def called(self, text: str) -> bool:
        """Whether *text* is the name or the label; a label's last word ``Event`` may be left."""
        return text in (self.name, self.label, self.label.removesuffix(" Event"))

    def find(self, name: str) -> EventKind:
        """Return a subtype by name, or refuse."""
        try:
            return self.subtypes[name]
        except KeyError:
            raise not_found(name) from None


@define(kw_only=True)
class DocumentEvent:
    """Something that happened to a version of a document; kinds by name."""

    document_id: int
    major: int
    minor: int
    logged: datetime
    values: dict[str, Any]


@define
class Classified:
    """What a form says of a new event's kind; *kind* is None where that is not clear.

    *names* are the values as they are kept, *missing* and *wrong* the parameters at fault.
    """

    form: dict[str, str]
    kind: EventKind | None = None
    names: dict[str, Any] = field(factory=dict)
    missing: list[str] = field(factory=list)
    wrong: list[str] = field(factory=list)

    def choose(self, key: str, kinds: Iterable[EventKind]) -> None:
        """Choose the kind that the form's value of *key* calls by name or label."""
        text = self.form.get(key)
        self.kind = next((one for one in kinds if text and one.called(text)), None)
        if self.kind is not None:
            self.names[key] = self.kind.name
        elif text:
            self.wrong.append(key)
        else:
            self.missing.append(key)


class DocumentEvents:
    """The kinds of events that the vault has, those of the reference's example, and the log."""

    def __init__(self) -> None:
        self._kinds: dict[str, EventKind] = {}
        self.log: list[DocumentEvent] = []
        distribution = self.add("distribution__v", "Distribution Event")
        for name, label in (
            ("approved_email__v", "Approved Email"),
            ("controlled_copy__v", "Controlled Copy"),
            ("irep__v", "CRM"),
            ("engage__v", "Engage"),
            ("published_content__v", "Published Content"),
            ("clm__v", "CLM"),
        ):
            distribution.subtypes[name] = EventKind(name=name, label=label, properties=_sent())
        copies = {"download__v": "Download", "print__v": "Print"}
        distribution.subtypes["controlled_copy__v"].classifications.update(copies)

    def __iter__(self) -> Iterator[EventKind]:
        return iter(self._kinds.values())

    def __getitem__(self, name: str) -> EventKind:
        return self._kinds[name]

    def add(self, name: str, label: str, *properties: dict[str, Any]) -> EventKind:
        """Add a type of events; see `event_property`."""
        made = EventKind(name=name, label=label, properties=list(properties))
        self._kinds[name] = made
        return made

    def visible(self, user_id: int) -> list[EventKind]:
        """Return the types that a user may know of."""
        return [kind for kind in self if user_id not in kind.hidden_from]

    def find(self, name: str, user_id: int) -> EventKind:
        """Return a type by name, or refuse."""
        found = self._kinds.get(name)
        if found is None or user_id in found.hidden_from:
            raise not_found(name)
        return found

    def classify(self, form: dict[str, str], user_id: int) -> Classified:
        """Find out what kind of event a form means, or refuse because of the user."""
        said = Classified(form)
        said.choose("event_type__v", self)
        if said.kind is not None and user_id in said.kind.hidden_from:
            raise RefusedError(
                "INSUFFICIENT_ACCESS",
                "User does not have sufficient privileges to perform the action.",
            )
        if said.kind is not None and said.kind.subtypes:
            said.choose("event_subtype__v", said.kind.subtypes.values())
        if said.kind is not None and said.kind.classifications:
            kind, labels = said.kind, said.kind.classifications.items()
            said.choose("classification__v", [EventKind(name=n, label=x) for n, x in labels])
            said.kind = kind
        return said
