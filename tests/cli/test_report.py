"""``vaultio report`` and ``vaultio verify``: what they show, write, and end with."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from vaultio.sandbox import Sandbox

HOSTILE = "\x1b[2J\x9b31m[red]\u202ehidden\r\n"


@pytest.fixture
def exported(vaultio: Command, served: Sandbox, tmp_path: Path) -> Path:
    """An export of three documents, one of which failed with a hostile message."""
    ids = [served.documents.add(f"Plan {number}", b"source") for number in range(3)]
    served.faults.failure("INSUFFICIENT_ACCESS", HOSTILE, path=f"*/documents/{ids[1]}/*")
    result = vaultio("export", "--to", tmp_path / "to")
    assert f"Report: {tmp_path / 'to' / 'vaultio-report.html'}" in result.stdout
    return tmp_path / "to"


def test_a_table(vaultio: Command, exported: Path) -> None:
    """It has the counts, the failure with what to do about it, and the command that goes on."""
    result = vaultio("report", exported)

    assert result.exit_code == 0, result.stderr
    assert "Complete · 1 item failed" in result.stdout
    assert "2 by MD5" in result.stdout
    assert "Let the vault's administrator give the permission" in result.stdout
    assert f"vaultio export --to {exported}" in result.stdout
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & set(result.stdout)


def test_formats_on_stdout(vaultio: Command, exported: Path) -> None:
    """CSV, JSON and HTML come as they are, for a pipe."""
    rows = list(csv.DictReader(io.StringIO(vaultio("report", exported, "--format", "csv").stdout)))
    totals = json.loads(vaultio("report", exported, "--format", "json").stdout)["totals"]
    page = vaultio("report", exported, "--format", "html").stdout
    words = ("report", exported, "--format", "csv", "--items", "failed")

    assert [row["state"] for row in rows if row["kind"] == "source"] == ["done", "failed", "done"]
    assert (totals["files"], totals["failed"]) == (2, 1)
    assert page.startswith("<!doctype html>")
    assert len(vaultio(*words).stdout.splitlines()) == 2


def test_into_a_file(vaultio: Command, exported: Path, tmp_path: Path) -> None:
    """--output writes there, whole, and says nothing; where that cannot be, it says why."""
    page, nowhere = tmp_path / "page.html", tmp_path / "no" / "page.html"

    result = vaultio("report", exported, "--format", "html", "--output", page)
    failed = vaultio("report", exported, "--format", "html", "--output", nowhere)

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert page.read_text("utf-8").endswith("</html>\n")
    assert failed.exit_code == 1
    assert "No such file" in failed.stderr


def test_a_report_that_could_not_be_written(
    vaultio: Command, served: Sandbox, tmp_path: Path
) -> None:
    """The export has succeeded, exit code 0, and a warning is on stderr."""
    served.documents.add("Plan", b"source")
    (tmp_path / "vaultio-report.html").mkdir()

    result = vaultio("export", "--to", tmp_path, "-q")

    assert result.exit_code == 0
    assert "warning: the report was not written" in result.stderr


def test_verify(vaultio: Command, exported: Path) -> None:
    """All right is exit code 0; a file that was changed, 3, and it is named."""
    right = vaultio("verify", exported)
    path = next(exported.glob("1/0.1/*"))
    path.write_bytes(b"SOURCE")
    wrong = vaultio("verify", exported)

    assert (right.exit_code, wrong.exit_code) == (0, 3)
    assert "All right: 2 files, 12 B" in right.stdout
    assert "1 failed and 0 wait" in right.stdout
    assert f"changed: 1/0.1/{path.name} (document 1 (0.1) source file)" in wrong.stdout
    assert "1 wrong" in wrong.stdout


def test_verify_tells_of_strays(vaultio: Command, exported: Path) -> None:
    """They are named, made safe for a terminal, and no difference."""
    stray = exported / "a\x1b[2J.txt"
    stray.write_bytes(b"")
    os.utime(stray, (1, 1))
    result = vaultio("verify", exported)

    assert result.exit_code == 0
    assert "not from the export: a\\x1b[2J.txt" in result.stdout


@pytest.mark.parametrize(
    "words",
    [["report"], ["verify"], ["report", "--output", "x"], ["report", "--format", "pdf"]],
)
def test_wrong_use(vaultio: Command, tmp_path: Path, words: list[str]) -> None:
    """A folder without a manifest, and options that do not fit, are exit code 2."""
    result = vaultio(words[0], tmp_path, *words[1:])

    assert result.exit_code == 2
    assert result.stderr


@pytest.mark.parametrize("command", ["report", "verify"])
def test_help_has_an_example(vaultio: Command, command: str) -> None:
    """Each says how it is called."""
    assert f"Example: vaultio {command} exports/" in vaultio(command, "--help").stdout
