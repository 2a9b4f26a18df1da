"""``vaultio report`` and ``vaultio verify``: what a job has done, and whether it is still there."""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from vaultio.cli.connection import Debug, Quiet
from vaultio.cli.console import for_data, for_people, say
from vaultio.cli.exits import DONE, SOME_FAILED
from vaultio.cli.running import UsageError, execute
from vaultio.cli.text import count, duration, plain, size
from vaultio.cli.transfer import transfer
from vaultio.migration import Checked, Items, Manifest, Summary, Verification, verify
from vaultio.migration.report import report_text, summarise
from vaultio.migration.report.files import write_file
from vaultio.migration.report.hints import advice, hint
from vaultio.migration.report.telling import (
    figures,
    kind_rows,
    skipped_lines,
    status,
    title,
    tone,
)
from vaultio.migration.report.writing import encoding_of, manifest_path

MOST_SHOWN = 20
_STYLES = {"good": "bold green", "bad": "bold red", "live": "bold cyan", "dim": "dim"}

Format = Literal["table", "csv", "json", "html"]
Place = Annotated[
    Path, typer.Argument(metavar="DIR", help="The folder of a job, or its manifest in it.")
]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of an export.")]
ReportFormat = Annotated[
    Format,
    typer.Option(
        "--format",
        help="A table for people, CSV with a line an item, JSON for programs, or a page with "
        "pictures.",
    ),
]
OutputFile = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write to this file instead of stdout."),
]
Only = Annotated[
    Items, typer.Option("--items", help="Which items are in the CSV: all, or those that failed.")
]
Readers = Annotated[int, typer.Option(min=1, max=64, help="How many files are read at once.")]


def report_command(
    place: Place,
    form: ReportFormat = "table",
    output: OutputFile = None,
    items: Only = "all",
    debug: Debug = False,
) -> None:
    """Show what a job has done: counts, bytes, calls, failures and what to do about them.

    At any time, while the job runs or after it was killed; nothing is changed, and no call made.

    Example: `vaultio report exports/ --format html --output report.html`
    """

    def prepare() -> Coroutine[Any, Any, int]:
        if form == "table" and output is not None:
            raise UsageError("--output goes with --format csv, json or html")
        return _report(place, form, output, items)

    execute(prepare, debug=debug)


def verify_command(
    folder: Folder, concurrency: Readers = 4, quiet: Quiet = False, debug: Debug = False
) -> None:
    """Read all files of an export again and hold them against their MD5 in the manifest.

    Finds what is missing or was changed (exit code 3), and tells of files that are not from the
    export. Nothing is changed, and no call made.

    Example: `vaultio verify exports/`
    """
    execute(lambda: _verify(folder, concurrency, quiet), debug=debug)


async def _report(place: Path, form: Format, output: Path | None, items: Items) -> int:
    if form == "table":
        tell(await summarise(place), for_data())
        return DONE
    async with Manifest(await manifest_path(place)) as manifest:
        text = report_text(manifest, form, items=items)
        if output is not None:
            await write_file(output, text, encoding=encoding_of(form))
            return DONE
        async for piece in text:
            sys.stdout.write(piece)
        sys.stdout.flush()
    return DONE


def tell(summary: Summary, console: Console) -> None:
    """Print a report as tables, one below the other."""
    say(f" {title(summary)}", "bold", to=console)
    say(f" {status(summary)}", _STYLES[tone(summary)], to=console)
    _print(_figures(summary), console)
    if summary.tallies:
        _print(_kinds(summary), console)
    for line in skipped_lines(summary):
        say(f" skipped: {line}", "dim", to=console)
    if summary.troubles:
        _print(_troubles(summary), console)
    for entry in summary.failures[:MOST_SHOWN]:
        say(f" failed: {entry.label}: {entry.message}", to=console)
    if (more := summary.count("failed") - MOST_SHOWN) > 0:
        say(f" … and {more:,} more: --format csv --items failed has them all", to=console)
    if summary.failed or summary.waiting:
        say(f" {advice(summary.kind, summary.path.parent)}", to=console)


def _figures(summary: Summary) -> Table:
    table = _table("", "", "", head=False)
    for name, value, remark in figures(summary):
        table.add_row(name, Text(value, "bold"), Text(remark, "dim"))
    return table


def _kinds(summary: Summary) -> Table:
    names = ("Done", "Failed", "Skipped", "Waiting", "Bytes")
    table = _table("Kind", "Stage", *names, "Checked against the source", right=names)
    for row in kind_rows(summary):
        failed = Text(f"{row.failed:,}", "bold red" if row.failed else "")
        numbers = (f"{row.done:,}", failed, f"{row.skipped:,}", f"{row.waiting:,}")
        bytes_ = size(row.size) if row.checked else ""
        table.add_row(row.name, Text(plain(row.stage)), *numbers, bytes_, row.checked)
    return table


def _troubles(summary: Summary) -> Table:
    table = _table("Failures", "Items", "What to do", right=("Items",))
    for one in summary.troubles:
        name = plain(one.error_type) or "not known"
        table.add_row(Text(name), f"{one.items:,}", hint(one.error_type))
    return table


def _table(*names: str, right: tuple[str, ...] = (), head: bool = True) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_header=head, pad_edge=False)
    for name in names:
        table.add_column(name, justify="right" if name in right else "left")
    return table


def _print(table: Table, console: Console) -> None:
    console.print(Padding(table, (0, 0, 0, 1), expand=False))


async def _verify(folder: Path, concurrency: int, quiet: bool) -> int:
    people, results = for_people(), for_data()
    with transfer(people, "Verifying", quiet=quiet) as show:

        def tell_of(event: Checked) -> None:
            show(event.size, event.of_size)

        found = await verify(folder, concurrency=concurrency, on_event=tell_of)
    _tell_differences(found, results)
    return DONE if found.is_right else SOME_FAILED


def _tell_differences(found: Verification, console: Console) -> None:
    """Print what is wrong, then what was looked at."""
    for one in found.differences[:MOST_SHOWN]:
        say(f" {one.kind}: {one.path} ({one.label}): {one.message}", "red", to=console)
    wrong = found.missing + found.changed + found.unreadable
    if wrong > MOST_SHOWN:
        say(f" … and {wrong - MOST_SHOWN:,} more", to=console)
    for name in found.metadata_missing:
        say(f" missing: {name}: run the export again, which writes it anew", "red", to=console)
    for path in found.stray_paths[:MOST_SHOWN]:
        say(f" not from the export: {path}", "yellow", to=console)
    if found.strays > MOST_SHOWN:
        say(f" … and {found.strays - MOST_SHOWN:,} more", to=console)
    verdict = "All right" if found.is_right else f"{wrong + len(found.metadata_missing):,} wrong"
    parts = (
        f"{count(found.files, 'file')}, {size(found.size)} in {duration(found.seconds)}",
        f"{found.by_source:,} as the vault has them, by MD5",
        f"{found.by_arrival:,} as they arrived, by MD5" if found.by_arrival else "",
        f"{found.by_size:,} by their size" if found.by_size else "",
        f"{found.failed:,} failed and {found.waiting:,} wait: see `vaultio report`"
        if found.failed + found.waiting
        else "",
    )
    style = "bold green" if found.is_right else "bold red"
    say(f" {verdict}: {'; '.join(part for part in parts if part)}", style, to=console)
