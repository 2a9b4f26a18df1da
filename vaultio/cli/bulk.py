"""``vaultio bulk``: rows of a CSV, created, updated or deleted."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from attrs import frozen

from vaultio import RowResults, Vault
from vaultio.cli.acting import Acting, Acts, Yes, confirm
from vaultio.cli.connection import Access, Connection
from vaultio.cli.console import for_data, for_people, say
from vaultio.cli.counting import counted
from vaultio.cli.exits import DONE, INTERRUPTED, SOME_FAILED
from vaultio.cli.options import grouped
from vaultio.cli.running import UsageError, execute
from vaultio.cli.signals import presses
from vaultio.cli.text import count
from vaultio.cli.tree import group
from vaultio.migration.bulk import Bulk, BulkReport, Send

DOCUMENTS = "documents"
Verb = Literal["create", "update", "delete"]

Target = Annotated[
    str,
    typer.Argument(
        metavar="WHAT", help="documents, or an object such as site__v.", show_default=False
    ),
]
Csv = Annotated[
    Path,
    typer.Option(
        "--csv", metavar="FILE", help="The rows: columns are fields by Vault's names, in UTF-8."
    ),
]
Results = Annotated[
    Path | None,
    typer.Option(
        "--results",
        metavar="FILE",
        help="Where each row's result goes; by default NAME.results.csv beside NAME.csv.",
    ),
]
IdParam = Annotated[
    str | None,
    typer.Option(
        "--id-param", metavar="FIELD", help="A unique field that rows are found by, not id."
    ),
]
MigrationMode = Annotated[
    bool,
    typer.Option("--migration-mode", help="Let rows set states, too; needs a permission for that."),
]
Concurrency = Annotated[int, typer.Option(min=1, max=32, help="How many calls at once.")]
RetryUnknown = Annotated[
    bool,
    typer.Option(
        "--retry-unknown",
        help="Send those again whose answer was lost: you have looked, and they were not done.",
    ),
]


@frozen(kw_only=True)
class How:
    """The options that all three have."""

    csv: Csv
    results: Results = None
    id_param: IdParam = None
    concurrency: Concurrency = 4


@grouped
def create_command(
    what: Target,
    how: How,
    acting: Acting,
    access: Access,
    migration_mode: MigrationMode = False,
    retry_unknown: RetryUnknown = False,
) -> None:
    """Create what a CSV lists: a row each, 500 rows a call; run it again to try what failed.

    Each row's result goes into a CSV beside it. What is done is not made a second time, and neither
    is a row whose answer was lost: such rows are called unknown there. Objects with --id-param:
    those that are there already are updated.

    Example: `vaultio bulk create documents --csv plans.csv`
    """
    options = {"migration_mode": migration_mode}
    execute(
        lambda: _bulk(access.connection(), "create", what, how, acting, options, retry_unknown),
        debug=acting.debug,
    )


@grouped
def update_command(
    what: Target,
    how: How,
    acting: Acting,
    access: Access,
    migration_mode: MigrationMode = False,
) -> None:
    """Update what a CSV lists, by id or --id-param; an empty cell may clear its field.

    Each row's result goes into a CSV beside it; run it again to try what failed.

    Example: `vaultio bulk update documents --csv titles.csv --dry-run`
    """
    options = {"migration_mode": migration_mode}
    execute(
        lambda: _bulk(access.connection(), "update", what, how, acting, options, False),
        debug=acting.debug,
    )


@grouped
def delete_command(
    what: Target, how: How, acting: Acting, access: Access, yes: Yes = False
) -> None:
    """Delete what a CSV lists, by id or --id-param, for good; documents with all their versions.

    Example: `vaultio bulk delete site__v --csv sites.csv --yes`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        confirm(f"Delete all {what} that {how.csv} lists", yes=yes or acting.dry_run)
        return _bulk(access.connection(), "delete", what, how, acting, {}, False)

    execute(prepare, debug=acting.debug)


bulk = group(
    "Create, update or delete what a CSV lists, hundreds of rows a call.",
    create=create_command,
    update=update_command,
    delete=delete_command,
)


async def _bulk(
    known: Connection,
    verb: Verb,
    what: str,
    how: How,
    acting: Acting,
    options: dict[str, Any],
    retry_unknown: bool,
) -> int:
    async with known.open(how.concurrency) as vault:
        acts = Acts.on(vault.with_options(priority="bulk"), dry_run=acting.dry_run)
        if how.id_param is not None:
            options = {**options, "id_param": how.id_param}
        job = Bulk(
            how.csv,
            _sender(acts.vault, verb, what, options),
            results=how.results,
            once=verb == "create" and how.id_param is None,
            retry_unknown=retry_unknown,
            concurrency=how.concurrency,
            keep=not acting.dry_run,
        )
        try:
            is_stopped = await _stoppable(job, what, quiet=acting.quiet)
        finally:
            if job.report is not None and job.report.rows and not acting.dry_run:
                say(_summary(job.report), to=for_people())
                for_data().print(os.fspath(job.report.path), soft_wrap=True)
    if acting.dry_run:
        return acts.tell()
    if is_stopped or job.report is None:
        return INTERRUPTED
    return DONE if job.report.is_complete else SOME_FAILED


def _sender(vault: Vault, verb: Verb, what: str, options: dict[str, Any]) -> Send:
    """Find the endpoint that sends one call."""
    if verb == "create" and what == DOCUMENTS and "id_param" in options:
        raise UsageError("documents are not created by --id-param", "bulk update takes it")
    room = vault.documents if what == DOCUMENTS else vault.object_records
    first = () if what == DOCUMENTS else (what,)
    endpoint: Callable[..., RowResults] = getattr(room, f"{verb}_many")

    def send(rows: Sequence[Any]) -> RowResults:
        return endpoint(*first, rows, concurrency=1, **options)

    return send


async def _stoppable(job: Bulk, what: str, *, quiet: bool) -> bool:
    """Run it with its progress; the first signal lets calls under way end, the second none.

    Says whether there was one.
    """
    people = for_people()
    with counted(people, what, quiet=quiet) as show:
        running = asyncio.ensure_future(job.execute(show))
        with presses(job.stop, partial(running.cancel)) as taken:
            try:
                await running
            except asyncio.CancelledError:
                if taken.count < 2:
                    raise
    return taken.count > 0


def _summary(report: BulkReport) -> str:
    parts = [f"{report.done:,} done"]
    if report.before:
        parts[0] += f" ({report.before:,} of them before)"
    for number, name in (
        (report.failed, "failed"),
        (report.unknown, "of which nobody knows whether they were done"),
        (report.untried, "not tried"),
    ):
        if number:
            parts.append(f"{number:,} {name}")
    return f"{count(report.rows, 'row')}: {', '.join(parts)}"
