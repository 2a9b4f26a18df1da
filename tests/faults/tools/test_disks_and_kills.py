"""The disks lose what was not forced onto them; the killed programs are really dead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.tools.clock import Clock
from tests.faults.tools.disks import LoopDisk, ext4
from tests.faults.tools.kills import READY, killed, run_to_its_end
from vaultio.sandbox import Sandbox

_PROGRAM = f"""
import pathlib, sys, time
print({READY!r}, flush=True)
with pathlib.Path(sys.argv[1]).open("a") as file:
    for _ in range(int(sys.argv[2])):
        print("x", file=file, flush=True)
        time.sleep(0.001)
print("done")
"""


def test_a_power_cut(loop_disk: LoopDisk, tmp_path: Path) -> None:
    """What was forced to the disk is there afterwards, what was only written is not."""
    with (loop_disk.folder / "forced").open("wb") as file:
        file.write(b"kept")
        file.flush()
        os.fsync(file.fileno())
    (loop_disk.folder / "written").write_bytes(b"lost")
    image = loop_disk.as_after_a_power_cut(tmp_path / "after.ext4")
    with ext4(image, tmp_path / "after") as after:
        found = {path.name: path.read_bytes() for path in after.folder.iterdir() if path.is_file()}
    assert found["forced"] == b"kept"
    assert not found.get("written")


def test_kills(tmp_path: Path) -> None:
    """A program with much to do never comes to its end, and has done something."""
    log = tmp_path / "log"
    program = ["-c", _PROGRAM, str(log), "100000"]
    rounds = list(killed(program, times=3, within_s=0.05, seed=1))
    assert rounds == [(0, False), (1, False), (2, False)]
    assert 0 < len(log.read_text().splitlines()) < 300
    assert run_to_its_end(["-c", _PROGRAM, str(log), "1"]).split() == [READY, "done"]


def test_a_program_that_fails_is_not_taken_for_a_killed_one() -> None:
    """Its own failure is told."""
    with pytest.raises(RuntimeError, match="ended with 3"):
        list(killed(["-c", "raise SystemExit(3)"], times=1, within_s=0.0))


def test_a_clock() -> None:
    """Hours pass at once."""
    clock = Clock()
    sandbox = Sandbox(clock=clock)
    clock.pass_(3600)
    assert sandbox.clock() == 1_003_600
