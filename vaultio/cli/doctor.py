"""``vaultio doctor``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import asdict, evolve
from rich.console import Console
from rich.text import Text

from vaultio import Credentials, OAuth
from vaultio.cli.connection import Access, Connection, Debug, found_store
from vaultio.cli.console import for_data
from vaultio.cli.exits import DONE, SOME_FAILED
from vaultio.cli.options import grouped
from vaultio.cli.rows import Listing, Row, write_rows
from vaultio.cli.running import UsageError, execute
from vaultio.cli.settings import Settings, settings, store_of
from vaultio.cli.text import plain
from vaultio.diagnosis import Check, Examination
from vaultio.errors import InvalidArgumentError

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red", "skip": "dim"}
Folder = Annotated[
    Path, typer.Option("--folder", metavar="DIR", help="Where files are to go: may it be written?")
]


@grouped
def doctor_command(
    listing: Listing, access: Access, folder: Folder = Path(), debug: Debug = False
) -> None:
    """Look at each step between this machine and the vault, and say what to do.

    Versions, the disk, the store of quotas, the settings, DNS, TCP, TLS, the clock, the login, the
    API's version, what is left of the quotas: a line each with ok, warn, fail or skip. With single
    sign-on also the way to the host that takes the tokens. It goes on after one that fails. Exit
    code 3 if any failed. It logs in once, and makes one call.

    Example: `vaultio doctor --output json`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        first, examination = examined(access, folder)
        return _doctor(first, examination, listing)

    execute(prepare, debug=debug)


def examined(access: Access, folder: Path) -> tuple[Check, Examination]:
    """Find out what is set; what is missing is the first check's to tell."""
    examination = Examination(folder=folder)
    try:
        examination = evolve(examination, store=found_store(store_of(access.given())))
        known = settings(access.given())
        examination = evolve(examination, url=known.url, api_version=known.api_version)
        credentials = Connection.of(known).credentials
    except UsageError as error:
        return Check("settings", "fail", str(error), error.advice), examination
    except InvalidArgumentError as error:
        advice = "mend the profile or the setting that is named"
        return Check("settings", "fail", str(error), advice), examination
    return _described(known, credentials), evolve(examination, credentials=credentials)


def _described(known: Settings, credentials: Credentials) -> Check:
    """Say which vault and user it is."""
    of = f"profile {known.profile.name}: " if known.profile else ""
    user = f" as {known.user}" if known.user else ""
    if isinstance(credentials, OAuth):
        user = f" by the OAuth profile {credentials.profile_id}"
    return Check("settings", "ok", f"{of}{known.url}{user}, {known.api_version}")


async def _doctor(first: Check, examination: Examination, listing: Listing) -> int:
    listing.check()
    failed = list[Check]()
    is_shown = listing.output == "table" and listing.to is None
    console = for_data()

    async def pages() -> AsyncIterator[Sequence[Row]]:
        for check in [first]:
            yield [_taken(check)]
        async for check in examination.checks():
            yield [_taken(check)]

    def _taken(check: Check) -> Row:
        if check.state == "fail":
            failed.append(check)
        if is_shown:
            _say(check, console)
        return asdict(check)

    if is_shown:
        async for _ in pages():
            pass
    else:
        await write_rows(pages(), listing)
    return SOME_FAILED if failed else DONE


def _say(check: Check, console: Console) -> None:
    """Print a check in a line, and what to do in another."""
    line = Text.assemble(
        (f"{check.state:<5}", _STYLES[check.state]), f"{check.name:<9} ", plain(check.said)
    )
    console.print(line, soft_wrap=True)
    if check.advice:
        console.print(Text(f"{'':<15}hint: {plain(check.advice)}", "cyan"), soft_wrap=True)
