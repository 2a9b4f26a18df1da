"""What the tests of exports share: the order of one, a small disk, a look at what is left."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vaultio.migration import REPORT_NAME, Include

EVERYTHING: tuple[Include, ...] = ("source", "renditions", "attachments")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root may mount a small disk, and not everywhere")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def files(folder: Path) -> list[str]:
    """Name all files below *folder* but the report, with ``/``, sorted."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(set(found) - {REPORT_NAME})


def lines(folder: Path) -> list[dict[str, Any]]:
    """Read the report file, ordered by document."""
    text = (folder / REPORT_NAME).read_text("ascii")
    return sorted(map(json.loads, text.splitlines()), key=lambda one: int(one["id"]))
