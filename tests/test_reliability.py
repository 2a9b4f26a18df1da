"""The README's table of what may go wrong is in step with the tests that hold it."""

from __future__ import annotations

import re

from tests.layers import ROOT

LINK = re.compile(r"\]\((tests/[^)]+)\)")


def section() -> str:
    """Cut the chapter out of the README."""
    text = (ROOT / "README.md").read_text("utf-8")
    return text.partition("\n## What you can rely on\n")[2].partition("\n## ")[0]


def rows() -> list[list[str]]:
    """Split the table into its rows, and those into fault, promise and tests."""
    lines = [line for line in section().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_each_row_names_tests_that_there_are() -> None:
    """A fault, a promise, and at least one file of tests."""
    assert len(rows()) >= 9
    for row in rows():
        assert len(row) == 3, row
        assert all(row), row
        assert LINK.findall(row[2]), row


def test_every_link_leads_somewhere() -> None:
    """In the table and below it."""
    assert [path for path in LINK.findall(section()) if not (ROOT / path).is_file()] == []


def test_each_file_of_tests_is_named() -> None:
    """What is tested about bad days is promised."""
    named = set(LINK.findall(section()))
    there = {f"tests/faults/{file.name}" for file in (ROOT / "tests/faults").glob("test_*.py")}
    assert sorted(there - named) == []
