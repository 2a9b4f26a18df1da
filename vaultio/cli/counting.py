"""How far a bulk call is: a line that counts rows at a terminal, nothing elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from vaultio.migration.bulk.book import Line


@contextmanager
def counted(console: Console, what: str, *, quiet: bool) -> Iterator[Callable[[Line], None]]:
    """Show how many rows are done and have failed; call what comes with each of them."""
    if quiet or not console.is_terminal or console.is_dumb_terminal:
        yield lambda _: None
        return
    bar = Progress(
        SpinnerColumn(style="cyan"),
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.fields[detail]}", style="dim", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    task, states = bar.add_task(what, total=None, detail=""), Counter[str]()
    with bar:

        def show(line: Line) -> None:
            states[line.state] += 1
            detail = ", ".join(f"{number:,} {state}" for state, number in states.items())
            bar.update(task, detail=detail)

        yield show
