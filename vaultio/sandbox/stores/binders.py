"""What binders hold, version by version; the binders themselves are among the documents."""

from __future__ import annotations

import copy
import itertools

from attrs import frozen

from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.stores.documents import Document, Documents, DocumentVersion
from vaultio.sandbox.stores.nodes import Node

_Key = tuple[int, int, int]


@frozen
class BinderTemplate:
    """What a binder may be made from: the document type it is for, and names of sections."""

    type_name: str
    sections: tuple[str, ...]


class Binders:
    """The content of the vault's binders.

    Users whose ids are in *may_not_draft* cannot create drafts.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._trees: dict[_Key, Node] = {}
        self._ids = itertools.count(1365704338631, 7919)
        self.templates: dict[str, BinderTemplate] = {}
        self.may_not_draft: set[int] = set()

    def find(self, binder_id: str) -> Document:
        """Return a binder, or refuse: a document that is none is as bad as nothing."""
        try:
            return self._documents.find(binder_id, binder=True)
        except RefusedError:
            raise RefusedError("INVALID_BINDER", f"Binder not found {binder_id}.") from None

    def tree(self, binder: Document, version: DocumentVersion | None = None) -> Node:
        """Return the content of a version, the latest by default; a new one begins as the last."""
        chosen = version or binder.latest
        key = (binder.id, chosen.major, chosen.minor)
        if key not in self._trees:
            before = [one for one in self._trees if one[0] == key[0] and one < key]
            root = Node(id=str(binder.id), kind="root")
            self._trees[key] = copy.deepcopy(self._trees[max(before)]) if before else root
        return self._trees[key]

    def add_template(self, name: str, type_name: str, *sections: str) -> None:
        """Add a binder template that makes the named sections."""
        self.templates[name] = BinderTemplate(type_name, sections)

    def add_section(
        self,
        binder_id: int,
        name: str,
        *,
        number: str | None = None,
        parent_id: str | None = None,
        place: int | None = None,
        node_id: str | None = None,
    ) -> str:
        """Add a section to the latest version, at a place counted from 0; return its node id."""
        node = Node(id=node_id or self._next_id(), kind="section", name=name, section_number=number)
        self._parent(binder_id, parent_id).insert(node, place)
        return node.id

    def add_document(
        self,
        binder_id: int,
        document_id: int,
        *,
        parent_id: str | None = None,
        place: int | None = None,
        rule: str | None = None,
        bound: tuple[int, int] | None = None,
        node_id: str | None = None,
    ) -> str:
        """Link a document or binder in the latest version; return its node id."""
        node = Node(
            id=node_id or self._next_id(),
            kind="binder" if self._documents[document_id].binder else "document",
            document_id=document_id,
            rule=rule,
            bound=bound,
        )
        self._parent(binder_id, parent_id).insert(node, place)
        return node.id

    def forget(self, binder_id: int, version: DocumentVersion | None = None) -> None:
        """Drop the content of a version that was deleted, or of them all."""
        for key in list(self._trees):
            is_meant = version is None or key[1:] == (version.major, version.minor)
            if key[0] == binder_id and is_meant:
                del self._trees[key]

    def name_of(self, node: Node) -> str | None:
        """Return what a node is called; None for a document that is there no more."""
        if node.document_id is None:
            return node.name
        if node.document_id not in self._documents:
            return None
        return str(self._documents[node.document_id].latest.fields["name__v"])

    def _next_id(self) -> str:
        return str(next(self._ids))

    def _parent(self, binder_id: int, parent_id: str | None) -> Node:
        root = self.tree(self._documents[binder_id])
        if parent_id is None:
            return root
        section = root.find(parent_id, "section")
        if section is None:
            raise RefusedError("INVALID_SECTION", f"Section not found {parent_id}.")
        return section
