"""Progress for people at a terminal: a bar for each stage, and a line about all."""

from __future__ import annotations

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from vaultio.cli.progress.lines import Quiet
from vaultio.cli.progress.snapshot import Snapshot, StageSnapshot
from vaultio.cli.progress.words import items, left, quotas, rates
from vaultio.cli.text import count, duration, plain, size

_BAR_WIDTH = 24


class Bars(Quiet):
    """Draws over its own lines, which vanish at the end; failures scroll up above them."""

    every_s = 0.2

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._spinner = Spinner("dots", style="cyan")
        self._live = Live(
            console=console, auto_refresh=False, transient=True, redirect_stdout=False
        )

    def __enter__(self) -> Bars:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def draw(self, now: Snapshot) -> None:
        """Draw the bars as they are now."""
        rows = [one for one in now.stages if one.found or one.before or one.is_current]
        table = Table.grid(padding=(0, 1))
        table.add_column()
        table.add_column(width=_BAR_WIDTH)
        for _ in range(3):
            table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        for stage in rows:
            table.add_row(*_row(stage, is_all_found=now.is_all_found))
        self._live.update(Group(table, self._line(now)), refresh=True)

    def _line(self, now: Snapshot) -> Table:
        """Say what is about all stages: the time, the quota."""
        found = "" if now.is_all_found else f"{count(now.documents, 'document')} found so far"
        stopping = "finishing what is in flight" if now.is_stopping else ""
        parts = [duration(now.seconds), stopping or left(now), found, quotas(now)]
        text = " · ".join(part for part in parts if part)
        line = Table.grid(padding=(0, 1))
        line.add_column()
        line.add_column(overflow="fold")
        line.add_row(self._spinner, Text(plain(text), style="dim"))
        return line


def _row(stage: StageSnapshot, *, is_all_found: bool) -> tuple[Text | ProgressBar, ...]:
    """Make the cells of a stage; its bar is by bytes where they are known, else by items."""
    total, there = stage.known_size, stage.size
    if not total:
        total, there = stage.before + stage.found, stage.before + stage.settled
    is_over = is_all_found and not stage.left
    bar = ProgressBar(
        total=1.0 if is_over else (float(total) if is_all_found and total else None),
        completed=1.0 if is_over else float(there),
        pulse=not is_all_found and stage.is_current,
        complete_style="cyan",
        finished_style="green",
    )
    failed = Text(f"{stage.failed:,} failed", style="red") if stage.failed else Text()
    return (
        Text(plain(stage.name), style="bold" if stage.is_current else ""),
        bar,
        Text(items(stage, is_all_found=is_all_found)),
        Text(size(stage.size) if stage.size else "", style="dim"),
        Text(rates(stage) if stage.is_current else "", style="dim"),
        failed,
    )
