"""A preload of dask workers: notes every file that is put in another's place, or removed.

A file that takes a free name by a hard link cannot be one of them: the system refuses it a name
that is taken. Each process writes to a file of its own below the folder in ``WRITES_TO``. Whoever
is about to publish a file whose path has the text in ``DIES_OF`` dies, and leaves its part.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

VARIABLE, DEADLY = "WRITES_TO", "DIES_OF"
_EVENTS = {"os.rename": 1, "os.remove": 0}  # which argument names what is lost


def dask_setup(worker: object) -> None:
    """Begin to look; and import what takes time before the scheduler expects heartbeats."""
    import vaultio.integrations.station  # noqa: F401

    log = os.open(Path(os.environ[VARIABLE], f"{os.getpid()}.log"), os.O_CREAT | os.O_WRONLY)
    deadly = os.environ.get(DEADLY)

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event in _EVENTS:
            path = os.fsdecode(str(arguments[_EVENTS[event]]))
            if not Path(path).name.startswith("."):
                os.write(log, f"{path}\n".encode())
        if deadly and event in {"os.link", "os.rename"} and deadly in str(arguments[0]):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


def lost(log: Path, folder: Path) -> list[str]:
    """List the files below *folder* that somebody wrote over, or removed."""
    lines = [line for file in log.glob("*.log") for line in file.read_text().splitlines()]
    return [line for line in lines if Path(line).is_relative_to(folder)]
