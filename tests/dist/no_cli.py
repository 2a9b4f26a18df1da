"""Run with nothing installed but the wheel: the command says how it is made to work."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path


def main() -> None:
    """Call the command that the wheel installed, which lacks the libraries of its extra."""
    if find_spec("vaultio.cli") is None:
        print("this build has no command yet")
        return
    command = Path(sys.executable).with_name("vaultio")
    done = subprocess.run([command, "--help"], capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode != 2 or said.count("\n") != 1 or "vaultio[cli]" not in said:
        raise SystemExit(f"exit {done.returncode} instead of 2 and one line of advice:\n{said}")
    print("without its extra the command says:", said.strip())


main()
