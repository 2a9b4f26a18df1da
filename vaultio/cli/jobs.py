"""How a job runs at the command line: shown, stopped by signals, summed up, with its exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Protocol

import typer
from attrs import frozen
from rich.console import Console

from vaultio.cli.connection import Debug, Quiet
from vaultio.cli.console import for_people, say
from vaultio.cli.exits import DONE, INTERRUPTED, SOME_FAILED
from vaultio.cli.json_lines import write
from vaultio.cli.progress import MOST_FAILURES_SHOWN, Mode, ProgressMode, Show, Side, shown
from vaultio.cli.signals import presses
from vaultio.cli.summary import summarise
from vaultio.migration import Report
from vaultio.migration.job import OnEvent
from vaultio.migration.report import REPORT_NAME

RetryFailed = Annotated[
    bool, typer.Option("--retry-failed/--leave-failed", help="Try once more what failed before.")
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Say what it would take: calls, bytes, hours. Writes nothing."),
]


class Job(Protocol):
    """What can be carried out: an export, an import, a copy."""

    report: Report | None

    @property
    def calls(self) -> int:
        """API calls so far."""

    def stop(self) -> None:
        """Begin nothing more."""

    async def execute(self, on_event: OnEvent) -> Report:
        """Do it."""


@frozen(kw_only=True)
class Output:
    """What a job shows."""

    progress: ProgressMode = "auto"
    quiet: Quiet = False
    debug: Debug = False

    @property
    def mode(self) -> Mode:
        """How progress is shown."""
        return "quiet" if self.quiet else self.progress


async def carried_out(
    job: Job, sides: Sequence[Side], output: Output, results: Console | None
) -> int:
    """Run a job with its progress on stderr and, however it ends, a summary on *results*.

    Returns the exit code. The first SIGINT or SIGTERM lets it finish what is in flight, the
    second ends it at once; its manifest is true either way.
    """
    people, mode = for_people(), output.mode
    try:
        async with shown(people, mode, sides, lambda: job.calls) as show:
            code = await _stoppable(job, show)
    finally:
        if job.report is not None and results is not None:
            summarise(job.report, results)
            say(f" Manifest: {job.report.path}", to=results)
            say(f" Report: {job.report.path.parent / REPORT_NAME}.html", to=results)
            _say_failures(job.report, people, mode)
            _say_warnings(job.report, people, mode)
    return code or (SOME_FAILED if job.report and job.report.failed else DONE)


async def _stoppable(job: Job, show: Show) -> int:
    """Run a job until it ends or somebody wants it to; 130 if somebody did."""
    running = asyncio.ensure_future(job.execute(show.take))

    def first() -> None:
        show.stopping(at_once=False)
        job.stop()

    def second() -> None:
        show.stopping(at_once=True)
        running.cancel()

    with presses(first, second) as taken:
        try:
            await running
        except asyncio.CancelledError:
            # Cancelled by the second press, or from outside: then that goes on.
            if taken.count < 2:
                raise
    return INTERRUPTED if taken.count else DONE


def _say_failures(report: Report, console: Console, mode: Mode) -> None:
    """Say that more failed than was shown."""
    if report.failed > MOST_FAILURES_SHOWN and mode != "jsonl":
        say(f"{report.failed:,} items failed; {report.path} names them all", to=console)


def _say_warnings(report: Report, console: Console, mode: Mode) -> None:
    """Say what went wrong beside the job."""
    for warning in report.warnings:
        if mode == "jsonl":
            write(console, "warning", {"message": warning})
        else:
            say(f"warning: {warning}", "yellow", to=console)
