"""What the page says on how an operation is added is done, in a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from attrs import frozen

from tests.layers import ROOT

PAGE = ROOT / ".docs" / "new-operation.md"
COPIED = ("vaultio", "tests", ".docs", "benchmarks", "pyproject.toml", "README.md")
PIECE = re.compile(
    r"<!-- (\S+), (?:before: ([^\n]*)|at the end) -->\n.*?\n```\w+\n(.*?)```\n", re.DOTALL
)
ABOUT_IT = "groups_of or complete or every_operation or no_docstring or streams"
WATCHING = (
    *("tests/test_operations.py", "tests/test_operations_page.py"),
    *("tests/endpoints/test_docstrings.py", "tests/endpoints/test_groups.py"),
)


@frozen
class Piece:
    """What goes into which file, and before which line; an empty line is the end."""

    file: str
    before: str
    text: str

    def put(self, project: Path) -> None:
        """Put it there, with as many empty lines around it as its neighbours have."""
        path = project / self.file
        lines = path.read_text("utf-8").splitlines()
        at = len(lines)
        if self.before:
            (at,) = [n for n, one in enumerate(lines) if one.strip().startswith(self.before)]
        above = at - len("\n".join(lines[:at]).rstrip().splitlines())
        gap = [""] * (above if self.before else 1 if self.text.startswith(" ") else 2)
        own = self.text.splitlines()
        new = [*own, *gap] if self.before else [*gap, *own]
        path.write_text("\n".join([*lines[:at], *new, *lines[at:], ""]), "utf-8")


def pieces() -> list[Piece]:
    """Read the pieces of the page, in its order."""
    found = PIECE.findall(PAGE.read_text("utf-8"))
    return [Piece(file, before, text) for file, before, text in found]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A copy of what the tests of operations need."""
    for name in COPIED:
        source, ignored = ROOT / name, shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(source, tmp_path / name)
    yield tmp_path
    shutil.rmtree(tmp_path)


def said(project: Path, *words: str) -> str:
    """Run Python in the copy; return what it printed."""
    command = [sys.executable, "-B", *words]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


def judged(project: Path) -> str:
    """Run the tests that look at operations, those that can tell of the new one."""
    said(project, "-m", "tests.operations_page")
    quietly = ("-q", "--no-header", "-p", "no:xdist", "-k", ABOUT_IT)
    return said(project, "-m", "pytest", *quietly, *WATCHING)


def test_the_page_is_right(project: Path) -> None:
    """All pieces together make an operation that is sent, served, described, listed and tested."""
    for piece in pieces():
        piece.put(project)

    assert re.search(r"\n\d+ passed", judged(project)), judged(project)
    listed = "| retrieve_groups_of_user | `vault.groups.retrieve_of_user` |"
    assert listed in (project / "README.md").read_text("utf-8")


@pytest.mark.skipif(find_spec("ruff") is None, reason="ruff is not installed")
def test_the_pieces_are_formatted(project: Path) -> None:
    """Whoever pastes them has nothing to format."""
    for piece in pieces():
        piece.put(project)

    assert "already formatted" in said(project, "-m", "ruff", "format", "--check", ".")


@pytest.mark.heavy
@pytest.mark.parametrize("left_out", range(6))
def test_each_piece_is_missed(left_out: int, project: Path) -> None:
    """Without one of them a test fails; only the last one is itself what would look."""
    kept = [piece for number, piece in enumerate(pieces()) if number != left_out]
    for piece in kept:
        piece.put(project)

    assert len(kept) == 5
    assert bool(re.search(r"\d+ (failed|error)", judged(project))) == (left_out < 5)
