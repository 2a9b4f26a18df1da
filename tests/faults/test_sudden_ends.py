"""SIGKILL and power cuts, at random moments: a file is absent or whole, and after success there.

There means: on the disk, with its name, whatever happens next. The power is cut by copying a disk's
image in the middle of the work and mounting the copy. That takes root and loop devices; it is
skipped elsewhere, in the containers of CI too.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from tests.downloads.fakes import GET, FakeCaller, whole
from tests.faults.download_program import AT_ONCE, NEW, OLD
from tests.faults.tools.disks import LoopDisk, ext4
from tests.faults.tools.kills import killed, run_to_its_end
from tests.faults.tools.leftovers import files
from vaultio.downloads import save

PROGRAM = ["-m", "tests.faults.download_program"]


def test_killed_at_random_moments_of_fifty_downloads(tmp_path: Path) -> None:
    """Five at a time, ten kills: each file is the old one or the new one, to the last byte."""
    halves = 0
    for _, ended in killed([*PROGRAM, str(tmp_path)], 50 // AT_ONCE, within_s=0.3, seed=15):
        found = files(tmp_path)
        parts = [found.pop(name) for name in list(found) if name.startswith(".vaultio-")]
        halves += len(parts)
        assert not ended
        assert set(found.values()) <= {OLD, NEW}
    assert halves > 0, "no download was interrupted"
    run_to_its_end([*PROGRAM, str(tmp_path), "1"])
    assert {name for name in files(tmp_path) if "vaultio" not in name} == set("01234")


@define
class PowerCuts:
    """Copies of a disk's image, made before any call of the system that changes what is on it.

    Nothing else is written meanwhile, so a copy is what the disk held at one instant. *cuts* has
    each with the files that had been saved by then.
    """

    disk: LoopDisk
    chance: random.Random
    saved: dict[str, bytes] = field(factory=dict)
    cuts: list[tuple[Path, dict[str, bytes]]] = field(factory=list)
    _lock: threading.Lock = field(factory=threading.Lock)

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a call."""

        def cut_and_call(*arguments: Any, **named: Any) -> Any:
            with self._lock:
                if self.chance.random() < 0.3:
                    self.cut()
                return call(*arguments, **named)

        return cut_and_call

    def cut(self) -> None:
        """Copy the image as it is now."""
        image = self.disk.image.with_name(f"cut-{len(self.cuts)}.ext4")
        self.cuts.append((self.disk.as_after_a_power_cut(image), dict(self.saved)))


@pytest.fixture
def cuts(loop_disk: LoopDisk, monkeypatch: pytest.MonkeyPatch) -> PowerCuts:
    """Cut the power now and then before a write, a flush and a change of a name."""
    cuts = PowerCuts(loop_disk, random.Random(15))
    for name in ("writev", "fsync", "link", "replace"):
        monkeypatch.setattr(os, name, cuts.before(getattr(os, name)))
    return cuts


async def test_power_cuts(cuts: PowerCuts, tmp_path: Path) -> None:
    """After each the disk has every file that was saved, and no other file but a whole one."""
    contents = {f"new/{n}/f": bytes([n]) * 150_000 for n in range(8)}
    for name, content in contents.items():
        caller = FakeCaller([whole(content)])
        await save(caller, GET, cuts.disk.folder / name, fallback_name="f")
        cuts.saved[name] = content
        cuts.cut()
    assert len(cuts.cuts) > 12
    for image, saved in cuts.cuts:
        found = after(image, tmp_path / "after")
        assert saved.items() <= found.items()
        assert found.items() <= contents.items()


async def test_power_cuts_while_a_file_is_replaced(cuts: PowerCuts, tmp_path: Path) -> None:
    """The name has one of the versions at any moment, and the last one that was saved or later."""
    versions = [bytes([n]) * 150_000 for n in range(8)]
    for version in versions:
        caller = FakeCaller([whole(version)])
        await save(caller, GET, cuts.disk.folder / "f", fallback_name="f", on_exists="replace")
        cuts.saved["f"] = version
        cuts.cut()
    for image, saved in cuts.cuts:
        found = after(image, tmp_path / "after")
        last = versions.index(saved["f"]) if saved else -1
        assert found.get("f", b"") in [*versions[max(last, 0) : last + 2], *([b""] * (last < 0))]
        assert set(found) <= {"f"}


def after(image: Path, folder: Path) -> dict[str, bytes]:
    """Start the machine again: mount a copy and read the files on it, without the parts."""
    with ext4(image, folder) as disk:
        there = [path for path in disk.folder.rglob("*") if path.is_file()]
        return {
            path.relative_to(disk.folder).as_posix(): path.read_bytes()
            for path in there
            if not path.name.startswith(".vaultio-")
        }
