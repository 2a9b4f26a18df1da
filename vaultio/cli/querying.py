"""``vaultio query``."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from vaultio.cli.connection import (
    DEFAULT_VERSION,
    ApiVersion,
    Connection,
    PasswordStdin,
    Quiet,
    Store,
    Trace,
    Url,
    User,
    connection,
)
from vaultio.cli.console import for_people, say
from vaultio.cli.rows import WRITERS, Format
from vaultio.cli.running import DONE, execute
from vaultio.cli.text import count

Vql = Annotated[
    str,
    typer.Argument(
        metavar="VQL",
        help='The query, such as "SELECT id, name__v FROM documents".',
        show_default=False,
    ),
]
Output = Annotated[
    Format,
    typer.Option(
        "--output",
        "-o",
        help="A table to look at, JSON Lines or CSV to work with, CSV for a spreadsheet.",
    ),
]
LimitRows = Annotated[
    int | None, typer.Option("--limit-rows", min=1, metavar="N", help="Stop after so many rows.")
]


def query_command(
    vql: Vql,
    output: Output = "table",
    limit_rows: LimitRows = None,
    url: Url = None,
    user: User = None,
    api_version: ApiVersion = DEFAULT_VERSION,
    password_stdin: PasswordStdin = False,
    store: Store = None,
    quiet: Quiet = False,
    traceback: Trace = False,
) -> None:
    """Ask the vault in VQL and print the rows as they come, page by page.

    Each page is an API call.
    """

    def prepare() -> Coroutine[Any, Any, int]:
        settings = connection(url, user, api_version, password_stdin=password_stdin, store=store)
        return _query(settings, vql, output, limit_rows, quiet)

    execute(prepare, trace=traceback)


async def _query(
    settings: Connection, vql: str, output: Format, limit: int | None, quiet: bool
) -> int:
    write, written = WRITERS[output](), 0
    async with settings.open() as vault:
        async for page in vault.query(vql).pages():
            rows = page.items[: None if limit is None else limit - written]
            if rows:
                write(rows)
            written += len(rows)
            if written == limit:
                break
    if not quiet:
        say(count(written, "row"), "dim", to=for_people())
    return DONE
