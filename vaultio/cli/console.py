"""The two ways out: data on stdout, everything else on stderr."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

from rich.console import Console
from rich.text import Text

from vaultio.cli.text import plain

_WIDE = 200


class _Console(Console):
    """A console that takes nothing it is given for markup, and is silent about a closed pipe."""

    def __init__(self, *, stderr: bool, force_terminal: bool | None = None) -> None:
        super().__init__(
            stderr=stderr,
            force_terminal=force_terminal,
            markup=False,
            emoji=False,
            highlight=False,
        )
        if not self.is_terminal and "COLUMNS" not in os.environ:
            self.width = _WIDE  # nobody's window: nothing needs to be cut

    def on_broken_pipe(self) -> None:
        """End the command if nobody reads its results; without its remarks it goes on."""
        if not self.stderr:
            raise BrokenPipeError
        _to_nowhere(sys.stderr)


def for_data(*, force_terminal: bool | None = None) -> Console:
    """Open stdout: what the command is for, and nothing else."""
    return _Console(stderr=False, force_terminal=force_terminal)


def for_people(*, force_terminal: bool | None = None) -> Console:
    """Open stderr: progress, remarks, errors."""
    return _Console(stderr=True, force_terminal=force_terminal)


def say(text: str, style: str = "", *, to: Console | None = None) -> None:
    """Print one line for people, made safe for a terminal, however long it is."""
    console = to or for_people()
    console.print(Text(plain(text), style=style), soft_wrap=True)


def fail(what: str, advice: str = "") -> None:
    """Print what happened in one line, and in another what to do."""
    people = for_people()
    people.print(Text.assemble(("vaultio: ", "bold red"), plain(what)), soft_wrap=True)
    if advice:
        people.print(Text.assemble(("hint: ", "bold cyan"), plain(advice)), soft_wrap=True)


def asked(question: str) -> str:
    """Ask at the terminal, on stderr, and return the line that is typed."""
    sys.stderr.write(plain(question))
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def mute() -> None:
    """Send what is still to be written to stdout nowhere: the pipe is closed."""
    _to_nowhere(sys.stdout)


def _to_nowhere(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
