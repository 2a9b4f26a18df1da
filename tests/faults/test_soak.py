"""A long time with a bad vault: every result right or a typed error, and nothing that grows."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.tools.leftovers import counts_files
from tests.layers import ROOT

SECONDS = float(os.environ.get("VAULTIO_SOAK_SECONDS", "600"))
FIRST, MAY_GROW = 0.25, {"descriptors": 16.0, "tasks": 16.0, "threads": 8.0, "memory_mib": 24.0}
"""The share of the samples in which the program warms up, and what may be noise after it."""


def soak(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run server and client, each a process of its own; returns what they printed."""
    python = [sys.executable, "-m"]
    with subprocess.Popen(
        [*python, "tests.faults.soak_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as server:
        assert server.stdout is not None
        there = json.loads(server.stdout.readline())
        client = [*python, "tests.faults.soak_program", there["url"], str(there["documents"])]
        try:
            printed = subprocess.check_output(
                [*client, str(SECONDS), str(folder)], cwd=ROOT, timeout=2 * SECONDS + 120
            )
            counted, _ = server.communicate()
        finally:
            server.kill()
    return json.loads(printed), json.loads(counted)


def growth(samples: list[dict[str, float]], name: str) -> tuple[float, float]:
    """Compare a figure after the warming up with the end's: the medians of ten samples each."""
    warm = samples[int(FIRST * len(samples)) :]
    figures = [sample[name] for sample in warm]
    return statistics.median(figures[:10]), statistics.median(figures[-10:])


@pytest.mark.soak
@counts_files
def test_soak(tmp_path: Path) -> None:
    """64 workers, 1 call in 20 disturbed; what the program holds is as much at the end as before.

    Minutes are set by ``VAULTIO_SOAK_SECONDS``.
    """
    found, counted = soak(tmp_path)
    grown = {name: growth(found["samples"], name) for name in MAY_GROW}
    for line in (found["samples"][::10], found["after"], found["ends"], counted, grown):
        print(json.dumps(line))
    assert found["wrong"] == []
    assert (found["held"], found["left"]) == ([0, 0], [])
    assert sum(counted["faults"].values()) > 0.03 * counted["calls"]
    assert found["ends"]["right"] > 0.8 * sum(found["ends"].values())
    for name, (before, after) in grown.items():
        assert after - before <= MAY_GROW[name], name
