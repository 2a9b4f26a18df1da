"""``vaultio documents search``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

import typer

from vaultio.cli.connection import Access, Connection, Debug
from vaultio.cli.documents.reading import Fields, Sort, columns
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.querying import LimitRows, limited
from vaultio.cli.rows import Listing, Row, row_of, write_rows
from vaultio.cli.running import execute

Words = Annotated[
    str, typer.Argument(metavar="WORDS", help="The words to look for.", show_default=False)
]
InContent = Annotated[
    bool, typer.Option("--content", help="Look into the files too, not only at the fields.")
]


@grouped
def search_command(
    words: Words,
    listing: Listing,
    access: Access,
    content: InContent = False,
    fields: Fields = None,
    sort: Sort = None,
    limit_rows: LimitRows = None,
    debug: Debug = False,
) -> None:
    """Search documents by words, as Vault's own search does.

    Example: `vaultio documents search Cleaning --fields id,name__v`
    """
    names = columns(fields)
    execute(
        lambda: _search(access.connection(), words, content, names, sort, limit_rows, listing),
        debug=debug,
    )


async def _search(
    known: Connection,
    words: str,
    content: bool,
    names: list[str],
    sort: str | None,
    limit: int | None,
    listing: Listing,
) -> int:
    listing.check()
    async with known.open() as vault:
        found = vault.documents.retrieve_all(
            search=words, scope="all" if content else None, sort=sort
        )
        await write_rows(_picked(limited(found.pages(), limit), names), listing)
    return DONE


async def _picked(
    pages: AsyncIterator[Sequence[Any]], names: list[str]
) -> AsyncIterator[list[Row]]:
    """Keep of each document the fields that are asked for."""
    async for page in pages:
        rows = [row_of(one) for one in page]
        yield [{name: row.get(name) for name in names} for row in rows]
