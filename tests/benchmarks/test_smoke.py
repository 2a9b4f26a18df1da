"""Every benchmark runs: with little to do and one round, so that its figures mean nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks._serving import nginx_program
from benchmarks.table import QUESTIONS
from tests.layers import ROOT


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a run of all of them wrote."""
    folder = tmp_path_factory.mktemp("found")
    return asked(folder)


def asked(folder: Path, *arguments: str) -> Any:
    """Run the table in a process of its own, and read the JSON that it wrote."""
    command = [sys.executable, "-m", "benchmarks.table", "--smoke", "--out", str(folder)]
    subprocess.run([*command, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return json.loads((folder / "benchmarks.json").read_text("utf-8"))


@pytest.mark.heavy
def test_all_run(found: Any) -> None:
    """Each measures ours; a peer that is not installed is skipped with the reason."""
    assert len(found["questions"]) >= len(QUESTIONS)
    for one in found["questions"]:
        assert one["figures"]["vaultio"] > 0
        assert all(one["skipped"].values())


@pytest.mark.heavy
def test_the_machine_is_described(found: Any) -> None:
    """Figures without it say nothing."""
    assert found["machine"]["processor"]
    assert found["machine"]["served by"] == ("nginx" if nginx_program() else "Python")


@pytest.mark.heavy
def test_all_run_without_nginx(tmp_path: Path) -> None:
    """Then a server of our own sends the same, and the table says so."""
    found = asked(tmp_path, "--no-nginx", "calls", "small_files")

    assert found["machine"]["served by"] == "Python"
    assert [one["figures"]["vaultio"] > 0 for one in found["questions"]] == [True, True]


def test_one_runs_alone() -> None:
    """Each is a program too, and prints its own part of the table."""
    command = [sys.executable, "-m", "benchmarks.waiting", "--smoke"]

    printed = subprocess.check_output(command, cwd=ROOT, text=True)

    assert "processor time a call" in printed


def test_no_question_is_left_out() -> None:
    """The table has each program of the folder, but for those about the limiter: no peers there."""
    programs = {path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py")}

    assert programs == {"limiter_cost", "simulate", "table", *QUESTIONS}
