"""What commands that write have in common: ``--dry-run``, ``--yes``, ``--set``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Awaitable, Iterable
from typing import Annotated, TypeVar

import typer
from attrs import define, field, frozen

from vaultio import Vault
from vaultio.cli.connection import Debug, Quiet
from vaultio.cli.console import asked, for_data, say
from vaultio.cli.exits import DONE
from vaultio.cli.running import UsageError
from vaultio.cli.text import count
from vaultio.transport.rehearsal import Rehearsed, RehearsedError

T = TypeVar("T")

DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Say which calls it would make, and for how many rows; make none that writes.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether it is meant.")]
SetFields = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A field by Vault's name, such as title__v='A title'. Repeatable.",
    ),
]


@frozen(kw_only=True)
class Acting:
    """The options of a command that writes."""

    dry_run: DryRun = False
    quiet: Quiet = False
    debug: Debug = False


@define
class Acts:
    """Does what writes, or in a dry run notes it."""

    vault: Vault
    dry_run: bool
    calls: Counter[tuple[str, str]] = field(factory=Counter)
    rows: Counter[tuple[str, str]] = field(factory=Counter)

    @classmethod
    def on(cls, vault: Vault, *, dry_run: bool) -> Acts:
        """Take a client; in a dry run what it gives out cannot write."""
        acts = cls(vault, dry_run)
        if dry_run:
            acts.vault = vault.rehearsing(acts.note)
        return acts

    def note(self, call: Rehearsed) -> None:
        """Count a call that was not sent."""
        key = (call.method, call.path)
        self.calls[key] += 1
        self.rows[key] += call.rows or 0

    async def do(self, work: Awaitable[T]) -> T | None:
        """Do it; None in a dry run."""
        try:
            return await work
        except RehearsedError:
            return None

    def tell(self) -> int:
        """Say what would have been sent; returns the exit code."""
        console = for_data()
        for (method, path), calls in self.calls.items():
            rows = self.rows[method, path]
            of = f" with {count(rows, 'row')}" if rows else ""
            say(f"would send {method} {path}: {count(calls, 'call')}{of}", to=console)
        say("nothing was written", to=console)
        return DONE


def fields_of(texts: Iterable[str] | None, **named: str | None) -> dict[str, object]:
    """Read --set and the options that stand for fields, or raise `UsageError`."""
    found: dict[str, object] = {name: one for name, one in named.items() if one is not None}
    for text in texts or ():
        name, is_there, value = text.partition("=")
        if not is_there or not name.strip():
            raise UsageError(
                f"--set takes NAME=VALUE, not {text!r}", "say --set title__v='A title'"
            )
        found[name.strip()] = value
    return found


def confirm(what: str, *, yes: bool) -> None:
    """Ask whether it is meant, or raise `UsageError` where nobody can be asked, or says no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"{what}? There is no terminal to ask at",
            "say --yes if it is meant; --dry-run shows the calls",
        )
    if asked(f"{what}? [y/N] ").lower() not in ("y", "yes"):
        raise UsageError("nothing was done", "")
