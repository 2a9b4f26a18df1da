"""Would the tests see it? Change one thing of the code at a time and look whether a test fails.

``python -m tests.mutants`` copies the project, changes one comparison, operator, number, condition
or step in the copy, and runs the tests that are in charge of the module until one fails. *--sample*
of all such changes are taken by *--seed*, within *--minutes*. What no test noticed is listed; the
end is a failure if less than *--least* percent was noticed.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from attrs import frozen

from tests.layers import ROOT
from tests.mutations import Mutant, mutants

Fate = Literal["killed", "timeout", "survived"]

_LIMITER = ("bucket", "quotas", "losses", "holdings")
_DOWNLOADS = ("resume", "save", "target", "interrupted", "stream", "blocks")
IN_CHARGE: dict[str, list[str]] = {
    "limiter/bucket.py": [f"limiter/test_{name}.py" for name in _LIMITER],
    "limiter/quotas.py": [
        *(f"limiter/test_{name}.py" for name in ("quotas", "losses", "bucket")),
        *(f"limiter/test_{name}.py" for name in ("priorities", "quota_waits", "limiter")),
    ],
    "limiter/books.py": [
        *(f"limiter/test_{name}.py" for name in ("losses", "holdings", "book_clock")),
        *(f"limiter/test_{name}.py" for name in ("priorities", "sqlite_books", "shared")),
    ],
    **{
        f"downloads/{module}.py": [
            *(f"downloads/test_{name}.py" for name in _DOWNLOADS),
            "faults/test_refusing_disks.py",
        ]
        for module in ("integrity", "ranges", "target", "part", "fetch")
    },
}
"""The modules whose mutants are made, and the tests that should notice, quickest first."""


@frozen
class Workshop:
    """A copy of the project in which one module at a time is changed."""

    folder: Path

    @classmethod
    def in_(cls, folder: Path) -> Workshop:
        """Copy what the tests need."""
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        for name in ("vaultio", "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", folder)
        return cls(folder)

    def path(self, module: str) -> Path:
        """Say where a module lies in the copy."""
        return self.folder / "vaultio" / module

    def run(self, module: str, *, write: bool, cpu_s: int, wall_s: float) -> int | None:
        """Run the tests in charge until one fails; return the status, None if it took too long.

        With *write* what is compiled is kept for the next runs.
        """
        environment = os.environ | {"PYTHONPATH": str(self.folder), "PYTHONHASHSEED": "0"}
        if not write:
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        options = ["-x", "-q", "--hypothesis-profile=mutants", "--hypothesis-seed=0"]
        tests = [f"tests/{name}" for name in IN_CHARGE[module]]
        try:
            return subprocess.run(
                [sys.executable, "-m", "pytest", *options, *tests],
                cwd=self.folder,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=lambda: _bounded(cpu_s),
                timeout=wall_s,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            return None

    def measure(self, module: str) -> tuple[int, float]:
        """Run the tests on the code as it is; return the limits of their time, CPU and wall."""
        for _ in range(3):  # on a busy machine a test of time may fail once
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            if self.run(module, write=True, cpu_s=600, wall_s=1200) == 0:
                break
        else:
            raise RuntimeError(f"{module}: its tests fail without a change")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return int(3 * cpu_s) + 10, 8 * (time.monotonic() - began) + 30

    def fate(self, mutant: Mutant, limits: tuple[int, float]) -> Fate:
        """Try one change and put it back."""
        path = self.path(mutant.module)
        original = path.read_text("utf-8")
        path.write_text(mutant.source, "utf-8")
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
            compiled.unlink()
        try:
            status = self.run(mutant.module, write=False, cpu_s=limits[0], wall_s=limits[1])
        finally:
            path.write_text(original, "utf-8")
        if status is None or status < 0:
            return "timeout"
        return "survived" if status == 0 else "killed"


def _bounded(cpu_s: int) -> None:
    """Limit the process that is about to start; let it be interrupted, even in the background."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def sample(modules: Sequence[str], most: int, seed: int) -> list[Mutant]:
    """Take so many of all mutants by chance, each module by its share."""
    found = [
        mutant
        for module in modules
        for mutant in mutants(module, (ROOT / "vaultio" / module).read_text("utf-8"))
    ]
    print(f"{len(found)} mutants in {len(modules)} modules", flush=True)
    # In the order of chance: whenever the time is over, what was done is a sample.
    return random.Random(seed).sample(found, min(most, len(found)))


def main() -> int:
    """Do it and print a line for each mutant; return the status of the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(IN_CHARGE))
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--least", type=float, default=85)
    asked = parser.parse_args()
    deadline = time.monotonic() + 60 * asked.minutes
    fates: list[Fate] = []
    limits: dict[tuple[str, ...], tuple[int, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop.in_(Path(folder))
        for mutant in sample(asked.modules, asked.sample, asked.seed):
            if time.monotonic() > deadline:
                break
            tests = tuple(IN_CHARGE[mutant.module])
            if tests not in limits:
                limits[tests] = workshop.measure(mutant.module)
            fates.append(workshop.fate(mutant, limits[tests]))
            print(f"{fates[-1]:8} {mutant}", flush=True)
    if not fates:
        return 1
    noticed = 100 * (1 - fates.count("survived") / len(fates))
    print(
        f"{len(fates)} mutants tried, {fates.count('survived')} survived: {noticed:.1f} % noticed"
    )
    return 0 if noticed >= asked.least else 1


if __name__ == "__main__":
    raise SystemExit(main())
