"""``vaultio binders``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.text import Text
from rich.tree import Tree

from vaultio import Binder, BinderNode, VersionNumber
from vaultio.cli.connection import Access, Connection, Debug
from vaultio.cli.console import for_data
from vaultio.cli.downloading import Version
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.rows import Listing, whole, write_rows
from vaultio.cli.running import execute
from vaultio.cli.text import plain
from vaultio.cli.tree import group

BinderId = Annotated[
    int, typer.Argument(metavar="ID", min=1, help="The binder's id.", show_default=False)
]


@grouped
def tree_command(
    binder_id: BinderId,
    listing: Listing,
    access: Access,
    version: Version = None,
    debug: Debug = False,
) -> None:
    """Draw what is in a binder: its sections and documents, every level.

    A binder inside is named, and not looked into. As JSON or CSV it is a row for each place.

    Example: `vaultio binders tree 39`
    """
    execute(lambda: _tree(access.connection(), binder_id, version, listing), debug=debug)


binders = group("Look into binders.", tree=tree_command)


async def _tree(known: Connection, binder_id: int, version: str | None, listing: Listing) -> int:
    listing.check()
    number = VersionNumber.parse(version) if version is not None else None
    async with known.open() as vault:
        if number is None:
            binder = await vault.binders.retrieve(binder_id, depth="all")
        else:
            one = vault.binders.version(binder_id, number.major, number.minor)
            binder = await one.retrieve()
    if listing.output == "table" and listing.to is None:
        for_data().print(drawn(binder))
        return DONE
    await write_rows(whole(places(binder.nodes, 1)), listing)
    return DONE


def drawn(binder: Binder) -> Tree:
    """Draw a binder."""
    number = f" {binder.version}" if binder.version else ""
    tree = Tree(Text(f"{plain(binder.name or binder.id)} ({binder.id}){number}", "bold"))
    waiting = [(tree, binder.nodes)]
    while waiting:
        above, nodes = waiting.pop()
        waiting += [(above.add(_named(node)), node.nodes) for node in nodes]
    return tree


def _named(node: BinderNode) -> Text:
    """Write one place in a line."""
    name = plain(node.name or "?")
    if node.document_id is None and node.binder_id is None:
        return Text(f"{node.section_number or ''} {name}".strip(), "bold cyan")
    number = f" {node.version}" if node.version else ""
    if node.binder_id is not None:
        return Text(f"binder {name} ({node.binder_id}){number}", "cyan")
    return Text(f"{name} ({node.document_id}){number}")


def places(nodes: Sequence[BinderNode], level: int) -> Iterator[dict[str, Any]]:
    """Yield a row for each place, each before what is in it; the top level is 1."""
    for node in nodes:
        yield {
            "level": level,
            "id": node.id,
            "type__v": node.type,
            "name__v": node.name,
            "section_number__v": node.section_number,
            "document_id__v": node.document_id or node.binder_id,
            "version": str(node.version) if node.version else None,
            "parent_id__v": node.parent_id,
        }
        yield from places(node.nodes, level + 1)
