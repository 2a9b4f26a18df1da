"""Starts the tests' own programs, which are told what to do by JSON."""

from __future__ import annotations

import json
import subprocess
import sys


def start(module: str, values: object) -> subprocess.Popen[str]:
    """Start a module as a program that can be talked to."""
    return subprocess.Popen(
        [sys.executable, "-m", module, json.dumps(values)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
