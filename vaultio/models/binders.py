"""Binders: documents that hold documents, sections and other binders in an order.

Reference: Binders
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from vaultio.models.documents import Document
from vaultio.models.version_number import VersionNumber
from vaultio.models.wire import Model, wire


@frozen(kw_only=True)
class BinderNode(Model):
    """A place in a binder: a section, a document that is linked there, or a binder.

    `id` is the node's, a text that is unique within the binder and never the document's id;
    None for a binder that Vault lists by `binder_id` alone. `order` counts within the parent, in
    steps that Vault chooses. `type` is an open set. A binder inside a binder is listed
    without what is in it; another is asked for by a call of its own.
    """

    id: str | None = wire("id", default=None)
    type: str | None = wire("type__v", default=None)
    name: str | None = wire("name__v", default=None)
    order: int | None = wire("order__v", default=None)
    parent_id: str | None = wire("parent_id__v", default=None)
    section_number: str | None = wire("section_number__v", default=None)
    document_id: int | None = wire("document_id__v", default=None)
    binder_id: int | None = wire("binder_id", default=None)
    major_version: int | None = wire("major_version_number__v", default=None)
    minor_version: int | None = wire("minor_version_number__v", default=None)
    nodes: tuple[BinderNode, ...] = ()
    """What is in it, in order; empty also where the answer went no deeper."""

    @property
    def version(self) -> VersionNumber | None:
        """The version of the document that is bound, if the binding rule names one."""
        if self.major_version is None or self.minor_version is None:
            return None
        return VersionNumber(self.major_version, self.minor_version)

    def walk(self) -> Iterator[BinderNode]:
        """Go through the node and all below it, each before what is in it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.nodes))


@frozen(kw_only=True)
class Binder(Document):
    """A binder, at its latest or at one version: the fields of a document, and what is in it."""

    nodes: tuple[BinderNode, ...] = ()
    """The top level in order; what is deeper too if it was asked for."""

    def walk(self) -> Iterator[BinderNode]:
        """Go through all nodes that were retrieved, each before what is in it."""
        for node in self.nodes:
            yield from node.walk()
