"""What was done, as a table on stdout."""

from __future__ import annotations

from attrs import frozen
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from vaultio.cli.console import say
from vaultio.cli.text import count, duration, plain, size
from vaultio.migration import ItemKind, Report
from vaultio.migration.outcome import FILES
from vaultio.migration.report.telling import left_out_line

_KINDS: tuple[tuple[ItemKind, str], ...] = (
    ("source", "Source files"),
    ("document", "Documents"),
    ("rendition", "Renditions"),
    ("attachment", "Attachments"),
    ("annotation", "Annotations"),
)


@frozen(kw_only=True)
class Row:
    """The files of one kind that are there: how many, of how many bytes, and how checked."""

    files: int = 0
    size: int = 0
    verified: int = 0
    measured: int = 0


def summarise(report: Report, console: Console, *, more: dict[str, Row] | None = None) -> None:
    """Print a row for each kind of file, their sum, and what was left out; *more* are rows, too."""
    rows = {name: row for kind, name in _KINDS if (row := _row(report, kind)) is not None}
    rows |= more or {}
    table = Table(box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False, footer_style="bold")
    total = [
        sum(getattr(one, key) for one in rows.values()) for key in ("files", "size", "verified")
    ]
    table.add_column("Type", footer="In all")
    table.add_column("Files", f"{total[0]:,}", justify="right")
    table.add_column("Bytes", size(total[1]), justify="right")
    table.add_column("Verified", f"{total[2]:,} by MD5", style="green")
    for name, tally in rows.items():
        table.add_row(name, f"{tally.files:,}", size(tally.size), _verified(tally))
    if rows:
        console.print(Padding(table, (1, 0, 0, 1), expand=False))
    for text in _remarks(report):
        say(f" {text}", to=console)


def _row(report: Report, kind: ItemKind) -> Row | None:
    """Add up the files of a kind; None if there never was any. An import's come with documents."""
    there = [one for one in report.tallies if one.kind == kind and (kind in FILES or one.files)]
    if not there:
        return None
    done = [one for one in there if one.state == "done"]
    return Row(
        files=sum(one.files for one in done),
        size=sum(one.size for one in done),
        verified=sum(one.verified for one in done),
        measured=sum(one.measured for one in done),
    )


def _verified(tally: Row) -> Text:
    rest = tally.files - tally.verified - tally.measured
    parts = [
        (f"{tally.verified:,} by MD5", "green") if tally.verified else None,
        (f"{tally.measured:,} by length", "green") if tally.measured else None,
        (f"{rest:,} complete (Vault knows no MD5)", "dim") if rest else None,
    ]
    there = [part for part in parts if part is not None]
    return Text(", ").join(Text(*part) for part in there) if there else Text("-", "dim")


def _remarks(report: Report) -> list[str]:
    """Say in lines what the table does not."""
    kept = f", {report.kept:,} there before" if report.kept else ""
    does_send = any(one.files for one in report.tallies if one.kind == "document")
    brought = "sent" if does_send else "fetched"
    lines = [
        f"{count(report.documents, 'document')}, {report.fetched:,} {brought}{kept}, "
        f"{count(report.calls, 'API call')}, {duration(report.seconds)}"
    ]
    lines += [_skipped(reason, number) for reason, number in sorted(report.reasons.items())]
    if report.left_out:
        lines.append(f"Left out: {left_out_line(report.left_out)}")
    if report.failed:
        lines.append(f"{count(report.failed, 'item')} failed")
    if not report.is_complete:
        lines.append("Stopped before the end: the same command goes on from here")
    return lines


def _skipped(reason: str, number: int) -> str:
    if reason == "binder":
        return f"{count(number, 'binder')} skipped: binders have no file of their own"
    if reason == "not there":
        return f"{count(number, 'file')} looked for, and not there"
    if reason == "no file":
        return f"{count(number, 'document')} without a file"
    return f"{number:,} skipped: {plain(reason)}"
