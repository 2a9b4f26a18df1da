"""How a command runs and ends: every way it may go has its exit code (`vaultio.cli.exits`)."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import typer

from vaultio.cli.console import fail, for_people, mute
from vaultio.cli.exits import DONE, FAILED, INTERRUPTED, TOO_LATE, USAGE
from vaultio.cli.json_lines import write
from vaultio.cli.text import told
from vaultio.errors import InvalidArgumentError, JobWaitError, QuotaWaitError, VaultioError

_SEE_HELP = "see the command's --help, which has an example"
_DISK = "check the file or folder, and that there is room"
_A_BUG = "this is a mistake of vaultio's: run it again with --debug, and report what that shows"


class UsageError(Exception):
    """The command cannot run as it was called; *advice* says what to do."""

    def __init__(self, what: str, advice: str = _SEE_HELP) -> None:
        super().__init__(what)
        self.advice = advice


def execute(
    prepare: Callable[[], Coroutine[Any, Any, int]], *, debug: bool, as_json: bool = False
) -> None:
    """Run a command and leave with its exit code.

    *prepare* reads what the user gave, before anything is opened, and returns the work; *debug*
    shows where an error came from; *as_json* says errors as `vaultio.cli.progress.jsonl` does.
    """
    raise typer.Exit(_exit_code(prepare, debug=debug, as_json=as_json))


def _exit_code(
    prepare: Callable[[], Coroutine[Any, Any, int]], *, debug: bool, as_json: bool
) -> int:
    try:
        return asyncio.run(prepare())
    except KeyboardInterrupt:
        return _said("interrupted", "", INTERRUPTED, as_json=as_json)
    except BrokenPipeError:
        mute()
        return DONE
    except UsageError as error:
        return _said(str(error), error.advice, USAGE, as_json=as_json)
    except VaultioError as error:
        if debug:
            traceback.print_exception(error)
        return _said(*told(error), _code_of(error), as_json=as_json)
    except OSError as error:
        if debug:
            traceback.print_exception(error)
        where = f": {error.filename}" if error.filename else ""
        return _said(f"{error.strerror or error}{where}", _DISK, FAILED, as_json=as_json)
    except Exception as error:  # nobody is to be shown a traceback who did not ask for it
        if debug:
            traceback.print_exception(error)
        # Its text may hold anything, the secret too.
        where = type(error).__name__
        return _said(f"unexpected {where}", _A_BUG, FAILED, as_json=as_json)


def _code_of(error: VaultioError) -> int:
    if isinstance(error, InvalidArgumentError):
        return USAGE
    return TOO_LATE if isinstance(error, JobWaitError | QuotaWaitError) else FAILED


def _said(what: str, advice: str, code: int, *, as_json: bool) -> int:
    """Say what ended the command and what to do, and return its exit code."""
    if as_json:
        values = {"message": what, "advice": advice, "exit_code": code}
        write(for_people(), "error", values)
    else:
        fail(what, advice)
    return code
