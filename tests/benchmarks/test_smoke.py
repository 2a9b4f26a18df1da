"""Every benchmark runs: with little to do and one round, so that its figures mean nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.table import QUESTIONS
from tests.layers import ROOT


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_benchmark_runs(question: str, tmp_path: Path) -> None:
    """It measures ours; a peer that is not installed is skipped with the reason."""
    found = asked(tmp_path, question)

    assert found["machine"]["processor"]
    assert found["questions"]
    for one in found["questions"]:
        assert one["figures"]["vaultio"] > 0
        assert all(one["skipped"].values())


def test_it_runs_without_nginx(tmp_path: Path) -> None:
    """Then a server of our own sends the same, and the table says so."""
    found = asked(tmp_path, "--no-nginx", "calls")

    assert "Python" in found["machine"]["served by"]
    assert found["questions"][0]["figures"]["vaultio"] > 0


def test_no_question_is_left_out() -> None:
    """The table has each program of the folder."""
    programs = {path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py")}

    assert programs == {"table", *QUESTIONS}


def asked(folder: Path, *arguments: str) -> Any:
    """Run the table in a process of its own, and read the JSON that it wrote."""
    command = [sys.executable, "-m", "benchmarks.table", "--smoke", "--out", str(folder)]
    subprocess.run([*command, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return json.loads((folder / "benchmarks.json").read_text("utf-8"))
