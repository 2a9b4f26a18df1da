"""One download's bar."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from vaultio.cli.text import size


@contextmanager
def transfer(
    console: Console, what: str, *, quiet: bool
) -> Iterator[Callable[[int, int | None], None]]:
    """Show one download; call what comes with the bytes that are there, and all (or None)."""
    if quiet or not console.is_terminal:
        yield lambda _, __: None
        return
    bar = _progress(console)
    task = bar.add_task(what, total=None, detail="")
    begun = time.monotonic()
    with bar:

        def show(there: int, total: int | None) -> None:
            speed = size(there / max(time.monotonic() - begun, 0.001))
            of = f" of {size(total)}" if total is not None else ""
            detail = f"{size(there)}{of} · {speed}/s"
            bar.update(task, completed=there, total=total, detail=detail)

        yield show


def _progress(console: Console) -> Progress:
    """Make a bar that vanishes at the end; its texts are never markup."""
    return Progress(
        SpinnerColumn(style="cyan"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=28, complete_style="cyan", finished_style="green"),
        TextColumn("{task.fields[detail]}", style="dim", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
