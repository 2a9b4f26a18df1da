"""``vaultio export``."""

from __future__ import annotations

import re
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer
from attrs import frozen
from rich.console import Console

from vaultio import Vault
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
from vaultio.cli.console import for_data, for_people, say
from vaultio.cli.progress import MOST_FAILURES_SHOWN, shown
from vaultio.cli.running import DONE, SOME_FAILED, UsageError, execute
from vaultio.cli.summary import summarise
from vaultio.migration import (
    DEFAULT_TEMPLATE,
    AllDocuments,
    ById,
    ByQuery,
    Ended,
    Event,
    Include,
    Recheck,
    Report,
    Selection,
    export,
)

To = Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to put the files in.")]
Ids = Annotated[
    str | None,
    typer.Option(
        metavar="1,2,3|@FILE",
        help="Only these documents; @FILE reads their ids from a file, @- from standard input.",
    ),
]
Vql = Annotated[
    str | None,
    typer.Option(
        metavar="QUERY",
        help="Only the documents that a query finds, such as "
        "\"SELECT id FROM documents WHERE type__v = 'Protocol'\".",
    ),
]
IncludeKinds = Annotated[
    str,
    typer.Option(
        metavar="KINDS",
        help="What to fetch of each: source, renditions, attachments, annotations, roles, "
        "relationships, binders; several with commas.",
    ),
]
Concurrency = Annotated[
    int, typer.Option(min=1, max=128, help="How many files to fetch at the same time.")
]
Template = Annotated[
    str, typer.Option(metavar="NAMES", help="Where each file goes, by fields of its document.")
]
Versions = Annotated[
    Literal["latest", "all"], typer.Option(help="Which versions of each document.")
]
RecheckFiles = Annotated[
    Recheck,
    typer.Option(help="How files that are there already are held against the manifest."),
]
RetryFailed = Annotated[
    bool, typer.Option("--retry-failed/--leave-failed", help="Try once more what failed before.")
]


@frozen(kw_only=True)
class Order:
    """What to export, and how."""

    to: Path
    selection: Selection
    include: frozenset[Include]
    concurrency: int = 8
    versions: Literal["latest", "all"] = "latest"
    template: str = DEFAULT_TEMPLATE
    recheck: Recheck = "size"
    retry_failed: bool = True
    quiet: bool = False


def export_command(
    to: To,
    ids: Ids = None,
    vql: Vql = None,
    include: IncludeKinds = "source",
    concurrency: Concurrency = 8,
    versions: Versions = "latest",
    template: Template = DEFAULT_TEMPLATE,
    recheck: RecheckFiles = "size",
    retry_failed: RetryFailed = True,
    url: Url = None,
    user: User = None,
    api_version: ApiVersion = DEFAULT_VERSION,
    password_stdin: PasswordStdin = False,
    store: Store = None,
    quiet: Quiet = False,
    traceback: Trace = False,
) -> None:
    """Download many documents: checked, accounted for, and safe to run again.

    Without --ids or --vql these are all documents that the user may see. What was interrupted goes
    on. In the folder vaultio-manifest.db has a row for every item, and metadata/ all fields.
    """

    def prepare() -> Coroutine[Any, Any, int]:
        order = Order(
            to=to,
            selection=selection_of(ids, vql),
            include=include_of(include),
            concurrency=concurrency,
            versions=versions,
            template=template,
            recheck=recheck,
            retry_failed=retry_failed,
            quiet=quiet,
        )
        known = connection(url, user, api_version, password_stdin=password_stdin, store=store)
        return _export(known, order)

    execute(prepare, trace=traceback)


async def _export(connection: Connection, order: Order) -> int:
    async with connection.open(order.concurrency) as vault:
        report = await export_shown(vault, order, for_data())
    return SOME_FAILED if report.failed else DONE


async def export_shown(
    vault: Vault, order: Order, results: Console, *, summary: bool = True
) -> Report:
    """Export with its progress on stderr and, however it ends, a summary on *results*."""
    people, ended = for_people(), list[Report]()
    try:
        with shown(people, quiet=order.quiet) as show:

            def tell(event: Event) -> None:
                show(event)
                if isinstance(event, Ended):
                    ended.append(event.report)

            return await export(
                vault,
                order.to,
                selection=order.selection,
                include=order.include,
                concurrency=order.concurrency,
                versions=order.versions,
                template=order.template,
                recheck=order.recheck,
                retry_failed=order.retry_failed,
                on_event=tell,
            )
    finally:
        for report in ended if summary else ():
            summarise(report, results)
            say(f" Files in {order.to}, manifest in {report.path}", to=results)
            say_failures(report, people)


def say_failures(report: Report, console: Console) -> None:
    """Say that more failed than was shown."""
    if report.failed > MOST_FAILURES_SHOWN:
        say(f"{report.failed:,} items failed; {report.path} names them all", to=console)


def selection_of(ids: str | None, vql: str | None) -> Selection:
    """Read --ids and --vql, or raise `UsageError`."""
    if ids is not None and vql is not None:
        raise UsageError("give --ids or --vql, not both")
    if vql is not None:
        return ByQuery(vql)
    if ids is None:
        return AllDocuments()
    words = [word for word in re.split(r"[\s,;]+", _text_of(ids)) if word]
    for word in words:
        if not (word.isascii() and word.isdigit()):
            raise UsageError(f"--ids takes document ids such as 1,2,3 or @FILE, not {word!r}")
    return ById(map(int, words))


def include_of(text: str) -> frozenset[Include]:
    """Read --include, or raise `UsageError`."""
    kinds: tuple[Include, ...] = get_args(Include)
    words = {word.strip() for word in text.split(",") if word.strip()}
    if not words or not words <= set(kinds):
        raise UsageError(f"--include takes {', '.join(kinds)}, not {text!r}")
    return frozenset(kind for kind in kinds if kind in words)


def _text_of(ids: str) -> str:
    if not ids.startswith("@"):
        return ids
    if ids == "@-":
        return sys.stdin.read()
    try:
        return Path(ids[1:]).read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise UsageError(f"--ids {ids}: {error}") from error
