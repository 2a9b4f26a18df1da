"""``VAULTIO_LOG``: what it turns on, and what it leaves alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.layers import ROOT
from vaultio.logs import ROOMS

PROGRAM = """
import logging, sys
{before}
from vaultio import SessionId, Vault
assert {silent} or not [h for h in logging.getLogger("vaultio").handlers if h.level == 0
                        and type(h) is not logging.NullHandler]
for _ in range(2):
    Vault("https://a.veevavault.com", SessionId("x" * 20), api_version="v11.0")
for room in ("transport", "quota"):
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        log = logging.getLogger(f"vaultio.{{room}}")
        log.log(level, "said %s", {{"a": 1}}, extra={{"tries": 2}})
"""


def said(variable: str, before: str = "") -> list[str]:
    """Run a program with ``VAULTIO_LOG`` set; return the lines of its stderr."""
    program = PROGRAM.format(before=before, silent=bool(before))
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"VAULTIO_LOG": variable},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


@pytest.mark.parametrize(
    ("variable", "lines"),
    [
        ("", []),
        ("WARNING,transport=debug", ["DEBUG", "INFO", "WARNING", "WARNING"]),
        ("vaultio.quota=info", ["WARNING", "INFO", "WARNING"]),
    ],
)
def test_levels(variable: str, lines: list[str]) -> None:
    """A level for all, or for a room; each line is printed once."""
    assert [line.split()[1] for line in said(variable)] == lines


def test_json() -> None:
    """Lines for machines have what came as extra."""
    lines = [json.loads(line) for line in said("transport=info,quota=error,json")]

    assert [(one["level"], one["logger"], one["tries"]) for one in lines] == [
        ("info", "vaultio.transport", 2),
        ("warning", "vaultio.transport", 2),
    ]


def test_a_program_that_logs_itself() -> None:
    """It keeps its handler and format; the variable sets the level alone."""
    lines = said("debug", "logging.basicConfig(format='mine %(message)s')")

    assert lines == ["mine said {'a': 1}"] * 6


def test_what_is_not_understood() -> None:
    """It is warned of, be it a level or the name of a logger, and the rest holds."""
    lines = said("verbos,transpot=debug,transport=error,quota=error")

    assert "VAULTIO_LOG: 'verbos' is not understood" in "".join(lines)
    assert "VAULTIO_LOG: 'transpot=debug' is not understood" in "".join(lines)


def test_all_loggers_can_be_named() -> None:
    """There is none beside those that the variable knows."""
    texts = [file.read_text("utf-8") for file in (ROOT / "vaultio").rglob("*.py")]

    assert set(re.findall(r'= logger\("(\w+)"\)', "".join(texts))) == ROOMS
