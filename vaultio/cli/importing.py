"""``vaultio import``."""

from __future__ import annotations

import csv
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from attrs import frozen

from vaultio.cli.connection import Access, Connection
from vaultio.cli.console import for_data
from vaultio.cli.exits import DONE
from vaultio.cli.jobs import DryRun, Output, RetryFailed, carried_out
from vaultio.cli.options import grouped
from vaultio.cli.planning import say_plan
from vaultio.cli.progress import Side
from vaultio.cli.running import UsageError, execute
from vaultio.migration import Import
from vaultio.migration.creating import CONTENTS, IDENTITY, ROLES

COSTS = {ROLES: 0.001, CONTENTS: 5.0}
"""Calls that an item of a stage takes in the target, where that is not one."""

Source = Annotated[
    Path,
    typer.Argument(
        metavar="SOURCE",
        help="The folder of an export, or a CSV: a row a document, with a column `file`.",
        show_default=False,
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Where the manifest goes; by default a folder beside the files."
    ),
]
Identity = Annotated[
    str,
    typer.Option(
        metavar="FIELD",
        help="The unique field by which documents are looked up, so that none is made twice.",
    ),
]
Users = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="A CSV of two columns, the users' ids in the source and the target."
    ),
]
Groups = Annotated[Path | None, typer.Option(metavar="FILE", help="The same for groups.")]
Staged = Annotated[
    str | None,
    typer.Option(
        metavar="PATH",
        help="Where a copy of the folder lies on the target's staging server: 500 documents a "
        "call.",
    ),
]
MigrationMode = Annotated[
    bool, typer.Option("--migration-mode", help="Set states, too; needs a permission for that.")
]
Concurrency = Annotated[
    int, typer.Option(min=1, max=128, help="How many files to send at the same time.")
]


@frozen(kw_only=True)
class How:
    """The options that say how an import goes about it."""

    folder: Folder = None
    identity: Identity = IDENTITY
    users: Users = None
    groups: Groups = None
    staged: Staged = None
    migration_mode: MigrationMode = False
    concurrency: Concurrency = 8
    retry_failed: RetryFailed = True
    dry_run: DryRun = False


@grouped
def import_command(source: Source, how: How, access: Access, output: Output) -> None:
    """Bring into a vault what an export brought, or a CSV lists: each thing exactly once.

    What was interrupted goes on; what is there already is left. Ctrl-C once finishes what is in
    flight, twice stops at once.

    Example: `vaultio import exports/ --dry-run`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        if not source.exists():
            raise UsageError(f"there is nothing at {source} to import")
        settings = {
            "folder": how.folder,
            "identity": how.identity,
            "users": numbers_of(how.users, "--users"),
            "groups": numbers_of(how.groups, "--groups"),
            "staged": how.staged,
            "migration_mode": how.migration_mode,
            "concurrency": how.concurrency,
            "retry_failed": how.retry_failed,
        }
        return _import(access.connection(), source, settings, how, output)

    execute(prepare, debug=output.debug, as_json=output.mode == "jsonl")


async def _import(
    known: Connection, source: Path, settings: dict[str, Any], how: How, output: Output
) -> int:
    async with known.open(how.concurrency) as vault:
        job, results = Import(vault, source, **settings), for_data()
        if how.dry_run:
            say_plan(await job.plan(), results)
            return DONE
        return await carried_out(job, [Side(vault=vault, costs=COSTS)], output, results)


def numbers_of(path: Path | None, option: str) -> Mapping[int, int]:
    """Read which number becomes which, or raise `UsageError`; a first line of names is let be."""
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
        if rows and not rows[0][0].strip().isdecimal():
            del rows[0]
        return {int(one): int(other) for one, other in rows}
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"{option} {path}: {error}") from error
