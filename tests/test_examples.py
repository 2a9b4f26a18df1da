"""Every program in examples/ runs against a sandbox, as it stands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.layers import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("[!_]*.py"))


@pytest.mark.parametrize("example", [path.name for path in EXAMPLES])
def test_example(example: str, served: str, tmp_path: Path) -> None:
    """The example ends well, in a folder where it finds nothing but its own files."""
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / example)]
    # From a checkout too, where vaultio may not be installed.
    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout, done.stderr)  # for the guard against leaked secrets to look at
