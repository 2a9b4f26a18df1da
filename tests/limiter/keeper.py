"""A process that holds a file of quotas and hangs: ``python -m tests.limiter.keeper``.

Takes the file. Holds it from its first line of output until its input ends.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.layers import ROOT


@contextmanager
def kept(path: Path) -> Iterator[None]:
    """Have another process hold the file while the block lasts."""
    command = [sys.executable, "-m", "tests.limiter.keeper", str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            process.stdin.close()
            assert process.wait(10) == 0


def main(path: Path) -> None:
    """Hold the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        print("held", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
