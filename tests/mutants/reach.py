"""Which test runs which line, and what it costs."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import coverage
import pytest
from attrs import define, field

from tests.mutants.changes import Mutant
from tests.mutants.forks import Cost, Failures, in_fork, run, used_s


@define
class Reach:
    """What the tests took, and for each module the lines and the tests that run them."""

    costs: dict[str, Cost] = field(factory=dict)
    lines: dict[str, dict[int, list[str]]] = field(factory=dict)

    def of(self, mutant: Mutant, most_s: float) -> list[str]:
        """List the tests that run what is changed, quickest first.

        Those that take *most_s* seconds of the processor together are enough.
        """
        tests = set[str]()
        for line, running in self.lines.get(mutant.module, {}).items():
            # What runs at the import decides how all that is in the module goes.
            if line in mutant.lines or line == mutant.line or not mutant.called:
                tests.update(running)
        chosen, whole_s = list[str](), 0.0
        for test in sorted(tests & self.costs.keys(), key=lambda one: self.costs[one].cpu_s):
            whole_s += self.costs[test].cpu_s
            if chosen and whole_s > most_s:
                break
            chosen.append(test)
        return chosen


def measured(
    items: Sequence[pytest.Item], modules: Sequence[str], failures: Failures, file: Path
) -> Reach:
    """Run all tests once on the code as it is; those that fail are left out.

    What *file* knows already, of the same code, is not run again.
    """
    sources = {module: Path("vaultio", module).read_text("utf-8") for module in modules}
    known = json.loads(file.read_text()) if file.exists() else {}
    if known.get("sources") != sources:
        known = {"sources": sources, "costs": {}, "lines": {module: {} for module in modules}}
    new = [item for item in items if item.nodeid not in known["costs"]]
    found_file = file.with_suffix(".new")
    if new and in_fork(lambda: _measure(new, modules, failures, found_file)) == 0:
        found = json.loads(found_file.read_text())
        known["costs"].update(found["costs"])
        for module, lines in found["lines"].items():
            for line, tests in lines.items():
                known["lines"][module].setdefault(line, []).extend(tests)
        file.write_text(json.dumps(known))
    there = {item.nodeid for item in items}
    return Reach(
        {test: Cost(*cost) for test, cost in known["costs"].items() if test in there},
        {
            module: {int(line): tests for line, tests in known["lines"][module].items()}
            for module in modules
        },
    )


def _measure(
    items: Sequence[pytest.Item], modules: Sequence[str], failures: Failures, file: Path
) -> int:
    paths = {module: str(Path("vaultio", module).resolve()) for module in modules}
    counter = coverage.Coverage(data_file=None, config_file=False, include=list(paths.values()))
    begun, costs = [0.0, 0.0], dict[str, tuple[float, float]]()

    def before(item: pytest.Item) -> None:
        counter.switch_context(item.nodeid)
        begun[:] = [used_s(), time.monotonic()]

    def after(item: pytest.Item) -> None:
        costs[item.nodeid] = used_s() - begun[0], time.monotonic() - begun[1]

    counter.start()
    run(items, failures, before, after, stop=False)
    counter.stop()
    for test in failures.tests:
        costs.pop(test, None)
    data = counter.get_data()
    lines = {module: data.contexts_by_lineno(path) for module, path in paths.items()}
    file.write_text(json.dumps({"costs": costs, "lines": lines}))
    return 0
