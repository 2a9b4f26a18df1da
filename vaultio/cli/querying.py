"""``vaultio query``."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Annotated, Any

import typer

from vaultio.cli.connection import Access, Connection, Debug, Quiet
from vaultio.cli.console import for_people, say
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.rows import Listing, Row, write_rows
from vaultio.cli.running import UsageError, execute
from vaultio.cli.text import count

Vql = Annotated[
    str,
    typer.Argument(
        metavar="VQL",
        help='The query, such as "SELECT id, name__v FROM documents"; - reads it from standard '
        "input.",
        show_default=False,
    ),
]
LimitRows = Annotated[
    int | None, typer.Option("--limit-rows", min=1, metavar="N", help="Stop after so many rows.")
]


@grouped
def query_command(
    vql: Vql,
    listing: Listing,
    access: Access,
    limit_rows: LimitRows = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Ask the vault in VQL and get the rows as they come, page by page.

    Each page is an API call.

    Example: `vaultio query "SELECT id, name__v FROM documents" --output csv --limit-rows 100`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        listing.check()
        if vql == "-" and access.password_stdin:
            raise UsageError("both the query and the password from standard input", _ONE_OF_THEM)
        text = sys.stdin.read() if vql == "-" else vql
        return _query(access.connection(), text, listing, limit_rows, quiet)

    execute(prepare, debug=debug)


_ONE_OF_THEM = "give the query as an argument, or the password another way"


async def _query(
    settings: Connection, vql: str, listing: Listing, limit: int | None, quiet: bool
) -> int:
    async with settings.open() as vault:
        written = await write_rows(limited(vault.query(vql).pages(), limit), listing)
    if not quiet:
        say(count(written, "row"), "dim", to=for_people())
    return DONE


async def limited(pages: Any, limit: int | None) -> AsyncIterator[Sequence[Row]]:
    """Yield the rows of pages as they come, and ask for no page beyond the *limit*."""
    written = 0
    async for page in pages:
        rows = page.items[: None if limit is None else limit - written]
        if rows:
            yield rows
        written += len(rows)
        if written == limit:
            return
