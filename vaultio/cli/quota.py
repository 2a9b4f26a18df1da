"""``vaultio quota``."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import anyio
import typer
from attrs import asdict
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaultio import Usage, Vault
from vaultio.cli.connection import Access, Connection, Debug, found_store
from vaultio.cli.console import for_data, say
from vaultio.cli.exits import DONE
from vaultio.cli.options import grouped
from vaultio.cli.running import execute
from vaultio.cli.settings import store_of
from vaultio.cli.text import count, duration, plain
from vaultio.limiter.rules import DEFAULT_BURST, DEFAULT_DAILY
from vaultio.limiter.stores import usages

Shown = Mapping[str, Any]
Look = Callable[[], Awaitable[list[Shown]]]

_NAMES = {"burst": "5 minutes", "daily": "24 hours"}
_CELLS = ("limit", "used", "others", "left")

Output = Annotated[
    Literal["table", "json"],
    typer.Option("--output", "-o", help="A table to look at, or JSON: one line each time."),
]
Watch = Annotated[
    float | None,
    typer.Option(
        "--watch", min=1, metavar="SECONDS", help="Look again every so often, until Ctrl-C."
    ),
]


@grouped
def quota_command(
    access: Access, output: Output = "table", watch: Watch = None, debug: Debug = False
) -> None:
    """See how much of a vault's API quotas is used, and what is left.

    With --store it reads the quotas that running jobs share, and makes no call; --watch looks
    again and again. Without it logs in, makes one call, and shows what the vault's answer says, of
    all programs.

    Example: `vaultio quota --output json`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        store = found_store(store_of(access.given()))
        if store is not None:
            return _watched(_reading(store), output, watch)
        return _watched(_asking(access.connection()), output, watch)

    execute(prepare, debug=debug)


async def _watched(
    opened: AbstractAsyncContextManager[Look],
    output: Literal["table", "json"],
    watch_s: float | None,
) -> int:
    """Show what *opened* sees, once or again and again."""
    console = for_data()
    async with opened as look:
        while True:
            found = await look()
            if watch_s is not None and console.is_terminal and output == "table":
                console.clear()
            if output == "json":
                sys.stdout.write(json.dumps(found) + "\n")
                sys.stdout.flush()
            else:
                _print(found, console)
            if watch_s is None:
                return DONE
            await anyio.sleep(watch_s)


@asynccontextmanager
async def _reading(store: str) -> AsyncIterator[Look]:
    """Look into the store of other jobs."""

    async def look() -> list[Shown]:
        found = await usages(store)
        return [_shared(vault, usage) for vault, usage in sorted(found.items())]

    yield look


@asynccontextmanager
async def _asking(settings: Connection) -> AsyncIterator[Look]:
    """Ask the vault itself."""
    async with settings.open() as vault:

        async def look() -> list[Shown]:
            return [await _told(vault, urlsplit(settings.url).netloc)]

        yield look


def _shared(vault: str, usage: Usage) -> Shown:
    """Write out what jobs have booked."""
    shown = asdict(usage)
    del shown["reading"]
    return {"vault": vault, **shown}


async def _told(vault: Vault, name: str) -> Shown:
    """Make the cheapest call that counts, and write out what the answer's headers say."""
    await vault.request("GET", "metadata/objects/users")
    said = (await vault.quota()).reading
    quotas = []
    if said and said.burst_limit and said.burst_remaining is not None:
        quotas.append(
            _quota("burst", DEFAULT_BURST.window_s, said.burst_limit, said.burst_remaining)
        )
    if said and said.daily_limit and said.daily_remaining is not None:
        quotas.append(
            _quota("daily", DEFAULT_DAILY.window_s, said.daily_limit, said.daily_remaining)
        )
    return {"vault": name, "quotas": quotas}


def _quota(name: str, window_s: float, limit: int, left: int) -> Shown:
    used = max(0, limit - left)
    return {"name": name, "limit": limit, "window_s": window_s, "used": used, "left": left}


def _print(found: list[Shown], console: Console) -> None:
    for one in found:
        say(one["vault"], "bold", to=console)
        if not one["quotas"]:
            say("  the vault's answers name no quotas", to=console)
            continue
        console.print(_table(one["quotas"]))
        for line in _remarks(one):
            say(f"  {line}", to=console)


def _table(quotas: list[Shown]) -> Table:
    is_shared = "others" in quotas[0]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("  Calls in")
    heads = (
        ("Limit", "Used by jobs", "By others", "Left") if is_shared else ("Limit", "Used", "Left")
    )
    for head in heads:
        table.add_column(head, justify="right")
    if is_shared:
        table.add_column("More in", justify="right")
    for quota in quotas:
        cells = [f"{quota[name]:,}" for name in _CELLS if name in quota]
        if is_shared:
            due_s = quota["next_return_s"]
            cells.append("-" if due_s is None else duration(due_s))
        table.add_row(Text(f"  {plain(_window(quota))}"), *map(Text, cells))
    return table


def _window(quota: Shown) -> str:
    usual = {"burst": DEFAULT_BURST.window_s, "daily": DEFAULT_DAILY.window_s}
    if quota["window_s"] == usual.get(quota["name"]):
        return _NAMES[quota["name"]]
    return duration(quota["window_s"])


def _remarks(one: Shown) -> list[str]:
    """Say in lines what the table does not."""
    if "held_back" not in one:
        return []
    interactive, bulk = one["interactive_waiting"], one["bulk_waiting"]
    lines = [
        f"{interactive:,} interactive and {count(bulk, 'bulk call')} waiting; "
        f"{one['delayed']:,} delayed and {one['refused']:,} refused by Vault so far"
    ]
    if one["held_back"]:
        lines.append("Vault's limit is reached: one call at a time tries whether it goes on")
    return lines
