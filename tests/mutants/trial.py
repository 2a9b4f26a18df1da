"""Try the mutants, in the copy of the project that is the current folder (see `__main__`).

One pytest imports and collects everything. Each mutant is then tried in a fork of it, in which
the changed function gets its new code; only what is run at the import needs a pytest of its own.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from attrs import define, field

from tests.mutants.alike import ALIKE
from tests.mutants.changes import Mutant, mutants
from tests.mutants.forks import Cost, Failures, bound, in_fork, run, unmount
from tests.mutants.reach import Reach, measured
from tests.mutants.swap import bodies_of, fits, functions_of, swap

TESTS = {
    # What a server of Redis books is a script's doing, and slow.
    "limiter": ["tests/limiter", "--ignore-glob=*test_redis*"],
    "downloads": [
        *("tests/downloads", "--ignore=tests/downloads/test_memory.py"),
        *(f"tests/faults/test_{name}.py" for name in ("refusing_disks", "changed_files")),
        *(f"tests/faults/test_{name}.py" for name in ("cut_bodies", "two_writers")),
    ],
}
OPTIONS = ["-qq", "-s", "--no-header", "--tb=no", "--hypothesis-profile=mutants"]
OPTIONS += ["--hypothesis-seed=0", "-o", "faulthandler_timeout=0"]
OPTIONS += ["-m", "not heavy and not soak and not alone"]


@define(eq=False)
class Trial:
    """A pytest plugin that tries mutants in the place of a run of the tests."""

    asked: dict[str, Any]
    folder: Path
    failures: Failures = field(factory=Failures)
    fates: Counter[str] = field(factory=Counter)
    items: dict[str, pytest.Item] = field(factory=dict)
    reach: Reach = field(factory=Reach)
    functions: dict[str, list[FunctionType]] = field(factory=dict)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure the tests, then try one mutant after the other."""
        if session.testsfailed:
            raise session.Interrupted("not all tests can be collected")
        deadline = time.monotonic() + 60 * self.asked["minutes"]
        chosen = sample(self.asked)
        self.items = {item.nodeid: item for item in session.items}
        for module in self.asked["modules"]:
            self.functions[module] = functions_of(str(path_of(module)))
        gc.freeze()  # what is never looked at again need not be copied for each fork
        file = Path(self.asked["reach"] or self.folder / "reach.json")
        self.reach = measured(session.items, self.asked["modules"], self.failures, file)
        left_out = len(self.items) - len(self.reach.costs)
        print(f"{len(self.items)} tests, {left_out} of them failed and are left out", flush=True)
        for mutant in chosen:
            if time.monotonic() > deadline:
                break
            fate, told = self.fate(mutant)
            self.fates[fate] += 1
            print(f"{fate:8} {mutant}{told}", flush=True)
        return True

    def fate(self, mutant: Mutant) -> tuple[str, str]:
        """Try one change and put it back; return what came of it, and by which test."""
        tests, path = self.reach.of(mutant, self.asked["most"]), path_of(mutant.module)
        if not tests:
            return "survived", "  (no test runs it)"
        original, verdict = path.read_text("utf-8"), self.folder / "verdict"
        verdict.write_text("")
        tree = mutant.tree(original)
        # The processes that tests start read it from the disk.
        path.write_text(ast.unparse(tree), "utf-8")
        functions = self.functions[mutant.module]
        bodies = bodies_of(compile(tree, str(path), "exec"))
        try:
            if mutant.called and fits(functions, bodies):
                status = in_fork(lambda: self._swapped(functions, bodies, tests, verdict))
            else:
                status = self._anew(tests)
        finally:
            path.write_text(original, "utf-8")
            unmount(self.folder)
        by = verdict.read_text()
        return _FATES.get(status, "timeout"), f"  ({by})" if by else ""

    def _swapped(
        self, functions: list[Any], bodies: Any, tests: Sequence[str], verdict: Path
    ) -> int:
        """Run the tests in this fork."""
        swap(functions, bodies)

        def before(item: pytest.Item) -> None:
            verdict.write_text(item.nodeid)  # who never comes to an end is named, too
            bound(self.reach.costs[item.nodeid])

        self.failures.tests.clear()
        run([self.items[one] for one in tests], self.failures, before, _nothing, stop=True)
        if self.failures.tests:
            return 1
        verdict.write_text("")
        return 0

    def _anew(self, tests: Sequence[str]) -> int:
        """Run the tests in an interpreter that imports the changed module anew."""
        costs = [self.reach.costs[test] for test in tests]
        whole = Cost(10 + sum(one.cpu_s for one in costs), 20 + sum(one.wall_s for one in costs))
        command = [sys.executable, "-m", "pytest", "-x", *OPTIONS, *tests]
        return in_fork(lambda: _command(command, whole))


_FATES = {0: "survived", 1: "killed", 2: "killed", 3: "killed"}


def path_of(module: str) -> Path:
    """Say where a module lies."""
    return Path("vaultio", module).resolve()


def _command(command: list[str], cost: Cost) -> int:
    bound(cost)
    return subprocess.run(command, check=False).returncode


def _nothing(_: pytest.Item) -> None:
    """Do nothing."""


def sample(asked: dict[str, Any]) -> list[Mutant]:
    """Take so many of all mutants by chance, each module by its share."""
    found = list[Mutant]()
    for module in asked["modules"]:
        alike = dict(ALIKE.get(module, {}))
        for mutant in mutants(module, Path("vaultio", module).read_text("utf-8")):
            if alike.pop(mutant.name, None) is None:
                found.append(mutant)
        if alike:
            raise SystemExit(f"{module}: no such changes any more: {sorted(alike)}")
    known = sum(len(ALIKE.get(module, ())) for module in asked["modules"])
    print(
        f"{len(found)} mutants in {len(asked['modules'])} modules, {known} more change nothing",
        flush=True,
    )
    # In the order of chance: whenever the time is over, what was done is a sample.
    random.Random(asked["seed"]).shuffle(found)
    if asked["again"]:
        lines = Path(asked["again"]).read_text("utf-8").splitlines()
        again = [line for line in lines if line.startswith("survived ")]
        found = [one for one in found if any(_is_told(one, line) for line in again)]
    return [one for one in found if asked["only"] in str(one)][: asked["sample"]]


def _is_told(mutant: Mutant, line: str) -> bool:
    """Whether a line of a log tells of it; its number may be another by now."""
    place, _, name = line.removeprefix("survived ").partition(" ")
    same = name == mutant.name or name.startswith(f"{mutant.name}  (")
    return same and place.startswith(f"{mutant.module}:")


def main() -> int:
    """Try them and say how many were noticed; return the status of the program."""
    asked = json.loads(sys.argv[1])
    folder = Path("trial").resolve()
    folder.mkdir()
    trial = Trial(asked, folder)
    parts = {module.partition("/")[0] for module in asked["modules"]}
    tests = [path for part in sorted(parts) for path in TESTS[part]]
    base = f"--basetemp={folder / 'tmp'}"
    status = pytest.main([*OPTIONS, base, *tests], plugins=[trial, trial.failures])
    if not trial.fates:
        return int(status) or 1
    tried = trial.fates.total()
    noticed = 100 * (1 - trial.fates["survived"] / tried)
    print(f"{tried} mutants tried, {dict(trial.fates)}: {noticed:.1f} % noticed")
    return 0 if noticed >= asked["least"] else 1


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    raise SystemExit(main())
