"""How a command runs and ends: every way it may go has its exit code."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import typer

from vaultio.cli.console import fail, mute
from vaultio.cli.text import one_line
from vaultio.errors import InvalidArgumentError, VaultioError

DONE, FAILED, USAGE, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130

EPILOG = """\
Exit codes: 0 all done · 1 an error, said in one line on stderr · 2 wrong usage or a missing \
setting · 3 some items failed, the others are done · 130 interrupted (Ctrl-C)."""


class UsageError(Exception):
    """The command cannot run as it was called; its text says what to give."""


def execute(prepare: Callable[[], Coroutine[Any, Any, int]], *, trace: bool) -> None:
    """Run a command and leave with its exit code.

    *prepare* reads what the user gave, before anything is opened, and returns the work; *trace*
    shows where an error came from.
    """
    raise typer.Exit(_exit_code(prepare, trace=trace))


def _exit_code(prepare: Callable[[], Coroutine[Any, Any, int]], *, trace: bool) -> int:
    try:
        return asyncio.run(prepare())
    except KeyboardInterrupt:
        fail("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        mute()
        return DONE
    except UsageError as error:
        fail(str(error))
        return USAGE
    except VaultioError as error:
        if trace:
            traceback.print_exception(error)
        fail(one_line(error))
        return USAGE if isinstance(error, InvalidArgumentError) else FAILED
