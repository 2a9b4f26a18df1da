"""Relationships: from one version of a document or binder to a document."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from attrs import define, evolve, field

from vaultio.sandbox.failures import invalid, not_found
from vaultio.sandbox.stores.documents import Document, DocumentVersion


@define(kw_only=True)
class Relationship:
    """One relationship; *target_version* None is to all versions of the target."""

    id: int = field(eq=False)
    source: tuple[int, int, int]
    type: str
    target_id: int
    target_version: tuple[int, int] | None
    created: str = field(eq=False)
    created_by: int = field(eq=False)


class Relationships:
    """The relationships of the vault, by id."""

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now
        self._ids = itertools.count(31)
        self._relationships: dict[int, Relationship] = {}
        self._by_source: dict[tuple[int, int, int], set[int]] = {}

    def add(
        self,
        source: tuple[int, int, int],
        type_name: str,
        target_id: int,
        *,
        target_version: tuple[int, int] | None = None,
        relationship_id: int | None = None,
        created_by: int = 46916,
    ) -> int:
        """Add a relationship of the version *source* (id, major, minor); return its id.

        One that is there already is refused.
        """
        made = Relationship(
            id=0,
            source=source,
            type=type_name,
            target_id=target_id,
            target_version=target_version,
            created=self._now(),
            created_by=created_by,
        )
        if made in self._from(source):
            raise invalid("Relationship already exists.")
        number = relationship_id or next(n for n in self._ids if n not in self._relationships)
        self._relationships[number] = evolve(made, id=number)
        self._by_source.setdefault(source, set()).add(number)
        return number

    def of(self, document: Document, version: DocumentVersion) -> list[Relationship]:
        """Return the relationships of which a version is the source."""
        return self._from((document.id, version.major, version.minor))

    def _from(self, source: tuple[int, int, int]) -> list[Relationship]:
        return [self._relationships[one] for one in sorted(self._by_source.get(source, ()))]

    def find(self, document: Document, version: DocumentVersion, number: str) -> Relationship:
        """Return one relationship of a version, or refuse."""
        for relationship in self.of(document, version):
            if str(relationship.id) == number:
                return relationship
        raise not_found(number)

    def delete(self, relationship: Relationship) -> None:
        """Delete a relationship."""
        del self._relationships[relationship.id]
        self._by_source[relationship.source].discard(relationship.id)

    def forget(self, document_id: int) -> None:
        """Drop what a deleted document was the source or the target of."""
        for one in list(self._relationships.values()):
            if document_id in (one.source[0], one.target_id):
                self.delete(one)
