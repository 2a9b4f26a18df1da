"""Would the tests see it? Change one thing of the code at a time and look whether a test fails.

``python -m tests.mutants`` copies the project, changes one comparison, operator, number, condition
or step in the copy, and runs the tests that run the changed line, quickest first, until one fails.
*--sample* of all such changes are taken by *--seed*, within *--minutes*. What no test noticed is
listed; the end is a failure if less than *--least* percent was noticed. Changes that nobody could
notice are in `tests.mutants.alike`, with the reason; they are not tried.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.layers import ROOT

MODULES = (
    *(f"limiter/{name}.py" for name in ("bucket", "quotas", "books")),
    *(f"downloads/{name}.py" for name in ("integrity", "ranges", "target", "part", "fetch")),
)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--least", type=float, default=85)
    parser.add_argument("--most", type=float, default=60, help="seconds of tests for one mutant")
    parser.add_argument("--reach", type=os.path.abspath, help="a file that keeps what tests run")
    parser.add_argument("--again", type=os.path.abspath, help="a log: what survived there, alone")
    parser.add_argument("--only", default="", help="changes whose line in the list holds this text")
    return parser.parse_args()


def main() -> int:
    """Copy what the tests need, and try the mutants there; return the status of the program."""
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("vaultio", "tests", "benchmarks"):
            shutil.copytree(ROOT / name, Path(folder, name), ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", folder)
        return subprocess.run(
            [sys.executable, "-m", "tests.mutants.trial", json.dumps(vars(arguments()))],
            cwd=folder,
            # What is compiled would outlive the change: files are told apart by the second.
            env=os.environ | {"PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
