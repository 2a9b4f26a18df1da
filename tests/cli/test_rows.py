"""What lists, lists in every form: one writer, to stdout or to a file."""

from __future__ import annotations

import csv
import importlib
import importlib.util
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Command, process
from vaultio.sandbox import Sandbox

WORDS = ("documents", "list", "--fields", "id,name__v")


@pytest.fixture(autouse=True)
def documents(served: Sandbox) -> None:
    """Three documents in pages of two; the first name is a formula and plays tricks."""
    served.settings.query_page_documents = 2
    for name in ("=1+1\x1b[2J", "Ü", "Plan"):
        served.documents.add(name)


@pytest.mark.parametrize("to_file", [False, True])
@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "spreadsheet", "table"])
def test_forms(vaultio: Command, form: str, to_file: bool, tmp_path: Path) -> None:
    """All rows, whole, be it to stdout or to a file that then has the same."""
    file = tmp_path / "rows"
    done = vaultio(*WORDS, "--output", form, *(("--to", file) if to_file else ()))
    text = file.read_text("utf-8") if to_file else done.stdout

    assert (done.exit_code, done.stdout == "") == (0, to_file)
    if form == "json":
        assert [row["id"] for row in json.loads(text)] == [1, 2, 3]
    elif form == "jsonl":
        assert [json.loads(line)["id"] for line in text.splitlines()] == [1, 2, 3]
    elif form == "table":
        assert [line.split()[0] for line in text.splitlines()[2:]] == ["1", "2", "3"]
    else:
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[1] == ["1", ("'" if form == "spreadsheet" else "") + "=1+1\x1b[2J"]
        assert len(rows) == 4


def test_an_empty_list_is_json_too(vaultio: Command) -> None:
    """Programs get a list with nothing in it."""
    assert json.loads(vaultio(*WORDS, "--type", "None such", "-o", "json").stdout) == []


def test_a_file_is_there_whole_or_as_it_was(
    vaultio: Command, served: Sandbox, tmp_path: Path
) -> None:
    """A list that breaks off leaves the file of yesterday."""
    file = tmp_path / "rows.csv"
    file.write_text("yesterday")

    done = vaultio("query", "SELECT nonsense FROM documents", "-o", "csv", "--to", file)

    assert (done.exit_code, file.read_text(), len(list(tmp_path.iterdir()))) == (1, "yesterday", 1)


def test_parquet_without_its_extra() -> None:
    """One line says what is missing, the other how to install it."""
    names = ("pyarrow", "vaultio.integrations.arrow")
    before = f"import sys; sys.modules.update(dict.fromkeys({names!r}))"
    running = process(*WORDS, "-o", "parquet", "--to", "x.parquet", before=before)
    out, err = running.communicate(timeout=60)

    assert (running.returncode, out, err.count("\n")) == (2, "", 2)
    assert 'pip install "vaultio[arrow]"' in err


@pytest.mark.skipif(
    not importlib.util.find_spec("vaultio.integrations.arrow")
    or not importlib.util.find_spec("pyarrow"),
    reason="the extra arrow is not there",
)
@pytest.mark.parametrize("to_file", [False, True])
def test_parquet(to_file: bool, tmp_path: Path) -> None:
    """The rows come back, from a file or from what went through a pipe."""
    parquet = importlib.import_module("pyarrow.parquet")
    file = tmp_path / "rows.parquet"
    more = ["--to", str(file)] if to_file else []
    command = [sys.executable, "-c", PROGRAM, *WORDS, "-o", "parquet", *more]
    done = subprocess.run(command, capture_output=True, timeout=60)
    if not to_file:
        file.write_bytes(done.stdout)

    assert parquet.read_table(file).column("id").to_pylist() == [1, 2, 3]


def test_a_query_from_standard_input(vaultio: Command) -> None:
    """- reads it, however many lines it has."""
    done = vaultio("query", "-", "-o", "jsonl", "-q", stdin="SELECT id\nFROM documents\n")

    assert done.stdout == '{"id": 1}\n{"id": 2}\n{"id": 3}\n'


@pytest.mark.parametrize(
    ("variables", "pattern"),
    [
        ({"NO_COLOR": "1"}, rb"\x1b\[(\d+;)*[349]\d(;\d+)*m"),
        ({"TERM": "dumb"}, rb"\x1b"),
    ],
)
def test_terminals(
    variables: dict[str, str], pattern: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_COLOR takes the colours away, and leaves bold; a dumb terminal gets no escape at all."""
    for name, value in ({"TERM": "xterm-256color"} | variables).items():
        monkeypatch.setenv(name, value)

    shown = at_terminal("documents", "show", "4711")

    assert b"vaultio: " in shown
    assert (b"\x1b[1m" in shown) == ("NO_COLOR" in variables)
    assert not re.search(pattern, shown)


def at_terminal(*words: str) -> bytes:
    """Run a command whose stdout and stderr are a terminal; return what that was sent."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, *words]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, timeout=60)
    os.close(theirs)
    try:
        return os.read(ours, 65_536)
    finally:
        os.close(ours)
