"""What an export or a download shows on stderr while it runs: bars, plain lines, or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from attrs import define, field
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from vaultio.cli.console import say
from vaultio.cli.text import count, size
from vaultio.migration import (
    Entry,
    Event,
    Failed,
    Finished,
    Found,
    Listed,
    Progressed,
    Result,
    Skipped,
    Stage,
)

Show = Callable[[Event], None]
MOST_FAILURES_SHOWN = 10
_LINE_EVERY_S = 10.0


@define
class Numbers:
    """How far an export is: items, and bytes of those whose size is known."""

    found: int = 0
    done: int = 0
    failed: int = 0
    is_all_listed: bool = False
    known_size: int = 0
    done_size: int = 0
    moved_size: int = 0
    under_way: dict[int, int] = field(factory=dict)

    def take(self, event: Event) -> None:
        """Count what an event says."""
        if isinstance(event, Listed):
            self.is_all_listed = event.is_all
        elif isinstance(event, Found):
            self.found += 1
            self.known_size += event.item.expected_size or 0
        elif isinstance(event, Stage):
            self.found += event.items
            self.known_size += event.size
        elif isinstance(event, Progressed):
            before = self.under_way.get(event.item.number, 0)
            self.under_way[event.item.number] = event.size
            self.moved_size += max(0, event.size - before)
        elif isinstance(event, Finished | Skipped | Failed):
            self._settle(event.item, event.result)

    @property
    def size(self) -> int:
        """Bytes that are there, of files that are not complete too."""
        return self.done_size + sum(self.under_way.values())

    def _settle(self, item: Entry, result: Result) -> None:
        self.under_way.pop(item.number, None)
        self.done += 1
        self.failed += result.state == "failed"
        actual = result.size or 0
        self.known_size += actual - (item.expected_size or 0)
        self.done_size += actual


@contextmanager
def shown(console: Console, *, quiet: bool) -> Iterator[Show]:
    """Show an export's events as suits the console; a context that cleans up after itself."""
    if quiet:
        yield lambda _: None
    elif console.is_terminal:
        with _bars(console) as show:
            yield show
    else:
        yield _lines(console)


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


def failure_line(event: Failed) -> str:
    """Say which item failed and why."""
    return f"failed: {event.item.label}: {event.result.message}"


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


@contextmanager
def _bars(console: Console) -> Iterator[Show]:
    numbers, begun, shown_failures = Numbers(), time.monotonic(), 0
    bar = _progress(console)
    task = bar.add_task("Exporting", total=None, detail="looking for documents")

    def show(event: Event) -> None:
        nonlocal shown_failures
        numbers.take(event)
        speed = numbers.moved_size / max(time.monotonic() - begun, 0.001)
        more = "" if numbers.is_all_listed else "+"
        detail = (
            f"{numbers.done:,} of {numbers.found:,}{more} items · {size(numbers.size)} · "
            f"{size(speed)}/s"
        )
        total = numbers.known_size if numbers.is_all_listed else None
        bar.update(task, completed=numbers.size, total=total or None, detail=detail)
        if isinstance(event, Failed) and shown_failures < MOST_FAILURES_SHOWN:
            shown_failures += 1
            say(failure_line(event), "red", to=bar.console)

    with bar:
        yield show


def _lines(console: Console) -> Show:
    numbers, last = Numbers(), time.monotonic()

    def show(event: Event) -> None:
        nonlocal last
        numbers.take(event)
        if isinstance(event, Failed) and numbers.failed <= MOST_FAILURES_SHOWN:
            say(failure_line(event), to=console)
        if time.monotonic() - last >= _LINE_EVERY_S:
            last = time.monotonic()
            more = "" if numbers.is_all_listed else " so far"
            done = f"{numbers.done:,} of {count(numbers.found, 'item')}{more}"
            say(f"exporting: {done}, {size(numbers.size)}", to=console)

    return show
