"""What is in binders: sections, documents and binders, in the order of the tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from vaultio.errors import VaultioError
from vaultio.migration.creating.making import ROUNDS, Making
from vaultio.migration.creating.places import Places, missing
from vaultio.migration.entries import Entry, Result
from vaultio.migration.trouble import is_lost
from vaultio.models import BinderNode

STAGE = "contents"

Node = Mapping[str, Any]


async def contents(making: Making, entry: Entry) -> Result:
    """Fill a binder: a call that says what is in it, and one for each node that is not.

    What it holds must be there; whatever is not is left for a later try, which puts it into its
    place. After an answer that was lost the binder is looked at again.
    """
    nodes: Sequence[Node] = entry.data["nodes"]
    inside = [_document_of(one) for one in _walk(nodes)]
    where = await making.books.places([entry.source_id, *filter(None, inside)])
    binder = where.document(entry.source_id)
    if binder is None:
        return missing(entry, f"binder {entry.source_id}")
    lost = 0
    while True:
        filling = _Filling(making, binder.id, where)
        try:
            there = await making.target.vault.binders.retrieve(binder.id, depth="all")
            await filling.fill(nodes, there.nodes, None)
            break
        except VaultioError as error:
            # One that gets on may lose as many answers as it has nodes.
            lost = lost + 1 if not filling.added else 0
            if not is_lost(error) or lost >= ROUNDS:
                raise
    if filling.needed:
        return missing(entry, *filling.needed)
    return Result(number=entry.number, state="done", target_id=str(binder.id))


@frozen
class _Wanted:
    """A node as it is to be: a section, or a document or binder by its id in the target."""

    section: str | None = None
    number: str | None = None
    document: int | None = None

    def is_there(self, node: BinderNode) -> bool:
        """Whether *node* is this one."""
        if self.document is not None:
            return self.document in {node.document_id, node.binder_id, _plain_id(node)}
        return (node.type, node.name) == ("section", self.section)


def _plain_id(node: BinderNode) -> int | None:
    """Return the id of a binder that is listed by that alone, and not by a node's."""
    is_binder = node.type == "binder" and node.document_id is None and node.binder_id is None
    return int(node.id) if is_binder and node.id and node.id.isdigit() else None


@define
class _Filling:
    """One go at the content of a binder."""

    making: Making
    binder_id: int
    where: Places
    needed: list[str] = field(factory=list)
    added: int = 0

    async def fill(
        self, nodes: Sequence[Node], there: Sequence[BinderNode], parent_id: str | None
    ) -> None:
        """Bring what is missing into one level, and then into the sections on it."""
        rest = list(there)
        at = 0
        for node in nodes:
            wanted = self._wanted(node)
            if wanted is None:
                continue
            held = next((one for one in rest if wanted.is_there(one)), None)
            if held is not None:
                rest.remove(held)
            # At the end, where it goes by itself, unless a later one is there before it.
            place = at if rest and held is None else None
            at += 1
            section_id = held.id if held else await self._add(node, wanted, parent_id, place)
            self.added += held is None
            if wanted.section is not None:
                await self.fill(node.get("nodes", ()), held.nodes if held else (), section_id)

    def _wanted(self, node: Node) -> _Wanted | None:
        """Say what a node is in the target; None if what it holds is not there yet."""
        source_id = _document_of(node)
        if source_id is None:
            name = str(node.get("name__v") or "")
            return _Wanted(section=name, number=node.get("section_number__v"))
        place = self.where.document(source_id)
        version = _version(node)
        if place is None or (version and self.where.version(source_id, version) is None):
            said = f" ({version})" if version and place else ""
            self.needed.append(f"document {source_id}{said}")
            return None
        return _Wanted(document=place.id)

    async def _add(
        self, node: Node, wanted: _Wanted, parent_id: str | None, place: int | None
    ) -> str:
        """Add one node, at a place from 0 or at the end; return its id."""
        binders = self.making.target.vault.binders
        if wanted.section is not None:
            return await binders.sections(self.binder_id).create(
                wanted.section, section_number=wanted.number, parent_id=parent_id, order=place
            )
        version = _version(node)
        bound = self.where.version(_document_of(node), version) if version else None
        return await binders.documents(self.binder_id).add(
            wanted.document or 0,
            parent_id=parent_id,
            order=None if place is None else place + 1,
            rule="specific" if bound else None,
            major_version=bound.major if bound else None,
            minor_version=bound.minor if bound else None,
        )


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.get("nodes", ()))


def _document_of(node: Node) -> str | None:
    """Return the id in the source of what a node links to; None for a section."""
    found = node.get("document_id__v") or node.get("binder_id")
    if found is None and node.get("type__v") == "binder":
        found = node.get("id")
    return None if found is None else str(found)


def _version(node: Node) -> str | None:
    """Return the version that a node is bound to, if it is bound to one."""
    major, minor = node.get("major_version_number__v"), node.get("minor_version_number__v")
    return None if major is None or minor is None else f"{major}.{minor}"
