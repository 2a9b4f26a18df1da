"""Shows a job while it runs. Nothing of that can hold the job up: a terminal may stand still."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Literal, TypeAlias

import anyio
import typer
from anyio import to_thread
from rich.console import Console

from vaultio.cli.console import for_people
from vaultio.cli.progress.bars import Bars
from vaultio.cli.progress.forecast import Side
from vaultio.cli.progress.jsonl import JsonLines
from vaultio.cli.progress.lines import Lines, Quiet
from vaultio.cli.progress.notes import Display, Note, Stopping
from vaultio.cli.progress.numbers import Numbers
from vaultio.cli.progress.snapshot import Snapshot, snapshot
from vaultio.migration import Ended, Event, Failed, Listed, Stage

Mode: TypeAlias = Literal["auto", "bars", "plain", "jsonl", "quiet"]
"""How progress is shown; ``auto``: bars at a terminal, else lines."""

ProgressMode = Annotated[
    Mode,
    typer.Option(
        "--progress",
        help="How to show progress on stderr: bars for a terminal, plain lines or JSON lines for a "
        "log, quiet for errors alone; auto takes what suits.",
    ),
]
MOST_UNTOLD = 10_000
"""Notes that wait for a terminal that stands still; the manifest has them all."""

_LOOK_EVERY_S = 0.2
_ASK_EVERY_S = 2.0
_RECKON_EVERY_S = 10.0
_FIRST_AFTER_S = 1.0


class Show:
    """Takes a job's events, which costs next to nothing, and has them shown from time to time."""

    def __init__(self, display: Display, sides: Sequence[Side], calls: Callable[[], int]) -> None:
        self._display = display
        self._sides = sides
        self._calls = calls
        self._numbers = Numbers()
        self._notes = deque[Note](maxlen=MOST_UNTOLD)
        self._begun = self._drawn = time.monotonic()
        self._asked = self._begun - _ASK_EVERY_S + _FIRST_AFTER_S
        self._reckoned = self._begun - _RECKON_EVERY_S + _FIRST_AFTER_S
        self._is_stopping = False
        self._ended = anyio.Event()

    def take(self, event: Event) -> None:
        """Count an event, and remember it if it is to be told."""
        self._numbers.take(event)
        if isinstance(event, Listed) and not event.is_all:
            return
        if isinstance(event, Stage | Failed | Ended | Listed):
            self._notes.append(event)

    def stopping(self, *, at_once: bool) -> None:
        """Tell that somebody has asked the job to stop."""
        self._is_stopping = True
        self._notes.append(Stopping(at_once))

    async def keep(self) -> None:
        """Show it, to the end; a log on a full disk is no reason to end a job."""
        with suppress(OSError):
            while True:
                with anyio.move_on_after(_LOOK_EVERY_S):
                    await self._ended.wait()
                self._count()
                await self.flush()
                if self._ended.is_set():
                    return
                if time.monotonic() - self._drawn >= self._display.every_s:
                    self._drawn = time.monotonic()
                    await to_thread.run_sync(self._display.draw, self._now())
                await self._ask()

    def end(self) -> None:
        """Let `keep` tell what is untold, and return."""
        self._ended.set()

    async def flush(self) -> None:
        """Tell what is untold."""
        notes = [self._notes.popleft() for _ in range(len(self._notes))]
        if notes:
            await to_thread.run_sync(self._display.tell, notes)

    def _count(self) -> None:
        """Note how far it is, for the rates and for what an item costs."""
        for stage in self._numbers.stages.values():
            stage.rate.note(time.monotonic(), stage.settled, stage.moved_size)
        if len(self._sides) == 1:  # of two it is not known which call was whose
            self._sides[0].count(self._numbers.current, self._calls())

    async def _ask(self) -> None:
        """Have the quota looked at now and then."""
        if time.monotonic() - self._asked >= _ASK_EVERY_S:
            for side in self._sides:
                await side.look()
            self._asked = time.monotonic()
        if time.monotonic() - self._reckoned >= _RECKON_EVERY_S:
            for side in self._sides:
                await side.reckon(list(self._numbers.stages.values()))
            self._reckoned = time.monotonic()

    def _now(self) -> Snapshot:
        passed_s = time.monotonic() - self._reckoned
        quota_s = max((side.seconds - passed_s for side in self._sides), default=0.0)
        return snapshot(
            self._numbers,
            self._sides,
            seconds=time.monotonic() - self._begun,
            calls=self._calls(),
            quota_s=max(0.0, quota_s),
            is_stopping=self._is_stopping,
        )


@asynccontextmanager
async def shown(
    console: Console,
    mode: Mode,
    sides: Sequence[Side] = (),
    calls: Callable[[], int] = lambda: 0,
) -> AsyncIterator[Show]:
    """Show a job's events on *console*; a context that cleans up after itself.

    *sides* are the vaults whose quotas it knows of, *calls* counts the job's own.
    """
    with display(console, mode) as one:
        show = Show(one, sides, calls)
        keeping = asyncio.create_task(show.keep())
        try:
            yield show
        finally:
            # Not cancelled: a thread that draws goes on, and would draw over what comes next.
            show.end()
            with anyio.CancelScope(shield=True):
                await keeping


def display(console: Console, mode: Mode) -> Display:
    """Choose how to show it; bars that are asked for are drawn wherever stderr goes."""
    if mode == "auto":
        mode = "bars" if console.is_terminal and not console.is_dumb_terminal else "plain"
    if mode == "bars":
        return Bars(console if console.is_terminal else for_people(force_terminal=True))
    if mode == "jsonl":
        return JsonLines(console)
    return Quiet(console) if mode == "quiet" else Lines(console)
