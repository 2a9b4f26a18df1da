"""Progress for logs: a line now and then, or errors alone. No control characters, no colours."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from vaultio.cli.console import say
from vaultio.cli.progress.notes import Note, Stopping
from vaultio.cli.progress.snapshot import Snapshot
from vaultio.cli.progress.words import (
    MOST_FAILURES_SHOWN,
    STOPPING,
    STOPPING_NOW,
    failure_line,
    line,
)
from vaultio.migration import Failed


class Quiet:
    """Says what failed, the first few, and nothing else."""

    every_s = 60.0
    bad, remark = "red", "yellow"

    def __init__(self, console: Console) -> None:
        self._console = console
        self._failures = 0

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def tell(self, notes: Sequence[Note]) -> None:
        """Say what happened, where it matters."""
        for note in notes:
            if isinstance(note, Stopping):
                say(STOPPING_NOW if note.at_once else STOPPING, self.remark, to=self._console)
            elif isinstance(note, Failed):
                self._failures += 1
                if self._failures <= MOST_FAILURES_SHOWN:
                    say(failure_line(note), self.bad, to=self._console)

    def draw(self, now: Snapshot) -> None:
        """Say nothing."""


class Lines(Quiet):
    """Says how far it is, too, every ten seconds."""

    every_s = 10.0
    bad = remark = ""

    def draw(self, now: Snapshot) -> None:
        """Say how far it is."""
        say(line(now), to=self._console)
