"""How a command runs and ends: every way it may go has its exit code."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import typer

from vaultio.cli.console import fail, for_people, mute
from vaultio.cli.json_lines import write
from vaultio.cli.text import one_line
from vaultio.errors import InvalidArgumentError, VaultioError

DONE, FAILED, USAGE, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130

EPILOG = """\
Exit codes: 0 all done · 1 an error, said in one line on stderr · 2 wrong usage or a missing \
setting · 3 some items failed, the others are done · 130 interrupted (Ctrl-C, SIGTERM)."""


class UsageError(Exception):
    """The command cannot run as it was called; its text says what to give."""


def execute(
    prepare: Callable[[], Coroutine[Any, Any, int]], *, trace: bool, as_json: bool = False
) -> None:
    """Run a command and leave with its exit code.

    *prepare* reads what the user gave, before anything is opened, and returns the work; *trace*
    shows where an error came from; *as_json* says errors as `vaultio.cli.progress.jsonl` does.
    """
    raise typer.Exit(_exit_code(prepare, trace=trace, as_json=as_json))


def _exit_code(
    prepare: Callable[[], Coroutine[Any, Any, int]], *, trace: bool, as_json: bool
) -> int:
    try:
        return asyncio.run(prepare())
    except KeyboardInterrupt:
        return _said("interrupted", INTERRUPTED, as_json=as_json)
    except BrokenPipeError:
        mute()
        return DONE
    except UsageError as error:
        return _said(str(error), USAGE, as_json=as_json)
    except VaultioError as error:
        if trace:
            traceback.print_exception(error)
        code = USAGE if isinstance(error, InvalidArgumentError) else FAILED
        return _said(one_line(error), code, as_json=as_json)


def _said(text: str, code: int, *, as_json: bool) -> int:
    """Say what ended the command, and return its exit code."""
    if as_json:
        write(for_people(), "error", {"message": text, "exit_code": code})
    else:
        fail(text)
    return code
