"""The tree in a binder: sections, documents that are linked, binders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from attrs import define, field


@define(kw_only=True)
class Node:
    """One place in a binder. The root stands for the binder itself and has no id of its own.

    *rule* is the binding rule that was set, None if none was; *bound* the version of a document
    under the rule ``specific``.
    """

    id: str
    kind: Literal["root", "section", "document", "binder"]
    name: str = ""
    section_number: str | None = None
    document_id: int | None = None
    rule: str | None = None
    bound: tuple[int, int] | None = None
    children: list[Node] = field(factory=list)

    def below(self) -> Iterator[Node]:
        """Go through everything below, each before what is in it."""
        for child in self.children:
            yield child
            yield from child.below()

    def find(self, node_id: str, *kinds: str) -> Node | None:
        """Return the node of that id below, if it is of one of the kinds."""
        found = (node for node in self.below() if node.id == node_id and node.kind in kinds)
        return next(found, None)

    def parent_of(self, node: Node) -> Node:
        """Return what holds a node that is somewhere below."""
        holders = (one for one in (self, *self.below()) if any(c is node for c in one.children))
        return next(holders)

    def insert(self, node: Node, place: int | None) -> None:
        """Put a node at a place, counted from 0; None, or beyond the last, is the end."""
        at = len(self.children) if place is None else max(place, 0)
        self.children.insert(at, node)

    def move(self, node: Node, target: Node | None, place: int | None) -> None:
        """Take a node to a place in *target*; None stays where it is held.

        Without a place it goes to the end of a new parent, and stays put in the old one.
        """
        holder = self.parent_of(node)
        if place is None and target in (None, holder):
            return
        holder.children = [child for child in holder.children if child is not node]
        (target or holder).insert(node, place)

    def remove(self, node: Node) -> None:
        """Take a node out, with all that is in it."""
        holder = self.parent_of(node)
        holder.children = [child for child in holder.children if child is not node]

    def bind(self, rule: str, *, override: bool) -> None:
        """Set a rule here, and below wherever there is none yet or *override* says so."""
        self.rule = rule
        for node in self.below():
            if override or node.rule is None:
                node.rule, node.bound = rule, None
